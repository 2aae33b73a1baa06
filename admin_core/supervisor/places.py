"""Where embedded servers keep their files and as whom they run: accounts, directories, kept secrets."""

import hashlib
import os
import pwd
import secrets
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

_TEMPORARY_PREFIX = "admin-servers-"
_SYSTEM_STATE = Path("/var/lib/hireinbox-admin")


class ServersRefusedError(RuntimeError):
    """An embedded server cannot be started here; the message says why and what to do."""


@dataclass(frozen=True)
class Account:
    """The user a server runs as; `switch` is true when that is somebody other than us."""

    name: str
    uid: int
    gid: int
    switch: bool


def server_account() -> Account:
    """Ourselves, or (PostgreSQL refuses to run as root) `postgres`, else `nobody`."""
    if os.geteuid() == 0:
        return _first_account("postgres", "nobody")
    try:
        entry = pwd.getpwuid(os.geteuid())
    except KeyError:
        raise ServersRefusedError(
            f"User id {os.geteuid()} has no entry in /etc/passwd, which PostgreSQL's initdb needs."
            " Add one, or set DATABASE_URL and REDIS_URL to running servers."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, switch=False)


def _first_account(*names: str) -> Account:
    for name in names:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid, switch=True)
    raise ServersRefusedError(f"Root needs one of the users {', '.join(names)} to run PostgreSQL; none exists.")


def is_reachable(path: Path, account: Account) -> bool:
    """Whether `account` can enter (or, for a file, run) `path`; asked of the kernel, so that ACLs count too."""
    if not account.switch:
        return os.access(path, os.X_OK)
    answer = subprocess.run(  # noqa: S603 (a fixed command; the path is an argument)
        ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)],
        user=account.uid, group=account.gid, extra_groups=[], cwd="/", check=False,
    )  # fmt: skip
    return answer.returncode == 0


def state_directory(project: Path, account: Account, chosen: str | None = None) -> Path:
    """The directory that keeps everything between starts, made when missing.

    `chosen` (ADMIN_STATE_DIR) wins; else `var` in the project when the servers' user can get there; else a
    directory of the system (root) or of the user, named after the project's path.
    """
    if chosen:
        return _made_reachable(Path(chosen).absolute(), account)
    inside = project / "var"
    if is_reachable(project, account) and os.access(inside if inside.exists() else project, os.W_OK):
        return _made_reachable(inside, account)
    name = hashlib.sha256(str(project).encode()).hexdigest()[:12]
    return _made_reachable(_shared_state() / name, account)


def _shared_state() -> Path:
    if os.geteuid() == 0:
        return _SYSTEM_STATE
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(home) / "hireinbox-admin"


def _made_reachable(directory: Path, account: Account) -> Path:
    """Make the directory; 0711 lets the servers' user through without letting it look around."""
    made = [path for path in (directory, directory.parent) if not path.exists()]
    directory.mkdir(parents=True, exist_ok=True)
    for path in made:
        path.chmod(0o711)
    if not is_reachable(directory, account):
        raise ServersRefusedError(
            f"The user {account.name}, who runs the servers, cannot get to {directory}."
            " Open the directories above it (chmod o+x), or set ADMIN_STATE_DIR to a place it can reach."
        )
    return directory


def owned_directory(path: Path, account: Account, mode: int = 0o700) -> Path:
    """Make `path` if missing and hand it to the servers' user."""
    path.mkdir(exist_ok=True)
    path.chmod(mode)
    if account.switch:
        os.chown(path, account.uid, account.gid)
    return path


def owned_file(path: Path, text: str, account: Account) -> Path:
    """Write a file only the servers' user can read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    if account.switch:
        os.chown(path, account.uid, account.gid)
    return path


def temporary_directory(parent: Path = Path("/tmp")) -> Path:  # noqa: S108 (only names that mkdtemp makes)
    """A fresh directory in /tmp, not in TMPDIR: a socket's path may not exceed 107 bytes.

    It carries our process id, so that the next start clears what a killed process left behind.
    """
    _sweep_abandoned(parent)
    path = Path(tempfile.mkdtemp(prefix=f"{_TEMPORARY_PREFIX}{os.getpid()}-", dir=parent))
    path.chmod(0o711)
    return path


def _sweep_abandoned(parent: Path) -> None:
    for path in parent.glob(f"{_TEMPORARY_PREFIX}*"):
        pid = path.name.removeprefix(_TEMPORARY_PREFIX).split("-", 1)[0]
        try:
            found = path.lstat()
        except FileNotFoundError:  # another start swept it in this moment
            continue
        ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
        if ours and pid.isdigit() and not Path("/proc", pid).exists():
            shutil.rmtree(path, ignore_errors=True)


def kept_secret(directory: Path, name: str) -> str:
    """The secret of this name, made on first use and kept in a file only we can read."""
    path = directory / f"{name}.secret"
    if path.exists():
        return path.read_text(encoding="utf-8").strip()
    value = secrets.token_urlsafe(32)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(value + "\n")
    return value

"""Versions: of the product, Python and the libraries that matter; the commit, where the checkout knows it."""

import platform
import re
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PRODUCT = "hireinbox-admin"
LIBRARIES = (
    "Flask",
    "Flask-Admin",
    "SQLAlchemy",
    "psycopg",
    "alembic",
    "rq",
    "redis",
    "pluggy",
    "gunicorn",
    "cryptography",
)
ROOT = Path(__file__).parents[2]
COMMIT = re.compile(r"[0-9a-f]{40}")
SHORT = 10


@cache
def versions() -> tuple[tuple[str, str], ...]:
    """Return name and version of everything that matters; it cannot change while this process runs."""
    own = (("Product", version_of(PRODUCT)), ("Commit", commit(ROOT) or "unknown"))
    return (*own, ("Python", platform.python_version()), *((name, version_of(name)) for name in LIBRARIES))


def version_of(package: str) -> str:
    """Return the installed version of a package."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def commit(root: Path) -> str:
    """Return the short commit of a checkout, read from its files; empty where there is no checkout."""
    try:
        folder = git_folder(root / ".git")
        head = (folder / "HEAD").read_text("utf-8").strip()
        found = resolved(folder, head.removeprefix("ref: ")) if head.startswith("ref: ") else head
    except (OSError, ValueError):
        return ""
    return found[:SHORT] if COMMIT.fullmatch(found) else ""


def git_folder(place: Path) -> Path:
    """Return where git keeps a checkout's HEAD; a work tree holds a file that says so."""
    if place.is_file():
        return Path(place.read_text("utf-8").strip().removeprefix("gitdir: "))
    return place


def resolved(folder: Path, reference: str) -> str:
    """Return the commit a branch stands at, loose or packed."""
    shared = folder / "commondir"
    homes = [folder, (folder / shared.read_text("utf-8").strip()).resolve()] if shared.is_file() else [folder]
    for home in homes:
        if (home / reference).is_file():
            return (home / reference).read_text("utf-8").strip()
    for home in homes:
        packed = home / "packed-refs"
        lines = packed.read_text("utf-8").splitlines() if packed.is_file() else []
        for line in lines:
            if line.endswith(f" {reference}"):
                return line.split(" ", 1)[0]
    return ""

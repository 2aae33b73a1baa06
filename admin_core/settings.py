"""The core's own settings: read once from the environment, typed, frozen; every problem is named in one message.

Plugins keep theirs in the database (settings page); what stands here is needed before a database can be opened.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, Self
from urllib.parse import urlsplit

Environment = Literal["production", "demo", "development", "test"]
ENVIRONMENTS: tuple[str, ...] = ("production", "demo", "development", "test")
SHORTEST_KEY = 32
HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
LONGEST_IDLE_MINUTES = 720


class SettingsError(ValueError):
    """Settings are missing or malformed; the message lists every one of them."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("The settings are not complete:\n" + "\n".join(f"  - {problem}" for problem in problems))


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a process needs to start. Names in the environment stand in ``NAMES``."""

    database_url: str
    redis_url: str
    secret_key: str
    old_secret_keys: tuple[str, ...] = ()
    env: Environment = "production"
    public_url: str = "http://localhost:8000"
    proxies: int = 0
    disabled_plugins: tuple[str, ...] = ()
    plugin_paths: tuple[str, ...] = ()
    """Folders of further plugins, or folders that hold such folders."""
    surfaces: tuple[str, ...] = ("admin", "public")
    public_hosts: tuple[str, ...] = ()
    """Names under which programs reach the public surface, and nobody the team's."""
    product_name: str = "HireInbox"
    outgoing_loopback: bool = False
    """Receivers on this machine may be called, by http too: never in production."""
    artifacts_dir: str = "var/artifacts"
    artifacts_url: str = ""
    artifacts_endpoint: str = ""
    audit_key_file: str = ""
    audit_anchor_dir: str = ""
    reflect_url: str = ""
    """A database whose tables and views get screens; empty: none."""
    reflect_overlay: str = ""
    """A TOML file that names and classifies what is reflected."""
    reflect_write: bool = False
    """Whether rows of that database may be written in forms."""
    source_file: str = ""
    """A TOML file that says which rows of a company's own database feed our tables; empty: none do."""
    source_url: str = ""
    """That database; empty: the reflected one, else ours."""
    source_write: bool = False
    """Whether what we decide is written there, by the statements of the file."""
    session_idle_minutes: int = 30
    """A session that nobody uses for so long ends."""

    @property
    def is_secure(self) -> bool:
        """True when people reach us over https: cookies are then ``Secure`` with the ``__Host-`` prefix."""
        return self.public_url.startswith("https://")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        """Return the settings, or raise SettingsError naming everything that is missing or malformed."""
        values: dict[str, Any] = beside_the_state(environ)
        problems: list[str] = []
        for field in fields(cls):
            name, read = NAMES[field.name]
            if name in environ:
                try:
                    values[field.name] = read(environ[name])
                except ValueError as error:
                    problems.append(f"{name} {error}")
            elif field.name in REQUIRED:
                problems.append(f"{name} is missing: {REQUIRED[field.name]}")
        problems += contradictions(values)
        if problems:
            raise SettingsError(problems)
        return cls(**values)


def beside_the_state(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the folder for files when only the directory of everything kept is given."""
    state = environ.get("ADMIN_STATE_DIR")
    return {"artifacts_dir": f"{state}/artifacts"} if state else {}


def contradictions(values: Mapping[str, Any]) -> list[str]:
    """Return sentences about settings that are well-formed but do not go together."""
    host = urlsplit(str(values.get("public_url", "http://localhost"))).hostname or ""
    found = []
    if values.get("env") == "demo" and not is_loopback(host):
        found.append(
            f"ADMIN_ENV is demo but ADMIN_PUBLIC_URL points to {host}: the demo is only served on this machine."
        )
    if values.get("outgoing_loopback") and values.get("env", "production") == "production":
        found.append("ADMIN_OUTGOING_LOOPBACK is 1 in production: anybody's address could then reach this machine.")
    return found


def is_loopback(host: str) -> bool:
    """Return whether a host name or address means this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def read_url(*schemes: str) -> Callable[[str], str]:
    """Return a reader that accepts addresses of these schemes."""

    def read(text: str) -> str:
        if urlsplit(text).scheme not in schemes:
            raise ValueError(f"must be an address that starts with {' or '.join(f'{s}://' for s in schemes)}")
        return text

    return read


def read_database_url(text: str) -> str:
    """Return the address in the form SQLAlchemy takes, for psycopg 3."""
    url = read_url("postgresql", "postgres", "postgresql+psycopg")(text)
    return "postgresql+psycopg://" + url.split("://", 1)[1]


def read_key(text: str) -> str:
    """Return the key when it is long enough."""
    if len(text) < SHORTEST_KEY:
        raise ValueError(f"has {len(text)} characters; at least {SHORTEST_KEY} are needed")
    return text


def read_env(text: str) -> str:
    """Return a known environment name."""
    if text not in ENVIRONMENTS:
        raise ValueError(f"is {text!r}; known: {', '.join(ENVIRONMENTS)}")
    return text


def read_names(text: str) -> tuple[str, ...]:
    """Return the comma-separated names."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def read_paths(text: str) -> tuple[str, ...]:
    """Return the folders; each must be absolute, since processes start in different places."""
    paths = tuple(path.strip() for path in text.split(":") if path.strip())
    if relative := [path for path in paths if not path.startswith("/")]:
        raise ValueError(f"names {relative[0]!r}; folders are written from the root: /srv/plugins:/opt/greeter")
    return paths


def read_surfaces(text: str) -> tuple[str, ...]:
    """Return the surfaces this process serves."""
    names = read_names(text)
    if not names or set(names) - {"admin", "public"}:
        raise ValueError(f"is {text!r}; admin, public or both are needed, e.g. admin,public")
    return names


def read_hosts(text: str) -> tuple[str, ...]:
    """Return host names, lower-case: without scheme, port and path."""
    names = tuple(name.lower() for name in read_names(text))
    if wrong := [name for name in names if not HOST_NAME.fullmatch(name)]:
        raise ValueError(f"names {wrong[0]!r}; host names are needed, e.g. api.example.com")
    return names


def read_switch(text: str) -> bool:
    """Return True for 1 and False for 0."""
    if text not in {"0", "1"}:
        raise ValueError(f"is {text!r}; 1 or 0 is needed")
    return text == "1"


def read_count(text: str) -> int:
    """Return a whole number from 0 up."""
    if not text.isdecimal():
        raise ValueError(f"is {text!r}; a whole number is needed")
    return int(text)


def read_minutes(text: str) -> int:
    """Return a number of minutes, at least one and within a working day."""
    if not text.isdecimal() or not 1 <= int(text) <= LONGEST_IDLE_MINUTES:
        raise ValueError(f"is {text!r}; 1 to {LONGEST_IDLE_MINUTES} minutes are possible, 30 is usual")
    return int(text)


def read_folder(text: str) -> str:
    """Return the path of a folder: absolute, because processes start in different places."""
    if not text.startswith("/"):
        raise ValueError(f"is {text!r}; an absolute path is needed, e.g. /var/lib/hireinbox-admin/artifacts")
    return text


def read_bucket(text: str) -> str:
    """Return the address of a bucket, or of a part of one."""
    parts = urlsplit(text)
    if parts.scheme != "s3" or not parts.netloc or parts.query or parts.fragment:
        raise ValueError(f"is {text!r}; a bucket is needed, e.g. s3://our-files/admin")
    return text


NAMES: dict[str, tuple[str, Callable[[str], Any]]] = {
    "database_url": ("DATABASE_URL", read_database_url),
    "redis_url": ("REDIS_URL", read_url("redis", "rediss", "unix")),
    "secret_key": ("ADMIN_SECRET_KEY", read_key),
    "old_secret_keys": ("ADMIN_OLD_SECRET_KEYS", read_names),
    "env": ("ADMIN_ENV", read_env),
    "public_url": ("ADMIN_PUBLIC_URL", read_url("http", "https")),
    "proxies": ("ADMIN_PROXIES", read_count),
    "disabled_plugins": ("ADMIN_DISABLED_PLUGINS", read_names),
    "plugin_paths": ("ADMIN_PLUGIN_PATHS", read_paths),
    "surfaces": ("ADMIN_SURFACES", read_surfaces),
    "public_hosts": ("ADMIN_PUBLIC_HOSTS", read_hosts),
    "product_name": ("ADMIN_PRODUCT_NAME", str),
    "outgoing_loopback": ("ADMIN_OUTGOING_LOOPBACK", read_switch),
    "artifacts_dir": ("ADMIN_ARTIFACTS_DIR", read_folder),
    "artifacts_url": ("ADMIN_ARTIFACTS_URL", read_bucket),
    "artifacts_endpoint": ("ADMIN_ARTIFACTS_ENDPOINT", read_url("http", "https")),
    "audit_key_file": ("ADMIN_AUDIT_KEY_FILE", str),
    "audit_anchor_dir": ("ADMIN_AUDIT_ANCHOR_DIR", str),
    "reflect_url": ("ADMIN_REFLECT_URL", read_database_url),
    "reflect_overlay": ("ADMIN_REFLECT_OVERLAY", str),
    "reflect_write": ("ADMIN_REFLECT_WRITE", read_switch),
    "source_file": ("ADMIN_SOURCE_FILE", str),
    "source_url": ("ADMIN_SOURCE_URL", read_database_url),
    "source_write": ("ADMIN_SOURCE_WRITE", read_switch),
    "session_idle_minutes": ("ADMIN_SESSION_IDLE_MINUTES", read_minutes),
}
"""Setting → name in the environment and how its text is read."""

REQUIRED = {
    "database_url": "the PostgreSQL address, e.g. postgresql://admin@db/hireinbox",
    "redis_url": "the Redis address, e.g. redis://localhost:6379/0",
    "secret_key": "a random text of at least 32 characters; make one with `openssl rand -base64 48`",
}

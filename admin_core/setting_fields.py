"""What the settings page can ask for: fields and sections, as core and plugins declare them.

Pure. ``setting_values`` turns typed texts into values, ``settings_store`` keeps them.
"""

import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias, get_args
from urllib.parse import urlsplit

from admin_core.settings import is_loopback

Kind = Literal["text", "textarea", "url", "email", "secret", "number", "money", "rate", "date", "choice", "switch"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Value: TypeAlias = str | int | bool | Decimal | date | None
"""A text; a whole number; an amount in cents; yes or no; a rate as a share of one (15 % is 0.15); a day; None."""
Values = Mapping[str, Value]

NAME = re.compile(r"[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*")
LONGEST_NAME = 80
DASHBOARD = "dashboard_url"
"""The field that an entry of the Links menu takes its address from."""


@dataclass(frozen=True, kw_only=True)
class SettingField:
    """One value of a section."""

    name: str
    label: str
    kind: Kind = "text"
    help: str = ""
    required: bool = False
    """True: without it the section counts as not set up."""
    default: Value = None
    choices: tuple[tuple[str, str], ...] = ()
    """Value and label; for ``choice``."""
    check: Callable[[Value], str] | None = None
    """Takes a value and returns what is wrong with it in a sentence, empty when nothing is."""
    longest: int = 2_000
    least: int | None = None
    most: int | None = None
    """Bounds of a number, or of an amount in cents."""

    def __post_init__(self) -> None:
        """Refuse what could only fail when somebody opens the page."""
        if not NAME.fullmatch(self.name) or len(self.name) > LONGEST_NAME:
            raise ValueError(f"Setting {self.name!r} is no lower-case name such as api_key.")
        if self.kind not in KINDS:
            raise ValueError(f"Setting {self.name} has kind {self.kind!r}. Kinds: {', '.join(KINDS)}.")
        if (self.kind == "choice") != bool(self.choices):
            raise ValueError(f"Setting {self.name}: choices belong to kind choice, and a choice needs them.")
        if self.kind == "secret" and self.default is not None:
            raise ValueError(f"Setting {self.name} is a secret: a default in the code would be none.")

    @property
    def is_secret(self) -> bool:
        """True: kept encrypted, entered once, never shown."""
        return self.kind == "secret"


@dataclass(frozen=True, kw_only=True)
class SettingsSection:
    """Settings that belong together: one form of the settings page, and perhaps one integration with a test."""

    name: str
    """Unique among all plugins: ``mail``. Names the section in addresses, jobs and stored rows."""
    title: str
    description: str
    """What it is for, in plain words."""
    fields: tuple[SettingField, ...]
    icon: str = "settings"
    order: int = 100
    guide: str = ""
    """Where to find the values at the vendor."""
    test: str | Callable[[Values], str] | None = None
    """Asks the other side whether the values work: takes them, secrets in clear, and returns a sentence.

    Runs in a worker. Raises JobError or JobFailed with a sentence. May be a dotted path.
    """
    reaches: str = ""
    """The field that says where the test and the jobs of this section call. A new address needs its secrets again."""
    check: Callable[[Values], Mapping[str, str]] | None = None
    """Takes all values; returns sentences by field for what does not go together.

    Of a secret it is told only whether there is one: a text that is not it, or None.
    """
    setup: bool = False
    """True: a step of the set-up page."""
    permission: str = "core:settings:change"
    """What changing it and testing it needs, besides seeing the page."""

    def __post_init__(self) -> None:
        """Refuse what could only fail when somebody opens the page."""
        if not NAME.fullmatch(self.name) or len(self.name) > LONGEST_NAME:
            raise ValueError(f"Settings section {self.name!r} is no lower-case name such as mail.")
        names = [field.name for field in self.fields]
        if len(set(names)) != len(names):
            raise ValueError(f"Settings section {self.name} has two fields of one name.")
        if self.reaches and self.reaches not in names:
            raise ValueError(f"Settings section {self.name} reaches {self.reaches!r}, which is no field of it.")

    def __getitem__(self, name: str) -> SettingField:
        """Return the field of this name."""
        return next(field for field in self.fields if field.name == name)

    @property
    def secrets(self) -> tuple[SettingField, ...]:
        """The fields that are kept encrypted."""
        return tuple(field for field in self.fields if field.is_secret)

    def defaults(self) -> dict[str, Value]:
        """Return every field's default by name."""
        return {field.name: field.default for field in self.fields}

    def test_function(self) -> Callable[[Values], str]:
        """Return the test, imported when it was given as a path. Only for a section that has one."""
        if callable(self.test):
            return self.test
        module, _, name = (self.test or "").rpartition(".")
        found: Callable[[Values], str] = getattr(importlib.import_module(module), name)
        return found


def api_address(vendor: str, default: str) -> SettingField:
    """Return the field that says where a vendor's API is, for a section's ``reaches``."""
    return SettingField(
        name="api_address",
        label="API address",
        kind="url",
        required=True,
        default=default,
        check=check_api_address,
        help=f"Leave it as it is unless {vendor} tells you otherwise. The key is sent there.",
    )


def dashboard_url(vendor: str, default: str) -> SettingField:
    """Return the field behind a vendor's entry in the Links menu."""
    return SettingField(
        name=DASHBOARD,
        label="Dashboard",
        kind="url",
        default=default,
        help=f"Where {vendor} in the Links menu leads.",
    )


def check_api_address(value: Value) -> str:
    """Return what is wrong with an address that secrets are sent to."""
    parts = urlsplit(str(value))
    if parts.query or parts.fragment:
        return "Leave out everything from the question mark on."
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        return "It has to start with https://, since the key is sent there."
    return ""

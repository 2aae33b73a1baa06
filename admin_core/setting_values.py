"""How what is typed on the settings page becomes a value, and how a value is shown and stored. Pure."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from admin_core.setting_fields import SettingField, Value
from admin_core.theme.formats import number, parse_money, parse_number, plain_number

MOST_DIGITS = 15
"""A whole number of the settings page; more would not fit where numbers are kept."""
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
YES = "yes"


def value_of(field: SettingField, text: str) -> Value:
    """Return the value a text means, None when it is empty; ValueError says in a sentence what to type instead."""
    text = text.strip().replace("\r\n", "\n")
    if field.kind == "switch":
        return text == YES
    if not text:
        return None
    if CONTROL.search(text) or ("\n" in text and field.kind != "textarea"):
        raise ValueError("It holds a character that can't be typed: copy it again, without line breaks.")
    if len(text) > field.longest:
        raise ValueError(f"Use at most {field.longest} characters; these are {len(text)}.")
    value = READERS.get(field.kind, as_text)(field, text)
    if problem := field.check(value) if field.check else "":
        raise ValueError(problem)
    return value


def as_text(_field: SettingField, text: str) -> str:
    """Return the text itself."""
    return text


def as_url(_field: SettingField, text: str) -> str:
    """Return an address of the web without anybody's password in it."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in {"http", "https"} or re.search(r"[\s\\<>\"]", text):
        raise ValueError("Write a whole address that starts with https://, such as https://example.com/.")
    if parts.username is not None or parts.password is not None:
        raise ValueError("Leave out the user name and password: they would be shown to everybody who sees this.")
    return text


def as_email(_field: SettingField, text: str) -> str:
    """Return an e-mail address."""
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        raise ValueError("Write an e-mail address such as accounts@example.com.") from None


def as_number(field: SettingField, text: str) -> int:
    """Return a whole number within the field's bounds."""
    digits = text.replace("\u00a0", " ").replace(" ", "")
    if not re.fullmatch(rf"-?[0-9]{{1,{MOST_DIGITS}}}", digits):
        raise ValueError("Write a whole number.")
    number = int(digits)
    if field.least is not None and number < field.least:
        raise ValueError(f"Use {field.least} or more.")
    if field.most is not None and number > field.most:
        raise ValueError(f"Use {field.most} or less.")
    return number


def as_money(field: SettingField, text: str) -> int:
    """Return an amount in cents, typed in rand."""
    cents = parse_money(text)
    if field.least is not None and cents < field.least:
        raise ValueError(f"Use {number(Decimal(field.least).scaleb(-2), 2)} or more.")
    if cents > (field.most if field.most is not None else 10**MOST_DIGITS):
        raise ValueError("That is more than can be kept here.")
    return cents


def as_rate(_field: SettingField, text: str) -> Decimal:
    """Return a percentage as a share of one."""
    share = parse_number(text.removesuffix("%").strip()).scaleb(-2)
    if not 0 <= share <= 1:
        raise ValueError("Write a percentage from 0 to 100, such as 15 or 15,5.")
    return share


def as_date(_field: SettingField, text: str) -> date:
    """Return a day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("Write a day as year, month and day: 2026-03-05.") from None


def as_choice(field: SettingField, text: str) -> str:
    """Return one of the field's values."""
    if text not in dict(field.choices):
        raise ValueError("Choose one of the list.")
    return text


READERS: Mapping[str, Callable[[SettingField, str], Value]] = {
    "url": as_url,
    "email": as_email,
    "number": as_number,
    "money": as_money,
    "rate": as_rate,
    "date": as_date,
    "choice": as_choice,
}


def text_of(field: SettingField, value: Value) -> str:
    """Return a value as it stands in its field; never call it with a secret."""
    if value is None or field.is_secret:
        return ""
    if field.kind == "switch":
        return YES if value else ""
    if field.kind == "money" and isinstance(value, int):
        return number(Decimal(value).scaleb(-2), 2)
    if field.kind == "rate" and isinstance(value, Decimal):
        return plain_number(value.scaleb(2).normalize() + 0)
    return str(value)


def as_json(value: Value) -> str | int | bool | None:
    """Return a value as it is stored."""
    return str(value) if isinstance(value, (Decimal, date)) else value


def from_json(field: SettingField, stored: object) -> Value:
    """Return the value that was stored; the default when an older version left something of another kind."""
    if field.kind == "switch":
        return stored if isinstance(stored, bool) else field.default
    if field.kind in {"number", "money"}:
        return stored if isinstance(stored, int) and not isinstance(stored, bool) else field.default
    if not isinstance(stored, str):
        return field.default
    try:
        return Decimal(stored) if field.kind == "rate" else as_date(field, stored) if field.kind == "date" else stored
    except (ValueError, ArithmeticError):
        return field.default

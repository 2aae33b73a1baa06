"""Texts of a known form: e-mail addresses, phone numbers, links, colours, network addresses. Pure."""

import ipaddress
import re
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import email_validator

from admin_core import phones
from admin_core.generator.forms.editor import Wrong, clean

COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")
UUID = re.compile(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}\Z")
MAC = re.compile(r"[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}\Z")


def text_reader(limit: int | None, read: Callable[[str], str] = clean) -> Callable[[str], str]:
    """Return a reader that also refuses what is longer than the column."""

    def read_within(text: str) -> str:
        value = read(text)
        if limit is not None and len(value) > limit:
            raise Wrong(f"It has {len(value)} characters; at most {limit} fit.")
        return value

    return read_within


def read_email(text: str) -> str:
    """Return the address as mail servers spell it. The domain is not asked: saving must not depend on a network."""
    try:
        return email_validator.validate_email(clean(text).strip(), check_deliverability=False).normalized
    except email_validator.EmailNotValidError as error:
        raise Wrong(f"That is no e-mail address. {error}") from None


def read_phone(text: str) -> str:
    """Return the number as E.164; a number with an extension stays as typed, since E.164 has no room for it."""
    typed = clean(text).strip()
    number = phones.read_phone(typed)
    if number is None:
        raise Wrong("That is no phone number. Type it like 082 123 4567 or +44 20 7946 0958.")
    if not phones.is_plausible(number):
        raise Wrong("That number is too short or too long for its country.")
    return typed if number.extension else phones.e164(number)


def read_url(text: str) -> str:
    """Return a web address; other schemes could run script when somebody clicks."""
    typed = clean(text).strip()
    try:
        parts = urlsplit(typed)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and not re.search(r"\s", typed)
    except ValueError:
        usable = False
    if not usable:
        raise Wrong("Type a whole web address that starts with https:// or http://.")
    return typed


def read_colour(text: str) -> str:
    """Return a colour such as #1f6feb."""
    if not COLOUR.match(text.strip()):
        raise Wrong("Type a colour like #1f6feb.")
    return text.strip()


def read_uuid(text: str) -> uuid.UUID:
    """Return the UUID; braces and prefixes are not taken."""
    if not UUID.match(text.strip()):
        raise Wrong("Type an id like 0198c5f0-4c1e-7d3a-9b51-2f6e8a7c9d10.")
    return uuid.UUID(text.strip())


def read_address(text: str) -> str:
    """Return an IP address, with or without the length of its network."""
    return read_network_text(text, ipaddress.ip_interface, "Type an IP address like 196.25.1.7 or 2001:db8::1.")


def read_network(text: str) -> str:
    """Return an IP network whose host bits are zero."""
    return read_network_text(text, ipaddress.ip_network, "Type a network like 196.25.1.0/24, host bits zero.")


def read_network_text(text: str, parse: Callable[[str], Any], sentence: str) -> str:
    """Return the text when it can be parsed; a netmask or a zone is understood by Python, not by PostgreSQL."""
    typed = text.strip()
    try:
        parse(typed)
    except ValueError:
        raise Wrong(sentence) from None
    if "%" in typed or not typed.isascii() or not re.fullmatch(r"[^/]+(/\d{1,3})?", typed):
        raise Wrong(sentence)
    return typed


def read_mac(text: str) -> str:
    """Return a hardware address."""
    if not MAC.match(text.strip()):
        raise Wrong("Type a hardware address like 08:00:2b:01:02:03.")
    return text.strip()

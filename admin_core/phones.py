"""Phone numbers in their normal spelling. Pure."""

import phonenumbers

REGION = "ZA"
"""Numbers without a country code are read as South African."""


def read_phone(text: str) -> phonenumbers.PhoneNumber | None:
    """Return the number a text spells, None when it spells none; its length is not judged."""
    try:
        return phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        return None


def normal_phone(text: str) -> str:
    """Return the number as E.164 (``082 123 4567`` -> ``+27821234567``), empty when it can be no phone number."""
    number = read_phone(text)
    return e164(number) if number and is_plausible(number) else ""


def is_plausible(number: phonenumbers.PhoneNumber) -> bool:
    """Return whether a number has a length its country knows."""
    return phonenumbers.is_possible_number(number)


def is_assigned(number: phonenumbers.PhoneNumber) -> bool:
    """Return whether a number lies in a range its country has given out: sharper than plausible."""
    return phonenumbers.is_valid_number(number)


def e164(number: phonenumbers.PhoneNumber) -> str:
    """Return the international form; an extension has no room in it."""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

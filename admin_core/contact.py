"""E-mail addresses and phone numbers in their normal spelling. Pure."""

import phonenumbers

REGION = "ZA"
"""Numbers without a country code are read as South African."""


def normal_phone(text: str) -> str:
    """Return the number as E.164 (``082 123 4567`` -> ``+27821234567``), empty when it can be no phone number."""
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if is_plausible(number) else ""


def is_plausible(number: phonenumbers.PhoneNumber) -> bool:
    """Return whether a number has a length its country knows."""
    return phonenumbers.is_possible_number(number)

"""Phone numbers in their normal spelling. Pure."""

import re

import phonenumbers

REGION = "ZA"
"""Numbers without a country code are read as South African."""
COUNTRY = str(phonenumbers.country_code_for_region(REGION))
PIECE = re.compile(r"^\+?[0-9\s().\-\u2010-\u2015/]+$")
SHORTEST_PIECE = 3


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


def pieces_of_phone(text: str) -> tuple[str, ...]:
    """Return the digits that the international form of a number holds when somebody typed a piece of it.

    A piece from the front may start with a zero that the international form replaces (``082 5`` -> ``27825``); one from
    the middle stands there as typed. Nothing for what is no piece of a number.
    """
    if not PIECE.match(text):
        return ()
    typed = re.sub(r"\D", "", text.replace("(0)", "") if text.lstrip().startswith(("+", "00")) else text)
    if len(typed) < SHORTEST_PIECE:
        return ()
    if typed.startswith("00"):
        return tuple(piece for piece in (typed[2:], typed) if len(piece) >= SHORTEST_PIECE)
    return (COUNTRY + typed[1:], typed) if typed.startswith("0") else (typed,)

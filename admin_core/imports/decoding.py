"""Bytes of a text file become text, and its lines cells: its encoding and its separator are found out. Pure."""

import codecs
import csv
from collections.abc import Iterable
from dataclasses import dataclass

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
WINDOWS = "Windows-1252"
LOOKED_AT = 4_096
HALF = 0.3
"""So many of the bytes are zero where western text is UTF-16."""


class Unreadable(ValueError):
    """The file can't be read; the sentence says why, and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Decoded:
    """A file as text."""

    text: str
    encoding: str
    """Its name for people."""


def decoded(data: bytes) -> Decoded:
    """Return a file as text; Unreadable when it is none."""
    for mark, codec, name in MARKS:
        if data.startswith(mark):
            return Decoded(text_of(data, codec, name).removeprefix("\ufeff"), name)
    if codec := without_mark(data[:LOOKED_AT]):
        return Decoded(text_of(data, codec, "UTF-16"), "UTF-16")
    try:
        return Decoded(data.decode(), "UTF-8")
    except UnicodeDecodeError:
        return Decoded(text_of(data, "cp1252", WINDOWS), WINDOWS)


def text_of(data: bytes, codec: str, name: str) -> str:
    """Return the text, or raise Unreadable."""
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        raise Unreadable(f"The file is no {name} text. Save it as CSV UTF-8 and upload it again.") from None


def without_mark(start: bytes) -> str:
    """Return the codec of UTF-16 that does not say so: every other byte of western text is zero there."""
    pairs = len(start) // 2
    if not pairs:
        return ""
    if start[1::2].count(0) > HALF * pairs:
        return "utf-16-le"
    return "utf-16-be" if start[::2].count(0) > HALF * pairs else ""


def separator_of(text: str) -> str:
    """Return what separates the cells: what stands most often outside quotes in the first record."""
    counts = dict.fromkeys(SEPARATORS, 0)
    quoted = False
    for sign in text[:LOOKED_AT]:
        if sign == '"':
            quoted = not quoted
        elif not quoted and sign in "\r\n" and any(counts.values()):
            break
        elif not quoted and sign in counts:
            counts[sign] += 1
    return max(counts, key=lambda sign: counts[sign])


def said_separator(text: str) -> tuple[str, str]:
    """Return the text without a first line ``sep=;``, with which Excel is told the separator, and that separator."""
    first, _, rest = text.partition("\n")
    bare = first.strip("\r").lower()
    return (rest, bare[4:]) if bare.startswith("sep=") and bare[4:] in SEPARATORS else (text, "")


def lines_of(text: str) -> Iterable[str]:
    """Yield a text line by line, ends included: a copy of the whole is never made."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end


def cells_of(text: str, separator: str) -> Iterable[list[str]]:
    """Yield the cells of each record; Unreadable for a cell that is longer than any text may be."""
    reader = csv.reader(lines_of(text), delimiter=separator)
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise Unreadable(
                f"Near line {reader.line_num} a cell does not end: look for a quotation mark too many."
            ) from None

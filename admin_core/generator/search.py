"""The search box: what was typed becomes conditions that indexes serve.

An e-mail address, an id or a phone number is looked up exactly first; words are looked for inside texts; when nothing
matched, similar spellings are. Every branch is served by an index (or the table is small), so OR stays quick.
"""

import re
import unicodedata
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from admin_core.generator.capabilities import Capabilities
from admin_core.generator.criteria import Criterion, Target, any_of, escaped
from admin_core.generator.errors import BadRequest
from admin_core.generator.slips import slip_pattern
from admin_core.generator.spec import ModelSpec
from admin_core.phones import e164, is_assigned, pieces_of_phone, read_phone
from admin_core.policy import Person, may_probe

TEXTS = {"text", "longtext"}
EXACT_WIDGETS = {"email", "phone"}
"""No names: a slip in them leads to somebody else."""
LONGEST = 200
MOST_WORDS = 8
EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
PHONE = re.compile(r"^(tel:)?\+?[\d\s().\-\u2010-\u2015/]{8,24}$")
JOINERS = "\u200c\u200d"
"""Invisible, and part of how words of some languages are written."""
TRIGRAM = re.compile(r"\w{3}")
Manner = Literal["exact", "words", "similar"]


@dataclass(frozen=True)
class Stage:
    """One attempt; the next is made when it finds nothing."""

    manner: Manner
    where: Criterion
    order: sa.ColumnElement[Any] | None = None
    """For similar spellings: the nearest first."""


def targets(spec: ModelSpec, able: Capabilities, person: Person) -> list[Target]:
    """Return the columns the search box looks into for this person."""
    found = []
    for column in spec.columns.values():
        if column.searchable and column.pii != "secret" and may_probe(person, column) and not column.choices:
            target = Target(column, getattr(spec.model, column.key), able.columns[column.key].serves)
            if target.serves & {"equal", "lower", "contains", "prefix"} and is_sought(target):
                found.append(target)
    return found


def is_sought(target: Target) -> bool:
    """Return whether a column holds what people type into a search box: texts, ids and numbers of records."""
    column = target.column
    if column.kind in TEXTS:
        return column.reference is None
    return column.kind in {"uuid", "integer"} and (column.is_key or column.unique or column.kind == "uuid")


def words_are_private(spec: ModelSpec) -> bool:
    """Return whether search words must not stand in an address: somebody's name could be among them."""
    return any(c.is_personal and c.searchable and c.kind in TEXTS and c.pii != "secret" for c in spec.columns.values())


def check_words(words: str) -> str:
    """Return the words, trimmed; BadRequest when nobody can have meant them."""
    words = " ".join(without_marks(words).split())
    if "\x00" in words or any("\ud800" <= letter <= "\udfff" for letter in words):
        raise BadRequest("The search words hold a character that text can't hold.", "Type them again.")
    if len(words) > LONGEST:
        raise BadRequest(f"The search words are longer than {LONGEST} characters.", "Use fewer words.")
    return words


def without_marks(words: str) -> str:
    """Return the words without invisible marks: numbers copied from an address book are wrapped in them."""
    return "".join(letter for letter in words if letter in JOINERS or unicodedata.category(letter) != "Cf")


def stages(found: list[Target], words: str) -> Iterator[Stage]:
    """Yield the attempts for these words, the sharpest first."""
    exact = list(exactly(found, words))
    inside = inside_texts(found, words)
    sharp = is_sharp(words)
    if sharp and exact:
        yield Stage("exact", sa.or_(*exact))
        exact = []
    branches = [*exact, *([] if inside is None else [inside])]
    if branches:
        yield Stage("words", sa.or_(*branches))
    nearest = [t for t in found if "similar" in t.serves]
    if nearest and TRIGRAM.search(words) and not sharp:
        yield similar(nearest, words)


def is_sharp(words: str) -> bool:
    """Return whether the words look like something that is either found exactly or not meant otherwise."""
    return bool(as_uuid(words) or EMAIL.match(words) or as_phone(words))


def exactly(found: Iterable[Target], words: str) -> Iterator[Criterion]:
    """Yield equality with the whole of what was typed, in each column that can hold it."""
    key, phone = as_uuid(words), as_phone(words)
    for target in found:
        kind, widget = target.column.kind, target.column.widget
        if kind == "uuid" and key:
            yield any_of(target, [key])
        elif kind == "integer" and words.isascii() and words.isdigit() and len(words) < len(str(2**63)):
            yield any_of(target, [int(words)])
        elif kind in TEXTS and target.serves & {"equal", "lower"}:
            forms = [phone, words] if widget == "phone" and phone else [words]
            if widget != "email" or EMAIL.match(words):
                yield any_of(target, forms)


def inside_texts(found: list[Target], words: str) -> Criterion | None:
    """Return "every word stands in some column"; None when no column can be looked into for them."""
    branches = [t.attribute.like(f"{escaped(words)}%") for t in found if "prefix" in t.serves]
    inside = [target for target in found if "contains" in target.serves]
    parts = words.split()[:MOST_WORDS]
    if inside and any(TRIGRAM.search(word) for word in parts):
        branches.append(sa.and_(*(sa.or_(*(holds(t, word) for t in inside)) for word in parts)))
    elif inside:  # too short for trigrams: only the beginning of a text can be found by index
        branches += [t.attribute.ilike(f"{escaped(words)}%") for t in inside]
    if " " in words:  # pieces of one number, written apart
        branches += [holds(t, words) for t in inside if t.column.widget == "phone" and pieces_of_phone(words)]
    return sa.or_(*branches) if branches else None


def holds(target: Target, word: str) -> Criterion:
    """Return "the text holds the word"; a phone number holds a piece of one in whichever form it was typed."""
    pieces = pieces_of_phone(word) if target.column.widget == "phone" else ()
    return sa.or_(*(target.attribute.ilike(f"%{escaped(piece)}%") for piece in pieces or (word,)))


def similar(nearest: list[Target], words: str) -> Stage:
    """Return texts that sound like the words, and names with one slip of the fingers in each word."""
    typed = sa.literal(words, sa.Text)
    likeness = [sa.func.word_similarity(typed, target.attribute) for target in nearest]
    best = sa.func.greatest(*likeness) if len(likeness) > 1 else likeness[0]
    near: list[Criterion] = [typed.op("<%", is_comparison=True)(target.attribute) for target in nearest]
    slipped = one_slip([target for target in nearest if target.column.widget not in EXACT_WIDGETS], words)
    return Stage("similar", sa.or_(*near, *([] if slipped is None else [slipped])), best.desc())


def one_slip(names: list[Target], words: str) -> Criterion | None:
    """Return "every word stands in some name, perhaps with one slip"; None when every word is too short for that."""
    parts = words.split()[:MOST_WORDS]
    patterns = {word: pattern for word in parts if (pattern := slip_pattern(word))}
    if not patterns or not names:
        return None
    each = [
        sa.or_(*(t.attribute.op("~*", is_comparison=True)(patterns[word]) for t in names))
        if word in patterns
        else sa.or_(*(holds(t, word) for t in names))
        for word in parts
    ]
    return sa.and_(*each)


def as_uuid(words: str) -> uuid.UUID | None:
    """Return the id that was typed, None when it is none."""
    try:
        return uuid.UUID(words) if len(words) in {32, 36} else None
    except ValueError:
        return None


def as_phone(words: str) -> str | None:
    """Return a phone number in its international form, however it was typed; None when it is none."""
    number = read_phone(words) if PHONE.match(words) else None
    return e164(number) if number and is_assigned(number) else None


def described(found: list[Target]) -> str:
    """Return what the search box looks into, in words; empty when it looks into nothing."""
    inside = [t.column.label for t in found if "contains" in t.serves]
    whole = [t.column.label for t in found if "contains" not in t.serves]
    parts = [f"words in {', '.join(inside)}" if inside else "", f"the whole {', '.join(whole)}" if whole else ""]
    return " · ".join(part for part in parts if part)

"""The form of a role: what was typed as a wish, or a sentence for each field that cannot be so. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Protocol

from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.policy import VERBS, covers
from admin_core.policy.limits import LIMIT
from admin_core.team.permissions import RECORDS, Known
from admin_core.team.wording import read_patterns

DEEDS_OF_GROUP = ("*", *VERBS)
LONGEST_NAME, LONGEST_DESCRIPTION = 80, 255
LARGEST_CENTS = 10**14


class Form(Protocol):
    """What a browser sent."""

    def get(self, name: str, default: str) -> str:
        """Return one value."""

    def getlist(self, name: str) -> list[str]:
        """Return all values of a name."""


@dataclass(frozen=True)
class RoleWish:
    """A role as somebody wants it."""

    name: str
    description: str
    permissions: tuple[str, ...]
    limits: Mapping[str, int | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Box:
    """One permission or pattern to tick."""

    pattern: str
    label: str
    chosen: bool
    note: str = ""
    """Where the other patterns say otherwise: that it is given all the same, or taken away."""


@dataclass(frozen=True)
class Grid:
    """What may be done with the records of each group: a row of boxes for each."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Box, ...]], ...]


@dataclass(frozen=True)
class Choices:
    """What the editor offers to tick, and the patterns that no box stands for."""

    sections: tuple[tuple[str, tuple[Box, ...]], ...]
    grid: Grid
    further: tuple[str, ...]


def choices(known: Iterable[Known], patterns: Collection[str]) -> Choices:
    """Return the boxes of the editor with those ticked that stand among the patterns."""
    sections: dict[str, list[Box]] = {}
    groups: dict[str, None] = {}
    for each in known:
        if each.section.startswith(RECORDS):
            groups.setdefault(each.section.removeprefix(RECORDS))
        else:
            box = box_of(each.name, each.label, patterns)
            sections.setdefault(each.section, []).append(box)
    grid = Grid(DEEDS_OF_GROUP, tuple((group, group_boxes(group, patterns)) for group in groups))
    boxes = {box.pattern for row in sections.values() for box in row}
    boxes |= {box.pattern for _, row in grid.rows for box in row}
    further = tuple(pattern for pattern in patterns if pattern not in boxes)
    return Choices(tuple((title, tuple(row)) for title, row in sections.items()), grid, further)


def group_boxes(group: str, patterns: Collection[str]) -> tuple[Box, ...]:
    """Return the boxes of one group of records."""
    named = [(f"data:@{group}:{verb}", f"{'everything' if verb == '*' else verb} {group}") for verb in DEEDS_OF_GROUP]
    return tuple(box_of(pattern, label, patterns) for pattern, label in named)


def box_of(pattern: str, label: str, patterns: Collection[str]) -> Box:
    """Return one box with what the other patterns say of it."""
    chosen, granted = pattern in patterns, covers(frozenset(patterns), (pattern,))
    note = "" if chosen == granted else "given by a pattern below" if granted else "taken away by a pattern below"
    return Box(pattern, label, chosen, note)


def read_role(form: Form, limits: Iterable[ColumnSpec]) -> tuple[RoleWish, dict[str, str]]:
    """Return the wish with what could be read of it, and a sentence by field for the rest."""
    errors: dict[str, str] = {}
    name = " ".join(form.get("name", "").replace("\x00", "").split())
    description = " ".join(form.get("description", "").replace("\x00", "").split())
    if not name:
        errors["name"] = "Give the role a name."
    elif len(name) > LONGEST_NAME:
        errors["name"] = f"Use at most {LONGEST_NAME} characters; these are {len(name)}."
    if len(description) > LONGEST_DESCRIPTION:
        errors["description"] = f"Use at most {LONGEST_DESCRIPTION} characters; these are {len(description)}."
    patterns: list[str] = []
    try:
        patterns = read_patterns("\n".join([*form.getlist("permissions"), form.get("further", "")]))
    except ValueError as problem:
        errors["further"] = str(problem)
    amounts: dict[str, int | None] = {}
    for column in limits:
        try:
            amounts[column.key] = read_amount(form.get(column.key, ""))
        except ValueError as problem:
            errors[column.key] = str(problem)
    return RoleWish(name, description, tuple(patterns), amounts), errors


def read_amount(text: str) -> int | None:
    """Return an amount of money in cents; None for an empty field."""
    plain = text.replace("\x00", "").replace("R", "").replace(" ", "").replace("\xa0", "").replace(",", ".").strip()
    if not plain:
        return None
    try:
        cents = Decimal(plain) * 100
        whole = int(cents)
    except (InvalidOperation, ValueError, OverflowError):
        raise ValueError("Write an amount in rand, such as 5000 or 249.50, or leave it empty for no limit.") from None
    if cents != whole or not 0 <= whole <= LARGEST_CENTS:
        raise ValueError("Write an amount of whole cents that is not negative, such as 249.50.")
    return whole


def typed_amount(cents: int | None) -> str:
    """Return an amount as the form shows it."""
    return "" if cents is None else f"{Decimal(cents) / 100:.2f}".removesuffix(".00")


def limit_columns(spec: ModelSpec) -> tuple[ColumnSpec, ...]:
    """Return the columns of a role that hold an amount up to which it may act."""
    return tuple(column for column in spec.columns.values() if column.key.endswith(LIMIT))

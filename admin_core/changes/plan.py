"""What a deed would change, in numbers, and the fingerprint that binds an approval to it. Pure.

The fingerprint covers the action, what was typed, the targets with their versions, changed columns, rows per table,
sums of money and what is asked to happen afterwards; never generated ids, clocks or random values.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from admin_core.theme.formats import money, number

EffectKind = Literal["job", "mail", "webhook"]
ApprovalRule = Literal["", "always", "thresholds"]
OUR_CURRENCY = "ZAR"


@dataclass(frozen=True, order=True)
class Sum:
    """Money that moves in one column, in cents of one currency."""

    column: str
    currency: str
    net: int
    """After less before, all rows together."""
    moved: int
    """The same without signs, so that what rises does not hide what falls."""


@dataclass(frozen=True, order=True)
class TableChange:
    """What happens to the rows of one table."""

    table: str
    inserted: int = 0
    updated: int = 0
    deleted: int = 0
    columns: tuple[str, ...] = ()
    """Columns that change in rows that stay."""
    sums: tuple[Sum, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows change."""
        return self.inserted + self.updated + self.deleted


@dataclass(frozen=True, order=True)
class Asked:
    """What is asked to happen after the commit: a job, an e-mail text, a type of webhook; never to whom."""

    kind: EffectKind
    name: str
    times: int = 1
    rows: int = 0
    """How many rows jobs will change as things are. No part of the fingerprint: what they work on goes on growing."""


@dataclass(frozen=True, order=True)
class Target:
    """A record that is acted on, and the version it was seen in."""

    key: str
    version: str


@dataclass(frozen=True)
class Outline:
    """The numbers of a plan: what is kept with a request and shown. Holds no value of any record."""

    tables: tuple[TableChange, ...] = ()
    effects: tuple[Asked, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows change, all tables together, those that jobs change afterwards among them."""
        return sum(table.rows for table in self.tables) + sum(each.rows for each in self.effects)

    @property
    def sums(self) -> tuple[Sum, ...]:
        """All money that moves."""
        return tuple(each for table in self.tables for each in table.sums)


@dataclass(frozen=True)
class Plan:
    """What was asked for, and what it would do."""

    action: str
    targets: tuple[Target, ...]
    outline: Outline
    parameters: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What was typed; may be about somebody, so it enters the fingerprint and nothing else."""


@dataclass(frozen=True)
class Limits:
    """Up to where one person decides alone; None: no such limit."""

    cents: int | None = None
    rows: int | None = None


def fingerprint(plan: Plan, key: bytes) -> str:
    """Return what equal plans have in common, whatever the order of their parts; keyed, as what was typed is short."""
    words = {
        "action": plan.action,
        "parameters": plan.parameters,
        "targets": sorted((each.key, each.version) for each in plan.targets),
        "tables": sorted(map(table_words, plan.outline.tables)),
        "effects": sorted((each.kind, each.name, each.times) for each in plan.outline.effects),
    }
    text = json.dumps(words, sort_keys=True, separators=(",", ":"), default=str)
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def table_words(change: TableChange) -> list[Any]:
    """Return what is fingerprinted of a table, its parts in one order."""
    counts = [change.table, change.inserted, change.updated, change.deleted]
    return [*counts, sorted(change.columns), sorted(map(tuple_of, change.sums))]


def tuple_of(item: Sum) -> tuple[Any, ...]:
    """Return a dataclass as plain values."""
    return tuple(asdict(item).values())


def is_same(plan: Plan, known: str, keys: tuple[bytes, ...]) -> bool:
    """Return whether a plan is the one of a fingerprint, made under any of these keys."""
    return any(hmac.compare_digest(fingerprint(plan, key), known) for key in keys)


def outline_as_json(outline: Outline) -> dict[str, Any]:
    """Return the numbers as JSON holds them."""
    return {"tables": [asdict(each) for each in outline.tables], "effects": [asdict(each) for each in outline.effects]}


def outline_from_json(stored: Mapping[str, Any]) -> Outline:
    """Return the numbers that were kept."""
    tables = tuple(
        TableChange(
            **{
                **each,
                "columns": tuple(each.get("columns", ())),
                "sums": tuple(Sum(**one) for one in each.get("sums", ())),
            }
        )
        for each in stored.get("tables", ())
    )
    return Outline(tables, tuple(Asked(**each) for each in stored.get("effects", ())))


def why_two_people(rule: ApprovalRule, limits: Limits, outline: Outline) -> str:
    """Return why a second person has to approve, in a sentence; empty when one person may do it."""
    if rule == "always":
        return "This is never done by one person alone."
    if rule != "thresholds":
        return ""
    return why_so_many(limits.rows, outline.rows) or why_so_much(limits.cents, outline.sums)


def why_so_many(limit: int | None, rows: int) -> str:
    """Return why so many rows need a second person; empty when they do not."""
    if limit is None or rows <= limit:
        return ""
    return f"It changes {number(rows)} rows; one person alone may change {number(limit)}."


def why_so_much(limit: int | None, sums: tuple[Sum, ...], allowed: str = "one person alone may move") -> str:
    """Return why so much money is above a limit; empty when it is not.

    Columns are not added up: an amount and the balance it changes are the same money. Another currency than ours
    cannot be compared with the limit without a rate, so it always asks.
    """
    if limit is None:
        return ""
    for each in sums:
        if each.moved and each.currency != OUR_CURRENCY:
            return f"It moves {money(each.moved, each.currency)}, which the limit in rand can't be compared with."
        if each.moved > limit:
            return f"It moves {money(each.moved)}; {allowed} {money(limit)}."
    return ""

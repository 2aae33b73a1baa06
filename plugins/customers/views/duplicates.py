"""The panel of possible duplicates, the page that lists them, and the one that lays two customers side by side."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from markupsafe import Markup
from sqlalchemy.orm import Session

from admin_core.contributions import ActionRefused, Done, PanelTable, Visit
from admin_core.generator.cells import cell
from admin_core.generator.context import Context
from admin_core.generator.labels import labels_for, record_label, short_id
from admin_core.generator.reads import read_of
from admin_core.generator.spec import ModelSpec
from admin_core.generator.urls import action_url, record_url
from admin_core.generator.view import context
from admin_core.menu import page_url
from admin_core.periods import local_day
from admin_core.policy import may, sees
from admin_core.theme import formats
from plugins.customers.actions import duplicates as actions
from plugins.customers.queries import duplicates as queries
from plugins.customers.queries import merging
from plugins.customers.rules import merging as rules
from plugins.customers.rules.duplicates import likeness
from schema.customers import Customer

DUPLICATES, COMPARE = page_url("customers", "duplicates"), page_url("customers", "compare")
ACTION = "customers.merge"
MORE_FACTS = ("status", "plan_id", "mrr_cents", "assessments_used", "signup_at", "last_active_at", "external_id")
"""Shown beside the fields that can be taken: the first ones come to one, the others stay."""


@dataclass(frozen=True)
class Line:
    """One field of both records."""

    key: str
    label: str
    kept: Markup
    merged: Markup
    differs: bool = False
    may_take: bool = False
    proposed: bool = False


@dataclass(frozen=True)
class Moving:
    """Rows of one kind that both have."""

    label: str
    kept: int
    merged: int


# --- The panel
def possible_duplicates(session: Session, key: UUID, _now: datetime) -> PanelTable:
    """Return who may be the same customer as the one at hand."""
    customer = session.get_one(Customer, key)
    found = queries.candidates(session, customer) if customer.merged_into_id is None else []
    return PanelTable(
        headers=("Customer", "Why", "Signup"),
        rows=tuple((words(reasons), formats.day(local_day(other.signup_at))) for other, reasons in found),
        about=tuple(str(other.id) for other, _ in found),
        links=tuple(compare_url(key, other.id) for other, _ in found),
    )


def words(reasons: Sequence[str]) -> str:
    """Return reasons as one text."""
    return ", ".join(reasons).capitalize()


def compare_url(one: UUID, other: UUID) -> str:
    """Return the page that lays two customers side by side; the first is the one that stays."""
    return f"{COMPARE}?{urlencode({'keep': str(one), 'duplicate': str(other)})}"


# --- All of them
def all_duplicates(visit: Visit) -> dict[str, Any]:
    """Return the pairs found among the newest customers, and where to look further back."""
    pairs, last = queries.alike_among_newest(visit.session, moment_in(visit.args.get("before", "")))
    keys = list(dict.fromkeys(key for pair in pairs for key in pair))
    customers = queries.customers_of(visit.session, keys)
    ctx = context()
    names = labels_for(ctx, ctx.registry.spec("customers"), [str(key) for key in keys])
    rows = [
        (names[str(a)], names[str(b)], words(likeness(customers[a], customers[b]).reasons), compare_url(a, b))
        for a, b in pairs
        if str(a) in names and str(b) in names
    ]
    older = f"{DUPLICATES}?{urlencode({'before': last.isoformat()})}" if last else ""
    return {"rows": rows, "older": older, "newest": queries.NEWEST}


def moment_in(text: str) -> datetime | None:
    """Return the moment an address names; None when it names none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


# --- Two side by side
def compared(visit: Visit) -> dict[str, Any]:
    """Return two customers field by field, what would move, and what speaks against it."""
    pair = pair_in(visit)
    if pair is None:
        return {"pair": None, "list": DUPLICATES, "asked": bool(visit.args.get("keep"))}
    kept, merged = pair
    ctx = context()
    spec = ctx.registry.spec("customers")
    ours, theirs = merging.belongings(visit.session, kept.id, merged.id)
    for customer in pair:
        ctx.reads.note_record(spec, customer, read_of(ctx.person, shown_columns(spec), customer))
    return {
        "pair": pair,
        "names": [record_label(ctx, spec, customer) for customer in pair],
        "ids": [short_id(str(customer.id)) for customer in pair],
        "urls": [record_url("customers", str(customer.id)) for customer in pair],
        "why": words(likeness(kept, merged).reasons),
        "lines": list(lines(ctx, spec, kept, merged)),
        "problem_now": rules.why_not(kept, merged) or rules.too_many(theirs.rows),
        "told": rules.told(ours, theirs),
        "moving": list(moving(ctx, ours, theirs)),
        "credits": credits_of(ours, theirs),
        "action": action_url("customers", str(kept.id), ACTION),
        "other_way": compare_url(merged.id, kept.id),
        "list": DUPLICATES,
    }


def pair_in(visit: Visit) -> tuple[Customer, Customer] | None:
    """Return the two customers an address names; None when it names no two that the person may see."""
    try:
        keys = UUID(visit.args.get("keep", "").strip()), UUID(visit.args.get("duplicate", "").strip())
    except ValueError:
        return None
    found = queries.customers_of(visit.session, keys)
    return (found[keys[0]], found[keys[1]]) if len(found) == len(keys) else None


def shown_columns(spec: ModelSpec) -> list[Any]:
    """Return the columns that are compared."""
    return [spec.columns[name] for name in (*rules.FIELDS, *MORE_FACTS)]


def lines(ctx: Context, spec: ModelSpec, kept: Customer, merged: Customer) -> Iterator[Line]:
    """Yield the fields that either has; what a person sees masked can't be taken by them, and is not compared."""
    proposed = rules.proposed(kept, merged)
    for column in shown_columns(spec):
        if sees(ctx.person, column) == "never":
            continue
        ours, theirs = getattr(kept, column.key), getattr(merged, column.key)
        if ours is None and theirs is None:
            continue
        is_clear = sees(ctx.person, column) == "clear"
        yield Line(
            column.key,
            column.label,
            cell(ctx, spec, column, kept),
            cell(ctx, spec, column, merged),
            differs=is_clear and ours != theirs,
            may_take=is_clear and column.key in rules.FIELDS and theirs is not None and ours != theirs,
            proposed=column.key in proposed,
        )


def moving(ctx: Context, ours: rules.Belongings, theirs: rules.Belongings) -> Iterator[Moving]:
    """Yield how many rows of each kind both have; kinds that the person does not see are one line."""
    hidden = [0, 0]
    for name in rules.MOVED:
        counts = ours.rows.get(name, 0), theirs.rows.get(name, 0)
        if any(counts) and name in ctx.registry and may(ctx.person, "read", ctx.registry.spec(name)):
            yield Moving(ctx.registry.spec(name).plural, *counts)
        elif any(counts):
            hidden = [hidden[0] + counts[0], hidden[1] + counts[1]]
    if any(hidden):
        yield Moving("Records that your roles do not see", *hidden)


def credits_of(ours: rules.Belongings, theirs: rules.Belongings) -> list[tuple[str, int, int, int]]:
    """Return the balance of credits by unit: of both, and together."""
    first, second = ours.credits or {}, theirs.credits or {}
    both = [(unit, first.get(unit, 0), second.get(unit, 0)) for unit in sorted({*first, *second})]
    return [(unit.replace("_", " ").capitalize(), a, b, a + b) for unit, a, b in both]


def told_apart(visit: Visit) -> Done:
    """Remember that the two are different customers."""
    pair = pair_in(replace(visit, args=form_words(visit)))
    if pair is None:
        raise ActionRefused("One of the two is not there any more.", "Choose them again.")
    return Done(actions.tell_apart(visit.session, pair[0].id, pair[1].id, visit.person), DUPLICATES)


def form_words(visit: Visit) -> Mapping[str, str]:
    """Return the two customers a form names."""
    return {name: visit.form.get(name, "") for name in ("keep", "duplicate")}

"""Which customers may be one: looked for by index only, and never more than a few."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select, union
from sqlalchemy.orm import Session, aliased

from plugins.customers.rules.duplicates import core_words, likeness, normal_email, own_domain, phone_of
from schema.accounts import ToldApart
from schema.customers import Customer

EACH = 20
"""Candidates that one way of looking may find."""
NEWEST = 500
"""Customers whose like is looked for on the page of all duplicates, at a time."""
MOST_PAIRS = 100
SHORTEST = 3
"""Letters of a name that a trigram index can find."""
Pair = tuple[UUID, UUID]


def candidates(session: Session, customer: Customer, most: int = 10) -> list[tuple[Customer, tuple[str, ...]]]:
    """Return who may be the same customer in the same product line, the likeliest first, each with why.

    One statement. Who was told apart, merged or erased is not asked.
    """
    asked = [select(Customer.id).where(way, *others_than(customer)).limit(EACH).subquery() for way in ways(customer)]
    keys = union(*(select(each.c.id) for each in asked)).subquery()
    apart = or_(
        (ToldApart.first_id == Customer.id) & (ToldApart.second_id == customer.id),
        (ToldApart.second_id == Customer.id) & (ToldApart.first_id == customer.id),
    )
    told = select(ToldApart.id).where(apart).exists()
    found = session.scalars(select(Customer).where(Customer.id.in_(select(keys.c.id)), ~told)).unique().all()
    like = [(other, likeness(customer, other)) for other in found]
    likely = sorted((pair for pair in like if pair[1].is_enough), key=lambda pair: (-pair[1].score, pair[0].id))
    return [(other, each.reasons) for other, each in likely[:most]]


def others_than(customer: Customer) -> tuple[ColumnElement[bool], ...]:
    """Return what every candidate must be."""
    return (
        Customer.id != customer.id,
        Customer.product_line == customer.product_line,
        Customer.merged_into_id.is_(None),
        Customer.erased_at.is_(None),
    )


def ways(customer: Customer) -> Iterable[ColumnElement[bool]]:
    """Yield the conditions, each served by one index."""
    normal = normal_email(customer.email)
    yield func.lower(Customer.email).in_(sorted({customer.email.lower(), normal}))
    name, _, domain = normal.rpartition("@")
    yield containing(Customer.email, f"{escaped(name)}+%@{escaped(domain)}", "ix_customers_email_trgm")
    if customer.phone:
        yield Customer.phone.in_(sorted({customer.phone, phone_of(customer.phone)}))
    words = core_words(customer.company_name or "")
    if len(max(words, key=len, default="")) >= SHORTEST:
        yield containing(Customer.company_name, "%".join(words), "ix_customers_company_name_trgm")
    if domain := own_domain(customer.email):
        yield containing(Customer.email, f"@{escaped(domain)}", "ix_customers_email_trgm")


def escaped(text: str) -> str:
    """Return a text as LIKE takes it for itself."""
    return re.sub(r"([\\%_])", r"\\\1", text)


def containing(column: Any, words: str, index: str) -> ColumnElement[bool]:
    """Return the condition that a text holds the words in this order; nothing where the trigram index is missing."""
    has_index: ColumnElement[bool] = func.to_regclass(f"admin.{index}").is_not(None)
    found: ColumnElement[bool] = column.ilike(f"%{words}%") & has_index
    return found


def alike_among_newest(session: Session, before: datetime | None) -> tuple[list[Pair], datetime | None]:
    """Return pairs of one address or one number of which one is among the newest customers who signed up before.

    The newest first. Also the signup of the last one looked at, from which to look on; None with nobody further back.
    """
    newest = newest_ones(before)
    last = session.execute(select(func.min(newest.c.signup_at), func.count()).select_from(newest)).one()
    first, other = aliased(Customer), aliased(Customer)
    same = [func.lower(first.email) == func.lower(other.email), first.phone == other.phone]
    asked = [pairs_of(newest, first, other, each) for each in same]
    found = union(*asked).subquery()
    rows = session.execute(select(found).order_by(found.c.signup_at.desc(), *found.c[:2]).limit(MOST_PAIRS)).all()
    pairs = list(dict.fromkeys((min(row[:2]), max(row[:2])) for row in rows))
    if len(rows) == MOST_PAIRS:
        return pairs, rows[-1].signup_at  # the others begin there
    return pairs, last[0] if last[1] == NEWEST else None


def newest_ones(before: datetime | None) -> Any:
    """Return the customers looked at, as a table."""
    wanted = select(Customer.id, Customer.signup_at).where(
        Customer.merged_into_id.is_(None), Customer.erased_at.is_(None)
    )
    if before is not None:
        wanted = wanted.where(Customer.signup_at < before)
    return wanted.order_by(Customer.signup_at.desc(), Customer.id.desc()).limit(NEWEST).cte("newest")


def pairs_of(newest: Any, first: Any, other: Any, same: ColumnElement[bool]) -> Select[Any]:
    """Return the SELECT of the pairs that share one thing; who was told apart is left out."""
    apart = or_(
        (ToldApart.first_id == first.id) & (ToldApart.second_id == other.id),
        (ToldApart.second_id == first.id) & (ToldApart.first_id == other.id),
    )
    return (
        select(first.id, other.id.label("other_id"), newest.c.signup_at)
        .join(newest, newest.c.id == first.id)
        .join(other, same & (other.product_line == first.product_line) & (other.id != first.id))
        .where(other.merged_into_id.is_(None), other.erased_at.is_(None), ~select(ToldApart.id).where(apart).exists())
        .order_by(newest.c.signup_at.desc(), first.id, other.id)
        .limit(MOST_PAIRS)
    )


def customers_of(session: Session, keys: Sequence[UUID]) -> dict[UUID, Customer]:
    """Return customers by key; who may not be seen is not among them."""
    found = session.scalars(select(Customer).where(Customer.id.in_(list(keys)))).unique()
    return {customer.id: customer for customer in found}

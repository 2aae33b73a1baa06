"""Whatever is written, in whatever order and however late: what is read equals the rows, before and after a refresh."""

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from admin_core.contributions import Actives, Rollup
from admin_core.periods import Period, of_days
from admin_core.rollups.distinct import distinct
from admin_core.rollups.reading import from_rows, totals
from admin_core.rollups.refreshing import begin, marked_days, refresh_days
from admin_core.rollups.sources import Kept, Rollups
from admin_core.rollups.verifying import all_days, verify
from schema.customers import Customer
from tests.schema.core_rows import CoreMaker

BEGAN = datetime(2026, 1, 30, tzinfo=UTC)
HOURS = st.integers(0, 24 * 40)
"""Over the end of a month and all of February, hour by hour: days of Johannesburg are not those of UTC."""
INSERTS = st.tuples(st.just("insert"), HOURS, st.integers(0, 3), st.sampled_from(["opened", "screened"]))
OPERATIONS = st.lists(
    st.one_of(
        INSERTS,
        st.tuples(st.just("move"), st.integers(0, 9), HOURS),
        st.tuples(st.just("rename"), st.integers(0, 9), st.sampled_from(["opened", "screened", "looked"])),
        st.tuples(st.just("give"), st.integers(0, 9), st.integers(0, 3)),
        st.tuples(st.just("delete"), st.integers(0, 9)),
        st.tuples(st.just("refresh"), st.sampled_from(["shop.events", "shop.actives"])),
    ),
    max_size=8,
)
PERIODS = st.lists(st.tuples(HOURS, HOURS).map(sorted), min_size=1, max_size=4)


@pytest.fixture
def customers(rows: CoreMaker) -> list[uuid.UUID | None]:
    made = [rows.add(Customer, email=f"c{i}@example.com") for i in range(3)]
    return [None, *(customer.id for customer in made)]  # type: ignore[attr-defined]  # rows are of any model


@given(first=st.lists(INSERTS, min_size=1, max_size=6), operations=OPERATIONS, hours=PERIODS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_read_equals_the_rows_before_and_after_every_refresh(
    session: Session,
    rollups: Rollups,
    customers: list[uuid.UUID | None],
    first: list[Any],
    operations: list[Any],
    hours: list[list[int]],
) -> None:
    events, actives = rollups.named("shop.events"), rollups.named("shop.actives")
    periods = [Period(BEGAN + timedelta(hours=a), BEGAN + timedelta(hours=b)) for a, b in hours]
    periods += [of_days(date(2026, 2, 1), date(2026, 3, 1)), of_days(date(2026, 2, 3), date(2026, 2, 4))]
    with session.begin_nested() as example:
        kept = [("refresh", "shop.events"), ("refresh", "shop.actives")]
        for operation in [*first, *kept, *operations]:
            perform(session, rollups, customers, operation)
        agrees(session, events, actives, periods)
        for rollup in (events, actives):
            refresh(session, rollups, rollup)
            assert verify(session, rollup, all_days(session, rollup)).days == ()
        agrees(session, events, actives, periods)
        assert (
            session.scalar(
                text("SELECT count(*) FROM admin.rollup_dirty_days WHERE name IN ('shop.events', 'shop.actives')")
            )
            == 0
        )
        example.rollback()


def perform(session: Session, rollups: Rollups, customers: list[uuid.UUID | None], operation: tuple[Any, ...]) -> None:
    kind, *words = operation
    if kind == "refresh":
        refresh(session, rollups, rollups.named(words[0]))
    elif kind == "insert":
        hour, who, name = words
        values = {"key": uuid.uuid4().hex, "name": name, "who": customers[who], "at": BEGAN + timedelta(hours=hour)}
        session.execute(text(INSERT), values)
    else:
        session.execute(text(CHANGES[kind]), changed(kind, words, customers))


def changed(kind: str, words: list[Any], customers: list[uuid.UUID | None]) -> dict[str, Any]:
    which = {"which": words[0]}
    if kind == "move":
        return {**which, "at": BEGAN + timedelta(hours=words[1])}
    if kind == "rename":
        return {**which, "name": words[1]}
    return {**which, "who": customers[words[1]]} if kind == "give" else which


INSERT = """
    INSERT INTO admin.usage_events (id, event_key, name, customer_id, occurred_at)
    VALUES (gen_random_uuid(), :key, :name, :who, :at)
"""
COUNT = "greatest((SELECT count(*) FROM admin.usage_events), 1)"
THAT = f"id = (SELECT id FROM admin.usage_events ORDER BY occurred_at, event_key OFFSET :which % {COUNT} LIMIT 1)"
CHANGES = {
    "move": f"UPDATE admin.usage_events SET occurred_at = :at WHERE {THAT}",
    "rename": f"UPDATE admin.usage_events SET name = :name WHERE {THAT}",
    "give": f"UPDATE admin.usage_events SET customer_id = :who WHERE {THAT}",
    "delete": f"DELETE FROM admin.usage_events WHERE {THAT}",
}


def refresh(session: Session, rollups: Rollups, rollup: Kept) -> None:
    assert begin(session, rollups, rollup) is not None
    while days := marked_days(session, rollup, date.min, 5):
        refresh_days(session, rollup, days)


def agrees(session: Session, events: Kept, actives: Kept, periods: list[Period]) -> None:
    assert isinstance(events, Rollup)
    assert isinstance(actives, Actives)
    found = totals(session, events, periods, by="name")
    for sums, period in zip(found, periods, strict=True):
        rows = session.execute(text(OF_EVENTS), {"start": period.start, "end": period.end}).all()
        assert {name: tuple(cell) for name, cell in sums.parts("events").items()} == {
            name: (Decimal(count), count) for name, count, _ in rows
        }
        assert sums["known"] == sum(known for *_, known in rows)
    people = [session.scalar(text(OF_ACTIVES), {"start": period.start, "end": period.end}) for period in periods]
    assert distinct(session, actives, periods) == people
    with from_rows():
        assert totals(session, events, periods, by="name") == found
        assert distinct(session, actives, periods) == people


OF_EVENTS = """
    SELECT name, count(*), count(customer_id) FROM admin.usage_events
    WHERE occurred_at >= :start AND occurred_at < :end GROUP BY name
"""
OF_ACTIVES = """
    SELECT count(DISTINCT customer_id) FROM admin.usage_events
    WHERE occurred_at >= :start AND occurred_at < :end AND name <> 'opened'
"""


@pytest.fixture(autouse=True)
def clean(session: Session) -> Iterator[None]:
    """Hypothesis runs all examples in one transaction; each takes its own rows back."""
    yield
    session.rollback()


def test_a_source_that_is_emptied_is_read_from_its_rows_until_it_is_kept_again(
    session: Session, rollups: Rollups, customers: list[uuid.UUID | None]
) -> None:
    events, actives, march = (
        rollups.named("shop.events"),
        rollups.named("shop.actives"),
        of_days(date(2026, 2, 1), date(2026, 3, 1)),
    )
    for operation in (("insert", 90, 1, "screened"), ("refresh", "shop.events"), ("refresh", "shop.actives")):
        perform(session, rollups, customers, operation)
    session.execute(text("TRUNCATE admin.usage_events CASCADE"))
    agrees(session, events, actives, [march])
    perform(session, rollups, customers, ("insert", 200, 2, "screened"))
    for rollup in (events, actives):
        refresh(session, rollups, rollup)
        assert verify(session, rollup, all_days(session, rollup)).days == ()
    agrees(session, events, actives, [march])

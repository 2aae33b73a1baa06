"""Sums, days without a clock, conditions, deletion after its time, and what happens without marks."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from admin_core.contributions import Rollup
from admin_core.periods import Period, local_day, of_days
from admin_core.policy import PolicySession
from admin_core.rollups import marking, verifying
from admin_core.rollups.reading import Question, totals, totals_of
from admin_core.rollups.refreshing import NOT_MARKED, begin, marked_days, refresh_days
from admin_core.rollups.sources import Rollups, columns_read
from schema.invoicing import Invoice
from schema.rollups import RollupState, Verification
from schema.support import Ticket
from schema.usage import UsageEvent
from tests.admin_core.rollups.conftest import made
from tests.admin_core.rollups.test_laws import refresh
from tests.admin_core.test_briefing import ADA
from tests.schema.core_rows import CoreMaker

MARCH = of_days(date(2026, 3, 1), date(2026, 4, 1))
NOON = datetime(2026, 3, 5, 10, tzinfo=UTC)


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """Yield the list into which the block's statements go."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        found.append(statement)

    event.listen(session.connection(), "before_cursor_execute", note)
    yield found


def of(rollups: Rollups, name: str) -> Rollup:
    found = rollups.named(name)
    assert isinstance(found, Rollup)
    return found


def test_sums_follow_updates_and_only_rows_that_count(session: Session, rollups: Rollups, rows: CoreMaker) -> None:
    tickets = of(rollups, "shop.tickets")
    one = rows.add(Ticket, status="open", reopened_count=2, opened_at=NOON)
    rows.add(Ticket, status="open", reopened_count=4, opened_at=NOON, channel="phone")
    refresh(session, rollups, tickets)
    assert totals(session, tickets, [MARCH])[0]["reopened"] == 2
    one.reopened_count, one.status = 5, "on_hold"  # type: ignore[attr-defined]  # rows are of any model
    session.flush()
    found = totals(session, tickets, [MARCH], by="status")[0]
    assert {status: cell.amount for status, cell in found.parts("reopened").items()} == {"on_hold": Decimal(5)}
    refresh(session, rollups, tickets)
    assert totals(session, tickets, [MARCH], by="status")[0] == found
    assert totals(session, tickets, [MARCH], only={"status": ["open"]})[0]["tickets"] == 0


def test_a_change_of_what_nobody_sums_marks_no_day(session: Session, rollups: Rollups, rows: CoreMaker) -> None:
    ticket = rows.add(Ticket, status="open", opened_at=NOON)
    refresh(session, rollups, rollups.named("shop.tickets"))
    ticket.subject = "Another"  # type: ignore[attr-defined]
    session.flush()
    assert marked_days(session, rollups.named("shop.tickets"), date.min) == []
    assert columns_read(rollups.named("shop.tickets")) == ["channel", "opened_at", "reopened_count", "status"]


def test_a_day_of_the_source_is_no_moment(session: Session, rollups: Rollups, rows: CoreMaker) -> None:
    invoices = of(rollups, "shop.invoices")
    for number, day in enumerate((28, 1, 31, 1)):
        month = (2, 3, 3, 4)[number]
        issued = {"issued_on": date(2026, month, day), "issued_at": NOON, "due_on": date(2026, 6, 1)}
        rows.add(
            Invoice,
            number=f"I{number}",
            status="open",
            net_cents=10**number,
            vat_cents=0,
            total_cents=10**number,
            **issued,
        )
    assert totals(session, invoices, [MARCH])[0]["cents"] == 110
    refresh(session, rollups, invoices)
    assert totals(session, invoices, [MARCH, Period(MARCH.start, MARCH.start)])[0]["cents"] == 110
    assert totals(session, invoices, [Period(MARCH.start, MARCH.start)])[0]["cents"] == 0


AT = """
    INSERT INTO admin.usage_events (id, event_key, name, occurred_at)
    VALUES (gen_random_uuid(), :key, 'x', CAST(:at AS timestamptz))
"""


def test_days_no_calendar_holds_are_left_out(session: Session, rollups: Rollups) -> None:
    for number, moment in enumerate(
        ("infinity", "-infinity", "9999-12-31 23:00Z", "4000-01-01 BC", "2026-03-05 10:00Z")
    ):
        values = {"key": str(number), "at": moment}
        session.execute(
            text(AT),
            values,
        )
    refresh(session, rollups, rollups.named("shop.events"))
    found = totals(session, of(rollups, "shop.events"), [MARCH])[0]
    assert found["events"] == 1


def test_what_was_counted_stays_counted_when_rows_are_deleted_after_their_time(
    session: Session, rollups: Rollups, rows: CoreMaker
) -> None:
    events, now = of(rollups, "shop.events"), datetime.now(UTC)
    for key, days in (("old", 500), ("young", 300)):
        rows.add(UsageEvent, event_key=key, occurred_at=now - timedelta(days=days))
    refresh(session, rollups, events)
    session.execute(text("DELETE FROM admin.usage_events"))
    whole = of_days(local_day(now) - timedelta(days=600), local_day(now))
    for _ in range(2):
        assert totals(session, events, [whole])[0]["events"] == 1
        assert verifying.verify(session, events, [whole]).days == ()
        refresh(session, rollups, events)


def test_without_marks_nothing_is_kept_and_everything_is_read_from_the_rows(session: Session, rows: CoreMaker) -> None:
    rollups = made()
    rows.add(Ticket, status="open", opened_at=NOON)
    assert begin(session, rollups, rollups.named("shop.tickets")) is None
    assert session.scalars(text("SELECT error FROM admin.rollup_states")).one() == NOT_MARKED
    assert totals(session, of(rollups, "shop.tickets"), [MARCH])[0]["tickets"] == 1
    marking.install(session.connection(), rollups)
    assert begin(session, rollups, rollups.named("shop.tickets")) is not None
    assert totals(session, of(rollups, "shop.tickets"), [MARCH])[0]["tickets"] == 1
    assert marking.unmarked(session, [rollups.named("shop.events")]) == {"shop.events"}  # its triggers serve two
    marking.install(session.connection(), [])
    assert marking.unmarked(session, rollups) == set(rollups.by_name)


def test_a_changed_definition_is_read_from_the_rows_until_it_is_kept(
    session: Session, rollups: Rollups, rows: CoreMaker
) -> None:
    rows.add(Ticket, status="open", opened_at=NOON)
    refresh(session, rollups, rollups.named("shop.tickets"))
    session.execute(text("UPDATE admin.rollup_values SET amount = 99"))
    assert totals(session, of(rollups, "shop.tickets"), [MARCH])[0]["tickets"] == 99
    session.execute(text("UPDATE admin.rollup_states SET version = 7"))
    assert totals(session, of(rollups, "shop.tickets"), [MARCH])[0]["tickets"] == 1
    refresh(session, rollups, rollups.named("shop.tickets"))
    assert totals(session, of(rollups, "shop.tickets"), [MARCH])[0]["tickets"] == 1


def test_a_comparison_names_the_days_that_differ(session: Session, rollups: Rollups, rows: CoreMaker) -> None:
    tickets = rollups.named("shop.tickets")
    for day in (3, 4, 5):
        rows.add(Ticket, status="open", opened_at=NOON.replace(day=day))
    assert not verifying.verify(session, tickets, [MARCH]).kept
    refresh(session, rollups, tickets)
    session.execute(text("UPDATE admin.rollup_values SET amount = 9 WHERE day = '2026-03-04' AND measure = 'tickets'"))
    session.execute(text("DELETE FROM admin.rollup_values WHERE day = '2026-03-05'"))
    rows.add(Ticket, status="new", opened_at=NOON.replace(day=3))
    found = verifying.verify(session, tickets, verifying.all_days(session, tickets))
    assert found.days == (date(2026, 3, 4), date(2026, 3, 5))
    assert "2 days differ from the rows: 2026-03-04, 2026-03-05" in found.sentence
    verifying.write_down(session, [found])
    kept = session.scalars(select(Verification)).one()
    assert (kept.outcome.value, kept.differences) == ("differs", 2)


def test_a_comparison_sees_a_bit_that_nobody_earned(session: Session, rollups: Rollups, rows: CoreMaker) -> None:
    actives = rollups.named("shop.actives")
    customer = rows.add(UsageEvent, name="screened", occurred_at=NOON, event_key="a").customer_id  # type: ignore[attr-defined]
    assert customer is not None
    refresh(session, rollups, actives)
    assert verifying.verify(session, actives, [MARCH]).days == ()
    session.execute(text("UPDATE admin.activity_months SET bits = bits | 1"))
    assert verifying.verify(session, actives, [MARCH]).days == (date(2026, 3, 1),)


def test_a_person_reads_rollups_through_the_policy(session: Session, rollups: Rollups, rows: CoreMaker) -> None:
    rows.add(Ticket, status="open", opened_at=NOON)
    connection = session.connection()
    with PolicySession(connection, person=ADA, join_transaction_mode="create_savepoint") as reading:  # type: ignore[arg-type]
        assert totals(reading, of(rollups, "shop.tickets"), [MARCH], by="status")[0]["tickets"] == 1
        refresh(session, rollups, rollups.named("shop.tickets"))
        assert totals(reading, of(rollups, "shop.tickets"), [MARCH], by="status")[0]["tickets"] == 1


@pytest.mark.parametrize("days", [1, 31, 400])
def test_reading_makes_at_most_two_statements(session: Session, rollups: Rollups, rows: CoreMaker, days: int) -> None:
    rows.add(Ticket, status="open", opened_at=NOON)
    refresh(session, rollups, rollups.named("shop.tickets"))
    asked = [of_days(date(2026, 3, 5) - timedelta(days=i), date(2026, 3, 6) - timedelta(days=i)) for i in range(days)]
    with counted(session) as statements:
        totals(session, of(rollups, "shop.tickets"), [*asked, Period(MARCH.start, NOON)])
    assert len(statements) <= 2


def test_refreshing_twice_writes_the_same(session: Session, rollups: Rollups, rows: CoreMaker) -> None:
    rows.add(Ticket, status="open", opened_at=NOON)
    for _ in range(2):
        assert begin(session, rollups, rollups.named("shop.tickets")) is not None
        refresh_days(session, rollups.named("shop.tickets"), [date(2026, 3, 5)])
    found = session.execute(text("SELECT measure, amount FROM admin.rollup_values ORDER BY measure")).all()
    assert [tuple(row) for row in found] == [("reopened", 0), ("tickets", 1)]
    assert session.scalars(select(RollupState)).one().version == 1


def test_a_day_that_is_whole_in_one_period_and_cut_in_another_is_read_as_both(
    session: Session, rollups: Rollups, rows: CoreMaker
) -> None:
    tickets, day = of(rollups, "shop.tickets"), of_days(date(2026, 3, 5), date(2026, 3, 6))
    for minutes in (-1, 1):
        rows.add(Ticket, status="open", opened_at=NOON + timedelta(minutes=minutes))
    asked = [day, Period(MARCH.start, NOON), MARCH]
    for _ in range(2):
        assert [found["tickets"] for found in totals(session, tickets, asked)] == [2, 1, 2]
        refresh(session, rollups, tickets)


def test_two_rollups_are_asked_together(session: Session, rollups: Rollups, rows: CoreMaker) -> None:
    rows.add(Ticket, status="open", reopened_count=3, opened_at=NOON)
    rows.add(UsageEvent, event_key="a", occurred_at=NOON)
    for kept in ((), ("shop.tickets",), ("shop.events",)):
        for name in kept:
            refresh(session, rollups, rollups.named(name))
        with counted(session) as statements:
            asked = [Question(of(rollups, "shop.tickets")), Question(of(rollups, "shop.events"), by="name")]
            tickets, events = totals_of(session, asked, [MARCH, Period(MARCH.start, NOON)])
        assert (tickets[0]["reopened"], [*events[0].parts("events").values()], events[1]["events"]) == (3, [(1, 1)], 0)
        assert len(statements) <= 2

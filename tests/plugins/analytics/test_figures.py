"""Use over rows made for it. It is noon on 5 March 2026, a Thursday."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from admin_core import period_choice
from admin_core.periods import Period, of_days
from admin_core.policy import PolicySession
from admin_core.rollups import marking
from admin_core.rollups.sources import Rollups
from plugins.analytics import plugin, queries, views
from schema.ai import AiDecision
from schema.customers import Customer
from schema.usage import UsageEvent
from tests.admin_core.rollups.test_laws import refresh
from tests.schema.core_rows import CoreMaker

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)
THIS = period_choice.named("this_month", NOW)
MARCH = of_days(date(2026, 3, 1), date(2026, 4, 1))


def test_a_month_of_cvs_begins_at_midnight_in_johannesburg(rows: CoreMaker, reading: PolicySession) -> None:
    decided = {
        "february": datetime(2026, 2, 28, 21, 59, tzinfo=UTC),
        "march": datetime(2026, 2, 28, 22, 30, tzinfo=UTC),
        "today": NOW - timedelta(minutes=1),
        "later": NOW + timedelta(minutes=1),
        "same time": datetime(2026, 2, 5, 9, 59, tzinfo=UTC),
        "later that day": datetime(2026, 2, 5, 10, 1, tzinfo=UTC),
    }
    for name, moment in decided.items():
        rows.add(AiDecision, external_id=name, decided_at=moment)
    no_answer = {"is_fallback": True, "model_recommendation": None}
    rows.add(AiDecision, external_id="fallback", decided_at=NOW - timedelta(hours=1), **no_answer)
    assert THIS.before is not None
    this, before = views.cvs_screened(reading, [THIS.period, THIS.before])
    assert (this.amount, before.amount) == (3, 1)
    assert this.note == "1 of them without an answer from the AI."
    assert this.fresh_at == NOW + timedelta(minutes=1)


def event(rows: CoreMaker, customer: Customer, name: str, at: datetime) -> None:
    rows.add(UsageEvent, customer=customer, name=name, occurred_at=at, event_key=f"{customer.email}{name}{at}")


def test_the_active_of_a_month_are_counted_once_kept_or_not(
    session: Session, rows: CoreMaker, reading: PolicySession
) -> None:
    rollups = Rollups({each.name: each for each in queries.ROLLUPS})
    marking.install(session.connection(), rollups)
    ada, finn, otto = (rows.add(Customer, email=f"{name}@example.com") for name in ("ada", "finn", "otto"))
    for customer, name, day, hour in (
        (ada, "cv_screened", 2, 9), (ada, "cv_screened", 3, 9), (finn, "cv_screened", 3, 23), (finn, "opened", 1, 9),
        (otto, "signed_in", 3, 9),
    ):  # fmt: skip
        event(rows, customer, name, datetime(2026, 3, day, hour, tzinfo=UTC))  # type: ignore[arg-type]  # any model
    days = [of_days(date(2026, 3, day), date(2026, 3, day + 1)) for day in (1, 2, 3, 4)]
    for _ in range(2):
        assert [value.amount for value in views.active_customers(reading, [MARCH, *days])] == [2, 0, 1, 1, 1]
        assert [value.amount for value in views.coming_customers(reading, [MARCH, *days])] == [2, 1, 1, 1, 1]
        for rollup in rollups:
            refresh(session, rollups, rollup)


def test_activation_takes_seven_days_from_signing_up(rows: CoreMaker, reading: PolicySession) -> None:
    joined = datetime(2026, 3, 1, 10, tzinfo=UTC)
    for name, days, cents in (("ada", 0.1, 500), ("finn", 6.9, 0), ("otto", 7.1, 500), ("nomsa", -1, 0)):
        customer = rows.add(Customer, email=f"{name}@example.com", signup_at=joined, mrr_cents=cents)
        event(rows, customer, "cv_screened", joined + timedelta(days=days))  # type: ignore[arg-type]
    rows.add(Customer, email="later@example.com", signup_at=joined + timedelta(days=40))
    assert list(queries.activation(reading, MARCH)) == [4, 2, 1]
    drawn = views.activation(reading, MARCH)
    assert drawn.chart is not None
    assert [row[:2] for row in drawn.chart.rows] == [("Signed up", "4"), ("CV within 7 days", "2"), ("Pays today", "1")]
    assert views.activation(reading, Period(MARCH.start, MARCH.start)).chart is None
    assert [value.amount for value in views.signups(reading, [MARCH])] == [4]


def test_the_week_is_that_of_johannesburg(rows: CoreMaker, reading: PolicySession) -> None:
    assert views.week(reading, MARCH).chart is None
    rows.add(AiDecision, external_id="a", decided_at=datetime(2026, 3, 5, 22, 30, tzinfo=UTC))
    drawn = views.week(reading, MARCH)
    assert drawn.chart is not None
    friday = next(row for row in drawn.chart.rows if row[0] == "Fri")
    assert (friday[1], drawn.n) == ("1", 1)


def test_hook_register_dashboards_shows_figures_that_are_registered() -> None:
    (board,) = plugin.register_dashboards()
    names = {figure.name for figure in plugin.register_figures()}
    assert {card.slug for card in board.cards} > names

"""Eighteen customers live four months by our actions and our clock; recurring revenue closes to the cent."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from plugins.finance.actions import changing, ending
from schema.customers import Customer
from schema.subscriptions import MrrMovement, Subscription
from tests.plugins.finance.living import Company, at, company_of

CLOSES = [
    ("2026-01-01", 1_199_300, 7),
    ("2026-02-01", 1_543_937, 10),
    ("2026-03-01", 1_963_687, 13),
    ("2026-04-01", 1_263_987, 11),
    ("2026-05-01", 1_588_737, 13),
]
"""The first moment after a month, what it closed with, and how many customers paid then."""
MOVES = {
    "2026-01": {"new": 294_737, "expansion": 49_900},
    "2026-02": {"new": 219_750, "reactivation": 149_900, "expansion": 100_000, "churn": -49_900},
    "2026-03": {"new": 49_900, "contraction": -399_900, "churn": -349_700},
    "2026-04": {"reactivation": 299_800, "expansion": 24_950},
}
"""How recurring revenue moved in each month; transfers between plans cancel out."""
LEAVES = {"cancel_reason": "not_used"}
Step = tuple[str, Callable[[Company], object]]


@pytest.fixture
def company(session: Session) -> Company:
    return company_of(session)


def steps(subs: dict[str, Subscription]) -> list[Step]:
    """Return what people do, in the order of the days; what only falls due is not among it."""

    def starts(day: str, name: str, price: str, **words: str | int) -> Step:
        def step(company: Company) -> None:
            sub = company.start(day, name, price, **words)  # type: ignore[arg-type]
            subs.setdefault(f"{name} {price}", sub)

        return day, step

    def does(day: str, sub: str, change: Callable[..., str], **answers: str | int) -> Step:
        return day, lambda company: company.do(day, subs[sub], change, **answers)

    def moves(day: str, sub: str, change: Callable[..., str], price: str) -> Step:
        return day, lambda company: company.do(day, subs[sub], change, **company.to(price))

    later, now = {"when": ending.LATER, **LEAVES}, {"when": ending.NOW, **LEAVES}
    found = [
        starts("2025-11-10", "C01", "G"),
        starts("2025-12-05", "C02", "S"), moves("2026-02-16", "C02 S", changing.change_now, "G"),
        starts("2026-01-15", "C03", "GA"),
        starts("2025-10-01", "C04", "B"), moves("2026-02-12", "C04 B", changing.change_later, "G"),
        starts("2025-09-20", "C05", "S"), does("2026-02-10", "C05 S", ending.cancel, **later),
        starts("2025-08-01", "C06", "S"), does("2025-12-15", "C06 S", ending.cancel, **now),
        starts("2026-02-03", "C06", "G"),
        starts("2025-12-01", "C07", "G"), starts("2026-01-12", "C07", "S"),
        does("2026-03-02", "C07 S", ending.cancel, **later),
        starts("2026-01-20", "C08", "G", begins="trial"),
        ("2026-01-21", lambda _: setattr(subs["C08 G"], "gateway_token", "card")),
        starts("2026-01-25", "C09", "S", begins="trial"),
        starts("2026-01-05", "C10", "G", discount=20),
        starts("2026-02-01", "C11", "S", discount=50, discount_months=2),
        starts("2025-11-25", "C12", "G"), does("2026-02-25", "C12 G", ending.mark_unpaid),
        starts("2026-04-02", "C12", "G"),
        starts("2026-01-01", "C13", "Free"),
        starts("2025-12-10", "C14", "G"), does("2026-03-10", "C14 G", ending.pause, days=31),
        starts("2026-01-10", "C15", "S"),
        starts("2026-03-05", "C17", "S"), does("2026-03-20", "C17 S", ending.cancel, **now),
        starts("2026-02-01", "C18", "SQ"),
    ]  # fmt: skip
    return sorted(found, key=lambda step: step[0])


def close(session: Session, model: type[Customer | Subscription]) -> tuple[int, int]:
    """Return the recurring revenue of all rows, and how many have some."""
    total = select(func.sum(model.mrr_cents), func.count().filter(model.mrr_cents > 0))
    row = session.execute(total).one()
    return int(row[0]), int(row[1])


def test_four_months_close_to_the_cent(company: Company) -> None:
    subs: dict[str, Subscription] = {}
    waiting, closes = steps(subs), []
    for day, *_ in CLOSES:
        while waiting and waiting[0][0] < day:
            waiting.pop(0)[1](company)
        company.pass_until(at(day) - timedelta(microseconds=1))
        company.session.flush()
        of_customers = close(company.session, Customer)
        assert of_customers[0] == close(company.session, Subscription)[0]
        closes.append((day, *of_customers))
    assert closes == CLOSES
    assert {key: sub.ended_at for key, sub in subs.items() if sub.ended_at is not None} == {
        "C05 S": at("2026-02-20"), "C06 S": at("2025-12-15"), "C07 S": at("2026-03-12"), "C09 S": at("2026-02-08"),
        "C12 G": at("2026-03-11"), "C17 S": at("2026-03-20"),
    }  # fmt: skip
    assert company.events(subs["C04 B"])[-4:] == ["renewed", "change_scheduled", "downgraded", "renewed"]
    assert company.events(subs["C08 G"])[:2] == ["trial_started", "trial_converted"]
    assert company.events(subs["C06 G"])[0] == "reactivated"
    assert company.events(subs["C11 S"])[1:4] == ["renewed", "discount_ended", "renewed"]
    assert "resumed" in company.events(subs["C14 G"])
    how_it_moved_says_how_it_closed(company)


def how_it_moved_says_how_it_closed(company: Company) -> None:
    rows = company.session.scalars(select(MrrMovement)).all()
    kinds: dict[str, dict[str, int]] = {}
    plans: dict[UUID, int] = {}
    for row in rows:
        month = kinds.setdefault(f"{row.month:%Y-%m}", {})
        month[str(row.kind)] = month.get(str(row.kind), 0) + row.amount_cents
        plans[row.plan_id] = plans.get(row.plan_id, 0) + row.amount_cents
    assert sum(row.amount_cents for row in rows if f"{row.month:%Y-%m}" < "2026-01") == CLOSES[0][1]
    for month, moves in MOVES.items():
        assert kinds[month].pop("transfer_in", 0) + kinds[month].pop("transfer_out", 0) == 0
        assert kinds[month] == moves
    on_plans = select(Subscription.plan_id, func.sum(Subscription.mrr_cents)).group_by(Subscription.plan_id)
    assert {plan: cents for plan, cents in plans.items() if cents} == {
        plan: int(cents) for plan, cents in company.session.execute(on_plans) if cents
    }
    reasons = {str(row.reason) for row in rows if row.kind == "churn"}
    assert reasons == {"voluntary", "involuntary", "paused"}

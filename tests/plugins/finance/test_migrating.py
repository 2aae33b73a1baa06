"""Subscribers of a price that was replaced: who moves to the new one, when, and what that comes to."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin_core.contributions import ActionRefused
from plugins.finance.actions import changing, ending, migrating, settling
from plugins.finance.views import offers
from schema.catalog import Price, PriceMigration
from schema.subscriptions import MrrMovement, Subscription
from tests.plugins.finance.living import Company, at, company_of, values

LATER = {"when": ending.LATER, "cancel_reason": "not_used", "comment": "Too few hires"}


@pytest.fixture
def company(session: Session) -> Company:
    return company_of(session)


def raised(company: Company) -> Price:
    """Return a price that replaces the one of G, with VAT in it."""
    old = company.prices["G"]
    old.is_default = False
    words = {"plan": old.plan, "interval": "month", "currency": "ZAR", "valid_from": at("2026-02-01")}
    new = Price(nickname="G 2026", amount_cents=200_000, includes_vat=True, replaces_id=old.id, **words)
    found: Price = company.add(new)
    return found


def moved(company: Company, price: Price, day: str = "2026-02-07") -> int:
    """Do what the job does on a day; return how many subscriptions were told."""
    decision = company.session.scalars(select(PriceMigration).order_by(PriceMigration.id.desc()).limit(1)).one()
    making, told = company.making(at(day)), 0
    decision.state = "running"  # type: ignore[assignment]
    after = None
    while some := migrating.move_some(making, decision, after, 2):
        after, told = some[-1].id, told + len(some)
    assert decision.to_price_id == price.id
    return told


def test_a_migration_says_beforehand_what_it_comes_to(company: Company) -> None:
    subs = [company.start("2026-02-05", f"Customer {number}", "G") for number in range(3)]
    company.start("2026-02-05", "Discounted", "G", discount=50)
    trial = company.start("2026-02-05", "Trial", "G", "trial")
    company.do("2026-02-06", subs[2], ending.cancel, **LATER)
    new = raised(company)
    assert offers.why_no_migration(company.prices["G"]) == "This price replaces no other."
    each_mrr = select(Subscription.mrr_cents).order_by(Subscription.id)
    before = company.session.scalars(each_mrr).all()
    said = migrating.migrate(company.making(at("2026-02-07")), new, {"mode": "at_renewal"})
    assert said.replace("\u00a0", " ") == "From G to G 2026, each when it renews: 4 subscriptions. MRR: +R 600,33."
    with pytest.raises(ActionRefused, match="are moving already"):
        migrating.migrate(company.making(at("2026-02-07")), new, {"mode": "at_renewal"})
    assert (moved(company, new), moved(company, new)) == (4, 0)
    assert company.session.scalars(each_mrr).all() == before
    decision = company.session.scalars(select(PriceMigration)).one()
    trial.gateway_token = "card"
    elsewhere = update(PriceMigration).values(subscriptions_moved=7)  # what others count at the same time stays
    company.session.execute(elsewhere, execution_options={"synchronize_session": False})
    company.pass_until(at("2026-03-05"))
    assert values(subs[0], "mrr_cents", "amount_cents", "pending_price_id") == (173_913, 200_000, None)
    assert company.events(subs[0]) == ["started", "change_scheduled", "price_migrated"]
    assert subs[2].status == "cancelled"
    assert values(trial, "price_id", "mrr_cents") == (new.id, 173_913)
    assert (decision.subscriptions_moved, decision.mrr_difference_cents) == (7 + 4, 2 * 24_013 + 12_007)
    assert settling.close_migrations(company.session) == 1
    assert decision.state == "done"


def test_nobody_pays_a_price_before_it_begins(company: Company) -> None:
    sub, new = company.start("2026-02-05", "Otto", "G"), raised(company)
    new.valid_from = at("2026-04-01")
    assert "begins at" in offers.why_no_migration(
        Price(replaces_id=new.id, valid_from=datetime.now(UTC) + timedelta(1))
    )
    with pytest.raises(ActionRefused, match="It begins at 2026-04-01 00:00 SAST: nobody pays it before"):
        migrating.migrate(company.making(at("2026-03-31")), new, {"mode": "at_renewal"})
    sub.pending_price = new  # it waits from before this was refused
    company.pass_until(at("2026-03-05"))
    assert values(sub, "price_id", "pending_price_id") == (company.prices["G"].id, new.id)
    company.pass_until(at("2026-04-05"))
    assert values(sub, "price_id", "pending_price_id") == (new.id, None)


ON_DATE = {"mode": "on_date", "on": "2026-02-16"}


def test_on_a_date_all_move_at_once_and_the_rest_of_a_paid_period_is_settled(company: Company) -> None:
    sub = company.start("2026-02-05", "Otto", "G")
    other = company.start("2026-02-05", "Otto", "G")  # two of one customer, at the same moment
    trial = company.start("2026-02-10", "Trial", "G", "trial")
    unpaid, paused, leaves = (company.start("2026-02-05", name, "G") for name in ("Unpaid", "Paused", "Leaves"))
    company.do("2026-02-06", unpaid, ending.mark_unpaid)
    company.do("2026-02-06", paused, ending.pause)
    new = raised(company)
    said = migrating.migrate(company.making(at("2026-02-07")), new, ON_DATE)
    assert "on 2026-02-16: 6 subscriptions. MRR: +R 960,52." in said.replace("\u00a0", " ")
    assert (moved(company, new), moved(company, new)) == (6, 0)
    company.do("2026-02-08", leaves, ending.cancel, **LATER)
    company.pass_until(at("2026-02-16") - timedelta(microseconds=1))
    assert {each.price_id for each in (sub, other, trial, unpaid)} == {company.prices["G"].id}, "nobody before the day"
    assert company.pass_until(at("2026-02-19")) == 4
    assert company.pass_until(at("2026-02-19")) == 0
    assert values(company.last(sub), "kind", "occurred_at", "proration_cents") == (
        "price_migrated", at("2026-02-16"), 105_590 - 91_011,  # 17 of 28 days of R 1 739,13 and of R 1 499
    )  # fmt: skip
    assert values(sub, "price_id", "pending_price_id", "pending_at", "mrr_cents", "period_charge_cents") == (
        new.id, None, None, 173_913, 173_913,
    )  # fmt: skip
    assert values(company.last(trial), "kind", "proration_cents") == ("price_migrated", None)
    assert values(unpaid, "status", "price_id") == ("past_due", new.id)
    together = select(MrrMovement).where(
        MrrMovement.customer_id == sub.customer_id, MrrMovement.reason == "price_migration"
    )
    assert [row.amount_cents for row in company.session.scalars(together)] == [2 * 24_013]
    assert {each.price_id for each in (paused, leaves)} == {company.prices["G"].id}
    company.do("2026-02-25", paused, ending.resume)
    company.pass_until(at("2026-03-06"))
    assert values(paused, "price_id", "pending_at") == (company.prices["G"].id, None), "the paid days run on as paid"
    company.pass_until(at("2026-03-25"))
    assert (paused.price_id, leaves.status) == (new.id, "cancelled")
    assert settling.close_migrations(company.session) == 1


def test_a_renewal_before_the_date_keeps_the_old_price_and_one_on_it_takes_the_new(company: Company) -> None:
    sub, new = company.start("2026-02-05", "Otto", "G"), raised(company)
    migrating.migrate(company.making(at("2026-02-07")), new, {"mode": "on_date", "on": "2026-04-05"})
    assert moved(company, new) == 1
    company.pass_until(at("2026-03-20"))
    assert values(sub, "price_id", "pending_at") == (company.prices["G"].id, at("2026-04-05"))
    company.do("2026-03-20", sub, ending.cancel, **LATER)
    company.do("2026-03-21", sub, ending.withdraw_cancel)
    company.pass_until(at("2026-04-06"))
    assert company.events(sub)[-4:] == ["renewed", "cancel_requested", "cancel_withdrawn", "price_migrated"]
    assert values(company.last(sub), "occurred_at", "proration_cents") == (at("2026-04-05"), None)
    assert company.session.scalars(select(PriceMigration.subscriptions_moved)).one() == 1


def test_one_who_comes_back_to_a_date_that_passed_moves_when_they_renew(company: Company) -> None:
    sub, new = company.start("2026-02-05", "Otto", "G"), raised(company)
    migrating.migrate(company.making(at("2026-02-07")), new, ON_DATE)
    moved(company, new)
    company.do("2026-02-15", sub, ending.cancel, **LATER)
    company.do("2026-02-18", sub, ending.withdraw_cancel)
    assert values(sub, "price_id", "pending_price_id", "pending_at") == (company.prices["G"].id, new.id, None)
    company.pass_until(at("2026-03-05"))
    assert values(company.last(sub), "kind", "occurred_at") == ("price_migrated", at("2026-03-05"))


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"mode": "on_date"}, "On which day"),
        ({"mode": "on_date", "on": "2026-02-07"}, "has begun already"),
        ({"mode": "on_date", "on": "0001-01-01"}, "has begun already"),
        ({"mode": "on_date", "on": "9999-12-31"}, "two years"),
        ({"mode": "at_renewal", "on": "2026-03-07"}, "only for those"),
    ],
)
def test_a_day_that_cannot_be_meant_is_refused(company: Company, answers: dict[str, str], words: str) -> None:
    new = raised(company)
    with pytest.raises(ActionRefused, match=words):
        migrating.migrate(company.making(at("2026-02-07")), new, answers)


def test_a_job_that_is_late_moves_nobody_into_the_past(company: Company) -> None:
    sub, new = company.start("2026-02-05", "Otto", "G"), raised(company)
    migrating.migrate(company.making(at("2026-02-07")), new, ON_DATE)
    moved(company, new, "2026-02-18")
    assert sub.pending_at == at("2026-02-18")


def test_who_chose_the_new_price_is_not_moved_by_the_list(company: Company) -> None:
    sub, new = company.start("2026-02-05", "Otto", "G"), raised(company)
    company.do("2026-02-06", sub, changing.change_later, price=str(new.id))
    migrating.migrate(company.making(at("2026-02-07")), new, {"mode": "at_renewal"})
    assert moved(company, new) == 0
    company.pass_until(at("2026-03-05"))
    assert company.last(sub).kind == "upgraded"
    assert company.session.scalars(select(PriceMigration.subscriptions_moved)).one() == 0


def test_who_keeps_the_old_price_can_be_moved_later(company: Company) -> None:
    sub, new = company.start("2026-02-05", "Otto", "G"), raised(company)
    making = company.making(at("2026-02-07"))
    assert migrating.migrate(making, new, {"mode": "grandfather"}) == "Subscriptions that keep G: 1."
    company.pass_until(at("2026-03-05"))
    assert company.last(sub).kind == "renewed"
    assert "when it renews" in migrating.migrate(making, new, {"mode": "at_renewal"})
    other = company.prices["S"]
    other.replaces_id = new.id
    with pytest.raises(ActionRefused, match="another plan"):
        migrating.migrate(making, other, {"mode": "at_renewal"})

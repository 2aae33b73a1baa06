"""Where accounts stand and what they are entitled to, as the customer app asks for it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from schema.accounts import Suspension, SuspensionCategory
from schema.catalog import Feature, FeatureKind, LimitPeriod, Plan, PlanFeature
from schema.customers import Customer, CustomerStatus, ProductLine
from schema.flags import FeatureFlag, FlagKind, FlagOverride
from schema.usage import UsageEvent
from tests.journeys.api.programs import BROWSER, ORIGIN, Program, program, refused
from tests.journeys.site import Site

NOW = datetime.now(UTC)
ADA, NOMSA, MERGED = "acc-ada", "acc-nomsa", "acc-twin"


@pytest.fixture(scope="module")
def caller(site: Site) -> Program:
    return program(site, "accounts:read")


@pytest.fixture(scope="module")
def accounts(site: Site) -> dict[str, UUID]:
    """Return Ada, who is entitled to something; Nomsa, suspended; and a duplicate of Ada's."""
    with site.machine.database.transaction() as session:
        plan = Plan(key=f"growth-{uuid4().hex[:8]}", name="Growth", product_line=ProductLine.B2B, seats=5)
        session.add(plan)
        session.flush()
        made = {
            ADA: customer(ADA, CustomerStatus.TRIAL, plan_id=plan.id, trial_ends_at=NOW + timedelta(days=3)),
            NOMSA: customer(NOMSA, CustomerStatus.SUSPENDED),
        }
        session.add_all(made.values())
        session.flush()
        made[MERGED] = customer(MERGED, CustomerStatus.CLOSED, merged_into_id=made[ADA].id)
        session.add(made[MERGED])
        session.add(suspension(made[NOMSA].id))
        entitle(session, made[ADA].id, plan.id)
        session.flush()
        return {name: row.id for name, row in made.items()}


def customer(name: str, status: CustomerStatus, **words: Any) -> Customer:
    return Customer(
        company_name=name, email=f"{name}@example.com", product_line=ProductLine.B2B, external_id=name,
        status=status, signup_at=NOW, currency="ZAR", **words,
    )  # fmt: skip


def suspension(customer_id: UUID) -> Suspension:
    return Suspension(
        customer_id=customer_id, category=SuspensionCategory.NON_PAYMENT, reason="Nomsa rang and shouted.",
        message="Dear Nomsa, please pay.", previous_status=CustomerStatus.ACTIVE, started_at=NOW,
    )  # fmt: skip


def entitle(session: Session, ada: UUID, plan: UUID) -> None:
    """Give Ada 100 CVs a month, 3 of them used; bulk upload by exception; roles at once; nothing else."""
    limit = {"kind": FeatureKind.LIMIT, "unit": "CVs"}
    features = {
        "t-cvs": Feature(key="t-cvs", name="CVs", event_name="t_screened", **limit),
        "t-roles": Feature(key="t-roles", name="Open roles", **limit),
        "t-bulk": Feature(key="t-bulk", name="Bulk upload"),
        "t-other": Feature(key="t-other", name="Other"),
        "t-b2c": Feature(key="t-b2c", name="Letters", product_line=ProductLine.B2C),
    }
    flag = FeatureFlag(key="t-bulk", name="Bulk", kind=FlagKind.ENTITLEMENT, is_enabled=True)
    session.add_all([*features.values(), flag])
    session.flush()
    session.add_all([
        PlanFeature(plan_id=plan, feature_id=features["t-cvs"].id, limit_value=100),
        PlanFeature(
            plan_id=plan, feature_id=features["t-roles"].id, limit_value=10, limit_period=LimitPeriod.AT_ONCE
        ),
        FlagOverride(flag_id=flag.id, customer_id=ada, value=True, reason="Agreed."),
        *(event(ada, NOW) for _ in range(3)),
        event(ada, NOW - timedelta(days=32)),
    ])  # fmt: skip


def event(customer_id: UUID, at: datetime) -> UsageEvent:
    return UsageEvent(event_key=uuid4().hex, name="t_screened", customer_id=customer_id, occurred_at=at)


def test_an_account_says_where_it_stands(caller: Program, accounts: dict[str, UUID]) -> None:
    answer = caller.get(f"/accounts/{ADA}")
    found = answer.json or {}
    assert answer.status_code == 200, answer.text
    assert (found["id"], found["status"], found["reason"], found["restrictions"]) == (
        str(accounts[ADA]), "trial", None, [],
    )  # fmt: skip
    assert (found["plan"]["name"], found["plan"]["seats"]) == ("Growth", 5)
    for other in (str(accounts[ADA]), MERGED):
        assert caller.get(f"/accounts/{other}").json == found


def test_a_suspended_account_says_so_in_words_for_the_customer_and_nothing_of_ours(
    caller: Program, accounts: dict[str, UUID]
) -> None:
    answer = caller.get(f"/accounts/{NOMSA}")
    found = answer.json or {}
    assert found["reason"] == "This account is suspended because a payment is outstanding."
    assert found["restrictions"] == ["sign_in", "new_work"]
    assert found["suspended_at"]
    for secret in ("shouted", "Dear", "@example.com"):
        assert secret not in answer.text


def test_entitlements_name_limit_use_and_what_is_left(caller: Program, accounts: dict[str, UUID]) -> None:
    answer = caller.get(f"/accounts/{ADA}/entitlements")
    assert answer.status_code == 200, answer.text
    features = {each["key"]: each for each in (answer.json or {})["features"] if each["key"].startswith("t-")}
    names = ("included", "source", "limit", "used", "remaining", "period")
    assert {key: tuple(each[name] for name in names) for key, each in features.items()} == {
        "t-cvs": (True, "plan", 100, 3, 97, "month"),
        "t-roles": (True, "plan", 10, None, None, "at_once"),
        "t-bulk": (True, "override", None, None, None, None),
        "t-other": (False, "plan", None, None, 0, None),
    }
    assert features["t-cvs"]["resets_at"] > NOW.isoformat()
    assert "credits" not in (answer.json or {})


def test_an_override_that_has_expired_or_is_switched_off_entitles_to_nothing(
    site: Site, caller: Program, accounts: dict[str, UUID]
) -> None:
    def bulk() -> bool:
        found = (caller.get(f"/accounts/{ADA}/entitlements").json or {})["features"]
        return next(bool(each["included"]) for each in found if each["key"] == "t-bulk")

    mine = FlagOverride.customer_id == accounts[ADA]
    for model, change in (
        (FlagOverride, {"expires_at": NOW - timedelta(days=1)}), (FeatureFlag, {"is_enabled": False}),
    ):  # fmt: skip
        where = mine if model is FlagOverride else FeatureFlag.key == "t-bulk"
        with site.machine.database.transaction() as session:
            session.execute(sa.update(model).where(where).values(change))
        assert bulk() is False
        with site.machine.database.transaction() as session:
            session.execute(sa.update(FlagOverride).where(mine).values(expires_at=None))
    with site.machine.database.transaction() as session:
        session.execute(sa.update(FeatureFlag).where(FeatureFlag.key == "t-bulk").values(is_enabled=True))
    assert bulk() is True


@pytest.mark.parametrize("path", ["", "/entitlements"])
def test_what_is_known_is_not_sent_again_and_costs_few_statements(
    site: Site, caller: Program, accounts: dict[str, UUID], path: str
) -> None:
    first = caller.get(f"/accounts/{ADA}{path}")
    with site.counted() as statements:
        again = caller.get(f"/accounts/{ADA}{path}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    asked = [statement for statement in statements if "FROM admin.api_keys" not in statement]
    assert len(asked) <= (5 if path else 1), asked
    assert all(statement.startswith("SELECT") for statement in statements)


@pytest.mark.parametrize("name", ["nobody", "%00", str(UUID(int=7)), "a@example.com", "%F0%9F%92%A9"])
def test_an_account_that_is_not_there_is_not_found(caller: Program, name: str) -> None:
    for path in ("", "/entitlements"):
        refused(caller.get(f"/accounts/{name}{path}"), 404, "not-found")


def test_only_a_server_with_the_scope_may_ask(site: Site, accounts: dict[str, UUID]) -> None:
    refused(program(site, "feedback:read").get(f"/accounts/{ADA}"), 403, "scope-missing")
    page = program(site, "accounts:read", **BROWSER)
    refused(page.get(f"/accounts/{ADA}", headers={"Origin": ORIGIN}), 403, "not-for-browsers")


def test_whose_data_is_restricted_is_not_told_to_programs(
    site: Site, caller: Program, accounts: dict[str, UUID]
) -> None:
    def restrict(moment: datetime | None) -> None:
        with site.machine.database.transaction() as session:
            session.execute(sa.update(Customer).where(Customer.id == accounts[NOMSA]).values(restricted_at=moment))

    restrict(NOW)
    refused(caller.get(f"/accounts/{NOMSA}"), 404, "not-found")
    restrict(None)
    assert caller.get(f"/accounts/{NOMSA}").status_code == 200

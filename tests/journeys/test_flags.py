"""Flags on their own page and on a customer's: who gets what and why, set for one, off for all."""

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from admin_core.generator.urls import panel_url, record_url
from schema.catalog import Plan
from schema.customers import Customer
from schema.flags import FeatureFlag, FlagMember, FlagOverride, FlagRule
from tests.journeys.site import Site
from tests.journeys.test_actions import form_of

FRAGMENT = {"HX-Request": "true"}
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def nomsa(site: Site) -> UUID:
    """Return a customer on a plan."""
    with site.machine.database.sessions() as session:
        found = sa.select(Customer.id).where(Customer.plan_id.is_not(None), Customer.restricted_at.is_(None))
        return session.scalars(found.order_by(Customer.id).limit(1)).one()


@pytest.fixture(scope="module")
def flag(site: Site, nomsa: UUID) -> UUID:
    """Return a flag of Nomsa's plan at 100 %, of nobody else; Nomsa is remembered for it."""
    with site.machine.database.transaction() as session:
        plan = session.get_one(Customer, nomsa).plan_id
        made = FeatureFlag(
            key="s-list", name="List", value_type="string", on_value="new", off_value="old", is_enabled=True
        )
        session.add_all([made, FeatureFlag(key="s-plain", name="Plain", is_enabled=True, rollout_percent=100)])
        session.flush()
        session.add(FlagRule(flag_id=made.id, position=1, plan_id=plan))
        session.add(FlagMember(flag_id=made.id, customer_id=nomsa))
        return made.id


def panel(client: FlaskClient, model: str, key: UUID, name: str) -> list[list[str]]:
    """Return the cells of a panel's rows as text."""
    page = client.get(panel_url(model, str(key), name), headers=FRAGMENT).text
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    cells = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in rows]
    return [[html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in row] for row in cells[1:]]


def act(client: FlaskClient, model: str, key: UUID, name: str, **answers: str) -> TestResponse:
    url = f"{record_url(model, str(key))}/action/catalog.{name}"
    return client.post(
        url, data={**form_of(client.get(url).text), **{f"q-{name}": text for name, text in answers.items()}}
    )


def said(answer: TestResponse) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_a_customer_shows_what_they_get_of_each_flag_and_why(
    site: Site, support: FlaskClient, nomsa: UUID, flag: UUID
) -> None:
    with site.machine.database.sessions() as session:
        plan = session.scalars(sa.select(Plan.name).join(Customer, Customer.plan_id == Plan.id).where(
            Customer.id == nomsa
        )).one()  # fmt: skip
    rows = {row[0]: row[1:] for row in panel(support, "customers", nomsa, "catalog.flags")}
    assert rows["s-list"] == ['"new"', f"Rule 1 fits (plan {plan})."]
    assert rows["s-plain"] == ["true", "No rule fits, and the flag is on for everybody."]
    assert "new-shortlist" in rows
    page = support.get(panel_url("customers", str(nomsa), "catalog.flags"), headers=FRAGMENT).text
    assert "<td>No rule fits" in page  # words do not stand at the right, as numbers do


def test_a_flag_shows_who_gets_it_in_the_order_in_which_it_is_decided(
    owner: FlaskClient, nomsa: UUID, flag: UUID
) -> None:
    rows = panel(owner, "feature_flags", flag, "catalog.audience")
    assert [row[0] for row in rows] == ["Overrides in force", "Rule 1", "Remembered"]
    assert (rows[0][1], rows[1][2], rows[2][1]) == (
        "0", "100 %", "1, through a share",
    )  # fmt: skip


def test_a_flag_is_set_for_a_customer_until_a_day_changed_and_removed(
    site: Site, owner: FlaskClient, nomsa: UUID, flag: UUID
) -> None:
    words = {"flag": "s-list", "value": "other", "other": '"blue"', "days": "3", "why": "Agreed in a call."}
    for value, days, until in (('"blue"', "3", "Set for this customer until 2"), ('"red"', "", "until somebody")):
        answer = act(owner, "customers", nomsa, "set-flag", **{**words, "other": value, "days": days})
        assert answer.status_code == 303, said(answer)
        rows = {row[0]: row[1:] for row in panel(owner, "customers", nomsa, "catalog.flags")}
        assert rows["s-list"][0] == value
        assert until in rows["s-list"][1]
    with site.machine.database.sessions() as session:
        (override,) = session.scalars(sa.select(FlagOverride).where(FlagOverride.flag_id == flag))
        assert (override.reason, override.set_by_id) == ("Agreed in a call.", site.member(owner))
    assert panel(owner, "feature_flags", flag, "catalog.audience")[0][1] == "1"
    assert act(owner, "flag_overrides", override.id, "remove").status_code == 303
    rows = {row[0]: row[1:] for row in panel(owner, "customers", nomsa, "catalog.flags")}
    assert rows["s-list"][0] == '"new"'


@pytest.mark.parametrize(("answers", "sentence"), [
    ({"flag": "s-lost"}, "There is no flag called “s-lost”."),
    ({"flag": ""}, "Flag"),
    ({"value": "other", "other": "{"}, "The other value is no JSON."),
    ({"value": "other", "other": ""}, "The other value is no JSON."),
    ({"value": "other", "other": "7"}, "s-list answers with a string; 7 is none."),
    ({"value": "perhaps"}, "Value"),
    ({"days": "0"}, "days"),
    ({"why": ""}, "Reason"),
])  # fmt: skip
def test_what_cannot_be_set_is_said_and_nothing_typed_is_lost(
    site: Site, owner: FlaskClient, nomsa: UUID, flag: UUID, answers: dict[str, str], sentence: str
) -> None:
    usual: dict[str, Any] = {"flag": "s-list", "value": "on", "why": "Asked twice."}
    answer = act(owner, "customers", nomsa, "set-flag", **{**usual, **answers})
    assert answer.status_code == 422
    assert sentence in said(answer)
    assert "Asked twice." in answer.text or "why" in answers
    with site.machine.database.sessions() as session:
        assert session.scalars(sa.select(FlagOverride).where(FlagOverride.flag_id == flag)).all() == []


def test_a_flag_is_switched_off_for_everybody_at_once(site: Site, owner: FlaskClient, nomsa: UUID) -> None:
    with site.machine.database.sessions() as session:
        plain = session.scalars(sa.select(FeatureFlag.id).where(FeatureFlag.key == "s-plain")).one()
    asked = owner.get(f"{record_url('feature_flags', str(plain))}/action/catalog.switch-off")
    assert "everybody gets false" in said(asked)
    assert act(owner, "feature_flags", plain, "switch-off").status_code == 303
    rows = {row[0]: row[1:] for row in panel(owner, "customers", nomsa, "catalog.flags")}
    assert rows["s-plain"] == ["false", "The flag is switched off for everybody."]
    again = owner.get(f"{record_url('feature_flags', str(plain))}/action/catalog.switch-off")
    assert "off already" in said(again)


def test_support_sees_flags_and_changes_none_and_a_viewer_neither(
    support: FlaskClient, viewer: FlaskClient, nomsa: UUID, flag: UUID
) -> None:
    for client in (support, viewer):
        for model, key, name in (("customers", nomsa, "set-flag"), ("feature_flags", flag, "switch-off")):
            assert client.get(f"{record_url(model, str(key))}/action/catalog.{name}").status_code == 403
    assert panel(viewer, "feature_flags", flag, "catalog.audience")


def test_flags_that_should_be_gone_wait_on_home(site: Site, owner: FlaskClient, flag: UUID) -> None:
    def waiting() -> bool:
        return "Feature flags that should be gone" in owner.get("/admin/").text

    with site.machine.database.transaction() as session:
        session.execute(sa.update(FeatureFlag).values(expires_on=None, last_evaluated_at=NOW))
    assert not waiting()
    for change in ({"expires_on": (NOW - timedelta(days=2)).date()}, {"last_evaluated_at": NOW - timedelta(days=40)}):
        with site.machine.database.transaction() as session:
            session.execute(sa.update(FeatureFlag).values(expires_on=None, last_evaluated_at=NOW))
            session.execute(sa.update(FeatureFlag).where(FeatureFlag.id == flag).values(change))
        assert waiting()
    with site.machine.database.transaction() as session:
        session.execute(sa.update(FeatureFlag).where(FeatureFlag.id == flag).values(archived_at=NOW))
    assert not waiting()

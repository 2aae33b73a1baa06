"""The alerts pages: what fires is seen and handled; rules are tuned; figures and views are watched."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from admin_core.jobs.enqueue import enqueue
from admin_core.jobs.perform import Runner
from schema.alerts import AlertIncident, AlertRule, AlertSilence, IncidentState, RuleState
from schema.content import FaqEntry
from tests.journeys.alerting import (
    ALERTS,
    CHANNELS,
    KETTLE,
    actions,
    emptied,
    fire,
    form_fields,
    look,
    post,
    row,
    rule_url,
    saved_view,
)  # fmt: skip
from tests.journeys.site import Site, own_site


@pytest.fixture(scope="module")
def site(server_url: str) -> Iterator[Site]:
    with own_site(server_url, "alerts", as_web=True) as site:
        yield site


@pytest.fixture(scope="module")
def owner(site: Site) -> FlaskClient:
    return site.client("Owner")


@pytest.fixture(autouse=True)
def empty(site: Site) -> None:
    emptied(site)


# --- What fires


def test_what_fires_is_on_the_page_beside_the_bell_and_on_home(site: Site, owner: FlaskClient) -> None:
    assert "Nothing fires" in owner.get(ALERTS).text
    assert owner.get(f"{ALERTS}/count", headers={"HX-Request": "true"}).text == ""
    incident = fire(site)
    with site.counted() as statements:
        page = owner.get(ALERTS).text
    assert len(statements) <= 8, statements
    assert f'href="{ALERTS}/incident/{incident}"' in page
    assert "1 jobs were given up in the last 24 hours." in page
    assert owner.get(f"{ALERTS}/count", headers={"HX-Request": "true"}).text == "1"
    assert owner.get(f"{ALERTS}/count").location == ALERTS
    home = owner.get("/admin/").text
    assert "Alerts firing" in home
    assert f'hx-get="{ALERTS}/count"' in home
    page = owner.get(f"{ALERTS}/incident/{incident}").text
    assert "It fires" in page
    assert "The rows behind it" in page


def test_an_incident_is_acknowledged_assigned_noted_and_closed(site: Site, owner: FlaskClient) -> None:
    incident, began = fire(site), datetime.now(UTC)
    here, me = f"{ALERTS}/incident/{incident}", site.member(owner)
    assert post(owner, f"{here}/acknowledge", here).location == here
    found = row(site, AlertIncident, id=incident)
    assert (found.acknowledged_by_id, found.assigned_to_id) == (me, me)
    assert "Alerts firing" not in owner.get("/admin/").text
    again = post(owner, f"{here}/acknowledge", here)
    assert (again.status_code, "Somebody has acknowledged it already" in again.text) == (422, True)
    assert post(owner, f"{here}/assign", here, member="").status_code == 303
    assert row(site, AlertIncident, id=incident).assigned_to_id is None
    assert post(owner, f"{here}/assign", here, member=str(uuid4())).status_code == 422
    assert post(owner, f"{here}/assign", here, member="\x00").status_code in {400, 422}
    assert post(owner, f"{here}/assign", here, member=str(me)).status_code == 303
    assert post(owner, f"{here}/note", here, note="The disk was full.").status_code == 303
    assert "The disk was full." in owner.get(here).text
    long = post(owner, f"{here}/note", here, note="x" * 4_001)
    assert (long.status_code, "x" * 4_001 in long.text) == (422, True)
    assert post(owner, f"{here}/close", here).status_code == 303
    assert look(site) == ()
    assert row(site, AlertRule, name=KETTLE).state is RuleState.SETTLED
    assert post(owner, f"{here}/close", here).status_code == 422
    page = owner.get(here).text
    assert "Closed by hand" in page
    assert actions(site, began) == [
        "alerts.acknowledged", "alerts.assigned", "alerts.assigned", "alerts.noted", "alerts.closed",
    ]  # fmt: skip


def test_a_rule_is_silenced_for_a_while_and_told_again(site: Site, owner: FlaskClient) -> None:
    incident, began = fire(site), datetime.now(UTC)
    here = f"{ALERTS}/incident/{incident}"
    for fields in ({}, {"span": "1h"}, {"span": "9y", "reason": "x"}, {"span": "1h", "reason": "x" * 201}):
        refused = post(owner, f"{here}/silence", here, **fields)
        assert (refused.status_code, "field-error" in refused.text) == (422, True), fields
    assert post(owner, f"{here}/silence", here, span="4h", reason="We move.").status_code == 303
    silence = row(site, AlertSilence)
    assert silence.ends_at - silence.starts_at == timedelta(hours=4)
    assert "silenced" in owner.get(ALERTS).text
    assert "We move." in owner.get(here).text
    assert post(owner, f"{ALERTS}/silence/{silence.id}/end", here).status_code == 303
    assert "silenced" not in owner.get(ALERTS).text
    assert "It was over already." in owner.get(post(owner, f"{ALERTS}/silence/{silence.id}/end", here).location).text
    assert post(owner, f"{ALERTS}/silence/{uuid4()}/end", here).status_code == 404
    url = rule_url(site)
    assert post(owner, f"{url}/silence", url, span="1d", reason="Still moving.").status_code == 303
    assert actions(site, began) == ["alerts.silenced", "alerts.silence-ended", "alert_rules.silenced"]


# --- Rules


def test_numbers_of_a_declared_rule_are_tuned_and_given_back(site: Site, owner: FlaskClient) -> None:
    url, began = rule_url(site, "core.jobs-late"), datetime.now(UTC)
    page = owner.get(f"{url}/edit").text
    assert 'name="title"' not in page
    fields = {**form_fields(page), "threshold": "1 200,5", "for_s": "2,5", "severity": "critical", "title": "Mine"}
    assert post(owner, f"{url}/edit", f"{url}/edit", **fields).status_code == 303
    rule = row(site, AlertRule, name="core.jobs-late")
    assert (float(rule.threshold), rule.for_s, rule.severity, rule.title) == (
        1200.5, 150, "critical", "Jobs wait too long",
    )  # fmt: skip
    stale = post(owner, f"{url}/edit", f"{url}/edit", **fields)
    assert (stale.status_code, "Somebody changed this rule meanwhile" in stale.text) == (422, True)
    assert "3 of its numbers" in owner.get(url).text
    assert post(owner, f"{url}/restore", url).status_code == 303
    assert float(row(site, AlertRule, name="core.jobs-late").threshold) == 600
    assert post(owner, f"{url}/restore", url).status_code == 422
    refused = post(owner, f"{url}/delete", url)
    assert (refused.status_code, "It comes with the product." in refused.text) == (422, True)
    assert actions(site, began) == ["alert_rules.changed", "alert_rules.restored"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("threshold", "many"), ("threshold", "9" * 60), ("threshold", ""), ("for_s", "-1"), ("for_s", "9999999"),
        ("keep_firing_s", "1,234"), ("repeat_s", ""), ("escalate_after_s", "soon"), ("severity", "dire"),
        ("owner", "nobody"), ("owner", "01981c3e-0000-7000-8000-00000000ffff"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_read_keeps_what_was_typed(
    site: Site, owner: FlaskClient, field: str, value: str
) -> None:
    url = rule_url(site, "core.jobs-late")
    fields = {**form_fields(owner.get(f"{url}/edit").text), "for_s": "7", field: value}
    answer = post(owner, f"{url}/edit", f"{url}/edit", **fields)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    if field != "for_s":
        assert re.search(r'name="for_s" value="7"', answer.text)
    assert row(site, AlertRule, name="core.jobs-late").for_s == 120


def test_a_rule_that_is_switched_off_is_left_alone_and_its_incident_closed(site: Site, owner: FlaskClient) -> None:
    incident, url = fire(site), rule_url(site)
    assert post(owner, f"{url}/disable", url).status_code == 303
    assert row(site, AlertIncident, id=incident).state is IncidentState.RESOLVED
    assert not row(site, AlertRule, name=KETTLE).enabled
    assert post(owner, f"{url}/enable", url).status_code == 303
    assert row(site, AlertRule, name=KETTLE).enabled


def test_the_rows_of_a_saved_view_are_watched(site: Site, owner: FlaskClient) -> None:
    view, began = saved_view(site, owner), datetime.now(UTC)
    listed = owner.get(f"/admin/data/faq_entries/?view={view}").text
    watch = f"{ALERTS}/new?view={view}"
    assert f'href="{watch}"' in listed
    fields = {**form_fields(owner.get(watch).text), "title": "Too many questions", "threshold": "1"}
    assert post(owner, f"{ALERTS}/new", watch, **{**fields, "threshold": "1,5"}).status_code == 422
    made = post(owner, f"{ALERTS}/new", watch, **fields)
    assert made.status_code == 303
    rule = row(site, AlertRule, declared=False)
    assert (rule.title, rule.owner_id, str(rule.view_id)) == ("Too many questions", site.member(owner), view)
    assert rule.seen_with == ["data:faq_entries:read", "data:@Content:read"]
    assert look(site, rule.name) == ()
    with site.machine.database.transaction() as session:
        session.add_all(FaqEntry(question=f"{n}?", answer="So.", category="general") for n in range(2))
    assert look(site, rule.name) == ("fire",)
    page = owner.get(f"{ALERTS}/rule/{rule.id}").text
    assert "2 FAQ in the view" in page
    assert f"/admin/data/faq_entries/?view={view}" in page
    assert post(owner, f"{ALERTS}/rule/{rule.id}/delete", page=f"{ALERTS}/rule/{rule.id}").location == ALERTS
    assert actions(site, began) == ["alert_rules.made", "alert_rules.deleted"]


def test_a_figure_is_watched_over_a_period(site: Site, owner: FlaskClient) -> None:
    figure = "support.open-tickets"
    assert f"{ALERTS}/new?figure={figure}" in owner.get(f"{ALERTS}/new").text
    watch = f"{ALERTS}/new?figure={figure}"
    fields = {**form_fields(owner.get(watch).text), "comparison": "below", "threshold": "0,5"}
    for field, value in (("period", "some_time"), ("threshold", "x"), ("minimum_count", "-1")):
        answer = post(owner, f"{ALERTS}/new", watch, **{**fields, field: value})
        assert (answer.status_code, f'id="{field}-error"' in answer.text) == (422, True), field
    assert post(owner, f"{ALERTS}/new", watch, **{**fields, "period": "today", "minimum_count": ""}).status_code == 303
    rule = row(site, AlertRule, declared=False)
    assert (rule.figure, rule.parameters, rule.seen_with) == (figure, {"period": "today"}, ["support:tickets:read"])
    look(site, rule.name)
    page = owner.get(f"{ALERTS}/rule/{rule.id}").text
    assert f"The figure {figure}, today" in page
    assert row(site, AlertRule, declared=False).error is None
    assert owner.get(f"{ALERTS}/new?figure=support.none").status_code == 404


def test_nobody_lends_the_rights_of_others_to_a_rule(site: Site, owner: FlaskClient) -> None:
    view, other = saved_view(site, owner), site.member(site.client("Support"))
    fields = form_fields(owner.get(f"{ALERTS}/new?view={view}").text)
    answer = post(owner, f"{ALERTS}/new", f"{ALERTS}/new?view={view}", **{**fields, "owner": str(other)})
    assert (answer.status_code, "you can only take it over yourself" in answer.text) == (422, True)


@pytest.mark.parametrize("view", ["x", "01981c3e-0000-7000-8000-00000000ffff", "\x00"])
def test_a_view_that_is_not_there_cannot_be_watched(owner: FlaskClient, view: str) -> None:
    assert owner.get(f"{ALERTS}/new", query_string={"view": view}).status_code in {400, 404}


# --- Who may


def test_who_may_only_read_changes_nothing(site: Site, owner: FlaskClient) -> None:
    incident, view = fire(site, seen_with=["page:alerts:read"]), saved_view(site, owner)
    viewer = site.client("Viewer")
    here, url = f"{ALERTS}/incident/{incident}", rule_url(site)
    page = viewer.get(here).text
    assert "Jobs were given up" in page
    assert f"{here}/acknowledge" not in page
    assert viewer.get(url).status_code == viewer.get(CHANNELS).status_code == 200
    for address in (
        f"{here}/acknowledge", f"{here}/close", f"{url}/disable", f"{url}/silence", f"{url}/edit", f"{CHANNELS}/new",
        f"{ALERTS}/silence/{uuid4()}/end",
    ):  # fmt: skip
        assert post(viewer, address, ALERTS).status_code == 403, address
    assert viewer.get(f"{ALERTS}/new?view={view}").status_code == 403


def test_a_rule_about_figures_that_somebody_may_not_see_is_none_of_theirs(site: Site) -> None:
    incident, viewer = fire(site), site.client("Viewer")  # page:system is not for Viewers
    assert "Jobs were given up" not in viewer.get(ALERTS).text
    assert viewer.get(f"{ALERTS}/count", headers={"HX-Request": "true"}).text == ""
    assert viewer.get(f"{ALERTS}/incident/{incident}").status_code == 404
    assert viewer.get(rule_url(site)).status_code == 404
    assert viewer.get(f"/admin/data/alert_incidents/record/{incident}").status_code == 404
    assert "Jobs were given up" not in viewer.get("/admin/data/alert_rules/").text
    assert "Alerts firing" not in viewer.get("/admin/").text


def test_the_minutes_job_runs_with_everything_that_is_declared(site: Site, owner: FlaskClient) -> None:
    with site.machine.database.transaction() as session:
        job = enqueue(session, site.machine.jobs["core.evaluate-alerts"])
    assert Runner(site.machine).perform(job)
    with site.machine.database.sessions() as session:
        states = dict(session.execute(sa.select(AlertRule.name, AlertRule.state)).all())
        errors = list(session.scalars(sa.select(AlertRule.error).where(AlertRule.error.is_not(None))))
    assert errors == []
    assert states["core.jobs-given-up"] is RuleState.OK
    assert states["core.audit-log"] is RuleState.NO_DATA
    assert states["ai_quality.accuracy"] is RuleState.NO_DATA
    assert len(states) == len(list(site.machine.alerts))

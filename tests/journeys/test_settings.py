"""Settings over HTTP: what is typed is kept, secrets are never in an answer, two people don't overwrite each other."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from admin_core import settings_store as store
from admin_core.setting_fields import Value
from schema.jobs import Job
from schema.settings import IntegrationState, Setting
from tests.admin_core.vendors import Vendor, vendor
from tests.journeys.site import Site, token_in
from tests.running import perform_waiting

KEY = "sk_live_canary-0123456789-zebra"
OTHER = "sk_live_canary-9876543210-okapi"
YOCO = "/admin/settings/yoco"
TEST = "core.test-integration"


@pytest.fixture(autouse=True)
def empty(site: Site) -> None:
    with site.machine.database.transaction() as session:
        for model in (Setting, IntegrationState):
            session.execute(sa.delete(model))
        session.execute(sa.delete(Job).where(Job.name == TEST))


def send(client: FlaskClient, url: str, page: str | None = None, **fields: str) -> TestResponse:
    """Send a section's form as the page shows it, with some fields changed."""
    page = client.get(url).text if page is None else page
    found = re.search(r'name="version" value="([^"]+)"', page)
    version = found[1] if found else ""
    named = {f"f-{name.replace('__remove', '-remove')}": text for name, text in fields.items() if name != "then"}
    data = {"csrf_token": token_in(page), "version": version, "then": fields.get("then", "open"), **named}
    return client.post(url, data=data)


def values(site: Site, name: str) -> dict[str, Value]:
    with site.machine.database.sessions() as session:
        return store.read(session, site.machine.cipher, site.machine.sections[name])


def test_a_section_is_saved_and_says_what_is_missing(site: Site, owner: FlaskClient) -> None:
    answer = send(owner, "/admin/settings/company", legal_name=" Ada CC ", vat_status="unregistered")
    assert (answer.status_code, answer.location) == (303, "/admin/settings/company")
    page = owner.get(answer.location).text
    assert "Saved Company particulars: Registered name, VAT status. Missing: Address." in page
    assert 'value="Ada CC"' in page
    assert send(owner, "/admin/settings/company", address="1 Long Street\nCape Town").location == "/admin/settings"
    assert values(site, "company")["address"] == "1 Long Street\nCape Town"
    assert re.search(r"Last changed.*by \w+", owner.get("/admin/settings/company").text)


@pytest.mark.parametrize(
    ("section", "field", "text", "says"),
    [
        ("company", "registration_number", "2019-123456", "2019/123456/07"),
        ("company", "vat_number", "123", "starts with 4"),
        ("company", "vat_since", "yesterday", "2026-03-05"),
        ("company", "vat_status", "maybe", "Choose one"),
        ("company", "email", "ada@", "e-mail address"),
        ("company", "phone", "12", "phone number"),
        ("company", "legal_name", "x" * 201, "at most 200"),
        ("company", "legal_name", "a\nb", "line breaks"),
        ("company", "legal_name", "a\x00b", "can&#39;t be typed"),
        ("yoco", "dashboard_url", "javascript:alert(1)", "https://"),
        ("yoco", "dashboard_url", "https://ada:pw@example.com/", "password"),
        ("yoco", "api_address", "http://payments.example", "start with https://"),
        ("yoco", "api_address", "https://[::1", "whole address"),
        ("sentry", "organization", "../admin", "short name"),
        ("supabase", "project", "abc", "20 small letters"),
        ("vercel", "team", "mine", "team_"),
    ],
)
def test_a_wrong_value_is_refused_beside_its_field_and_kept_as_typed(
    owner: FlaskClient, section: str, field: str, text: str, says: str
) -> None:
    answer = send(owner, f"/admin/settings/{section}", **{field: text})
    assert answer.status_code == 422
    assert says in answer.text
    assert f'id="f-{field}" name="f-{field}" aria-invalid="true"' in answer.text
    assert f'<a href="#f-{field}">' in answer.text


def test_what_does_not_go_together_is_refused(owner: FlaskClient) -> None:
    answer = send(owner, "/admin/settings/company", legal_name="Ada CC", vat_status="registered")
    assert answer.status_code == 422
    assert "SARS" in answer.text
    assert 'value="Ada CC"' in answer.text


def test_a_secret_is_entered_once_and_never_shown(site: Site, owner: FlaskClient) -> None:
    assert send(owner, YOCO, secret_key=KEY).location == "/admin/settings"
    page = owner.get(YOCO).text
    assert "Stored, ends in ebra. Leave it empty to keep it." in page
    assert KEY not in page
    send(owner, YOCO, dashboard_url="https://a.example/")
    assert values(site, "yoco")["secret_key"] == KEY, "left empty, it stays"
    send(owner, YOCO, secret_key=OTHER)
    assert values(site, "yoco")["secret_key"] == OTHER
    send(owner, YOCO, secret_key__remove="yes")
    assert values(site, "yoco")["secret_key"] is None
    assert "Missing: Secret key." in owner.get(YOCO).text


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"secret_key": "canary-wrong-4711"}, "starts with sk_live_"),
        ({"secret_key": KEY, "dashboard_url": "no"}, "Enter it again: what was typed here is not kept"),
        ({"secret_key": f"{KEY}\nx"}, "enter it again"),
    ],
)
def test_a_refused_form_gives_no_secret_back(owner: FlaskClient, fields: dict[str, str], says: str) -> None:
    answer = send(owner, YOCO, **fields)
    assert answer.status_code == 422
    assert says in answer.text
    assert "canary" not in answer.text


def test_a_stored_secret_does_not_follow_a_new_address(site: Site, owner: FlaskClient) -> None:
    send(owner, YOCO, secret_key=KEY)
    answer = send(owner, YOCO, api_address="https://evil.example")
    assert answer.status_code == 422
    assert "it would be sent to the new address" in answer.text
    assert values(site, "yoco")["api_address"] == "https://payments.yoco.com"
    assert send(owner, YOCO, api_address="https://other.example", secret_key=OTHER).status_code == 303
    assert send(owner, YOCO, api_address="", secret_key__remove="yes").status_code == 303
    assert values(site, "yoco") == {
        "secret_key": None, "webhook_secret": None, "api_address": "https://payments.yoco.com",
        "dashboard_url": "https://app.yoco.com/",
    }  # fmt: skip


def test_two_people_change_different_fields_and_both_stay(site: Site, owner: FlaskClient) -> None:
    opened = owner.get("/admin/settings/company").text
    send(owner, "/admin/settings/company", legal_name="Theirs")
    assert send(owner, "/admin/settings/company", opened, trading_name="Mine", legal_name="").status_code == 303
    found = values(site, "company")
    assert (found["legal_name"], found["trading_name"]) == ("Theirs", "Mine")


def test_two_people_change_one_field_and_the_second_is_asked(site: Site, owner: FlaskClient) -> None:
    opened = owner.get("/admin/settings/company").text
    send(owner, "/admin/settings/company", legal_name="Theirs")
    answer = send(owner, "/admin/settings/company", opened, legal_name="Mine")
    assert answer.status_code == 422
    assert "meanwhile to “Theirs”" in answer.text
    assert 'value="Mine"' in answer.text
    assert values(site, "company")["legal_name"] == "Theirs"
    assert send(owner, "/admin/settings/company", answer.text, legal_name="Mine").status_code == 303
    assert values(site, "company")["legal_name"] == "Mine"


def test_two_people_enter_one_secret_and_the_second_is_asked(site: Site, owner: FlaskClient) -> None:
    send(owner, YOCO, secret_key=KEY)
    opened = owner.get(YOCO).text
    send(owner, YOCO, secret_key=OTHER)
    answer = send(owner, YOCO, opened, secret_key=KEY)
    assert (answer.status_code, "Somebody else changed it" in answer.text) == (422, True)
    assert values(site, "yoco")["secret_key"] == OTHER


@pytest.mark.parametrize("version", ["", "x", "gAAAAA"])
def test_a_form_without_its_version_asks_before_it_overwrites(owner: FlaskClient, version: str) -> None:
    page = owner.get("/admin/settings/company").text
    forged = re.sub(r'name="version" value="[^"]*"', f'name="version" value="{version}"', page)
    assert send(owner, "/admin/settings/company", forged, legal_name="Mine").status_code == 422


# --- Who may


PAGES = ("/admin/settings", YOCO, f"{YOCO}/test", "/admin/setup")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("role", ["Viewer", "Support"])
def test_otto_may_not_see_settings_or_set_up(site: Site, role: str, path: str) -> None:
    client = site.client(role)
    assert client.get(path).status_code == 403
    token = token_in(client.get("/admin/palette").text)
    assert client.post(path, data={"csrf_token": token}).status_code in {403, 405}
    assert path not in client.get("/admin/").text


def test_every_form_needs_its_token(site: Site, owner: FlaskClient) -> None:
    for path in (YOCO, f"{YOCO}/test", "/admin/setup/reminder"):
        assert owner.post(path, data={"f-dashboard_url": "https://a.example/"}).status_code == 400
    assert values(site, "yoco")["dashboard_url"] == "https://app.yoco.com/"


def test_settings_nobody_declares_are_not_found(owner: FlaskClient) -> None:
    answer = owner.get("/admin/settings/nothing")
    assert (answer.status_code, "Settings lists what there is" in answer.text) == (404, True)


@pytest.mark.parametrize("path", ["/admin/settings", YOCO, "/admin/setup"])
def test_the_pages_stay_within_their_budget(site: Site, owner: FlaskClient, path: str) -> None:
    owner.get(path)
    with site.counted() as statements:
        assert owner.get(path).status_code == 200
    assert len(statements) <= 7, "\n".join(statements)
    assert not [s for s in statements if "settings.secret " in s or "settings.secret," in s], "no page selects a secret"


# --- Tests of integrations


@pytest.fixture
def yoco() -> Iterator[Vendor]:
    with vendor() as found:
        found.answer = (200, {"subscriptions": [{"name": "a", "url": "https://x.example", "mode": "live"}]})
        yield found


def test_an_integration_is_tested_by_a_worker_and_the_page_says_what_came_of_it(
    site: Site, owner: FlaskClient, yoco: Vendor
) -> None:
    answer = send(owner, YOCO, secret_key=KEY, api_address=yoco.url, then="test")
    assert answer.location == YOCO
    page = owner.get(YOCO).text
    assert "testing …" in page
    assert 'hx-get="/admin/settings/yoco/test" hx-trigger="every 2s"' in page
    part = owner.get(f"{YOCO}/test", headers={"HX-Request": "true"}).text
    assert ("testing …" in part, "<html" in part) == (True, False)
    assert perform_waiting(site.machine, TEST) == 1
    for text in (owner.get(YOCO).text, owner.get(f"{YOCO}/test", headers={"HX-Request": "true"}).text):
        assert "Yoco accepts the key (live mode); 1 webhook is registered." in text
        assert "every 2s" not in text
    assert yoco.asked == [("GET", "/api/webhooks", f"Bearer {KEY}")]


def test_a_test_asked_for_twice_runs_once_and_works_without_script(
    site: Site, owner: FlaskClient, yoco: Vendor
) -> None:
    send(owner, YOCO, secret_key=KEY, api_address=yoco.url)
    token = token_in(owner.get(YOCO).text)
    for _ in range(3):
        assert owner.post(f"{YOCO}/test", data={"csrf_token": token}).location == f"{YOCO}#test"
    assert perform_waiting(site.machine, TEST) == 1
    assert len(yoco.asked) == 1
    assert owner.post(f"{YOCO}/test", data={"csrf_token": token, "from": "setup"}).location == "/admin/setup"


def test_a_failing_test_says_why_and_a_change_makes_it_untested(site: Site, owner: FlaskClient, yoco: Vendor) -> None:
    yoco.answer = (401, {})
    send(owner, YOCO, secret_key=KEY, api_address=yoco.url, then="test")
    assert perform_waiting(site.machine, TEST) == 1
    for path in (YOCO, "/admin/settings", "/admin/setup"):
        assert "Yoco does not accept the key" in owner.get(path).text, path
    send(owner, YOCO, secret_key=OTHER)
    assert "not tested" in owner.get(YOCO).text


def test_an_incomplete_section_is_not_tested(site: Site, owner: FlaskClient) -> None:
    token = token_in(owner.get(YOCO).text)
    owner.post(f"{YOCO}/test", data={"csrf_token": token})
    with site.machine.database.sessions() as session:
        assert session.scalar(sa.select(sa.func.count()).where(Job.name == TEST)) == 0


# --- Canaries


def test_no_secret_reaches_a_page_a_log_or_a_job(
    site: Site, owner: FlaskClient, yoco: Vendor, caplog: pytest.LogCaptureFixture
) -> None:
    canary = f"sk_live_canary-{uuid4().hex}"
    with caplog.at_level("DEBUG"):
        yoco.answer = (200, "not json, but it quotes the key: " + canary)
        send(owner, YOCO, secret_key=canary, api_address=yoco.url, then="test")
        send(owner, YOCO, secret_key=canary, dashboard_url="no")
        assert perform_waiting(site.machine, TEST) == 1
        seen = [owner.get(path).text for path in crawled(owner)]
    assert len(seen) > 20
    assert [text for text in seen if canary in text or canary[-12:] in text] == []
    assert canary not in caplog.text
    with site.machine.database.sessions() as session:
        for table in ("jobs", "job_attempts", "job_steps", "integration_states", "settings"):
            rows = session.execute(sa.text(f"SELECT to_jsonb(t)::text FROM admin.{table} t")).scalars().all()
            assert [row for row in rows if canary in row] == [], table


def crawled(owner: FlaskClient) -> list[str]:
    """Return the settings pages, and the lists and records of everything that runs this backend."""
    found = ["/admin/", "/admin/settings", "/admin/setup", YOCO]
    menu = re.findall(r'href="(/admin/data/[a-z_]+/)"', owner.get("/admin/").text)
    found += [
        path for path in dict.fromkeys(menu) if re.search("setting|integration|job|staff|plugin|audit|change", path)
    ]
    for path in list(found):
        found += re.findall(r'href="(/admin/(?:settings|data/[a-z_]+/record)/[^"#]+)"', owner.get(path).text)
    return list(dict.fromkeys(found))


# --- Links and set-up


def test_a_dashboard_address_from_the_settings_leads_the_links_menu(owner: FlaskClient) -> None:
    assert 'href="https://app.yoco.com/"' in owner.get("/admin/").text
    send(owner, YOCO, dashboard_url="https://portal.example/")
    send(owner, "/admin/settings/registrar", dashboard_url="https://registrar.example/")
    page = owner.get("/admin/").text
    assert 'href="https://portal.example/"' in page
    assert 'href="https://registrar.example/"' in page
    assert 'href="https://app.yoco.com/"' not in page
    for name in ("yoco", "registrar"):
        send(owner, f"/admin/settings/{name}", dashboard_url="")
    assert 'href="https://app.yoco.com/"' in owner.get("/admin/").text


def test_the_links_menu_costs_other_pages_no_statement(site: Site, owner: FlaskClient) -> None:
    send(owner, YOCO, dashboard_url="https://portal.example/")
    with site.counted() as statements:
        assert owner.get("/admin/data/plans/").status_code == 200
    assert statements
    assert not [statement for statement in statements if "admin.settings" in statement]
    send(owner, YOCO, dashboard_url="")
    owner.get("/admin/")


def left_on_home(page: str) -> int:
    found = re.search(r'<strong class="num">(\d+)</strong><span>of \d+ set-up step', page)
    return int(found[1]) if found else 0


def test_home_counts_the_steps_that_are_left_until_it_is_dismissed(site: Site, owner: FlaskClient) -> None:
    before = left_on_home(owner.get("/admin/").text)
    assert before >= 5
    send(owner, "/admin/settings/company", legal_name="Ada", vat_status="unregistered", address="1 Long Street")
    home = owner.get("/admin/").text
    assert left_on_home(home) == before - 1
    assert 'href="/admin/setup"' in home
    page = owner.get("/admin/setup").text
    assert f"<strong>{before - 1} of" in page
    token = token_in(page)
    owner.post("/admin/setup/reminder", data={"csrf_token": token, "then": "hide"})
    assert left_on_home(owner.get("/admin/").text) == 0
    owner.post("/admin/setup/reminder", data={"csrf_token": token, "then": "show"})
    assert left_on_home(owner.get("/admin/").text) == before - 1


def test_the_set_up_page_says_what_each_step_is_for_and_where_to_look(site: Site, owner: FlaskClient) -> None:
    page = owner.get("/admin/setup").text
    for section in site.machine.sections.steps:
        assert f'id="step-{section.name}"' in page
        assert section.guide.split(".")[0].replace("'", "&#39;") in page
    assert "admin staff invite --owner" in page

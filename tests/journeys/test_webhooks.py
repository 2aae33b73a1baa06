"""The webhooks pages over HTTP: from a new endpoint to its deliveries; secrets once; who may not."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from admin_core.generator import urls
from admin_core.generator.ids import encode_key
from admin_core.webhooks.keys import opened, sealed
from admin_core.webhooks.signing import key_in, new_secret
from schema.api import IncomingWebhook, WebhookDelivery, WebhookEndpoint
from schema.staff import Role, StaffMember
from tests.admin_core.webhooks.world import Program, program
from tests.journeys.site import Site, own_site, token_in
from tests.journeys.test_attacks import MARKUP, send
from tests.running import perform_waiting

URL = "/admin/system/webhooks"
BUDGET = 6
FORM = [("name", "Customer app"), ("url", "https://app.example.com/hooks"), ("events", "ping")]


@pytest.fixture(scope="module")
def site(server_url: str) -> Iterator[Site]:
    with own_site(server_url, "webhook_pages") as site:
        yield site


@pytest.fixture(scope="module")
def owner(site: Site) -> FlaskClient:
    return site.client("Owner")


@pytest.fixture(scope="module")
def shop() -> Iterator[Program]:
    with program() as running:
        yield running


def endpoint(site: Site, **values: object) -> UUID:
    """Return the id of a new endpoint."""
    secret = sealed(site.machine.cipher, new_secret())
    words = {
        "name": uuid4().hex,
        "url": "https://app.example.com/hooks",
        "events": ["ping"],
        "secret": secret,
        **values,
    }
    with site.machine.database.transaction() as session:
        row = WebhookEndpoint(**words)
        session.add(row)
        session.flush()
        return row.id


def row_of(site: Site, endpoint_id: UUID) -> WebhookEndpoint:
    with site.machine.database.sessions() as session:
        return session.get_one(WebhookEndpoint, endpoint_id)


def get(site: Site, client: FlaskClient, url: str) -> str:
    with site.counted() as statements:
        answer = client.get(url)
    assert answer.status_code == 200, answer.text[-1500:]
    assert len(statements) <= BUDGET, statements
    return html.unescape(answer.text)


def test_a_new_endpoint_shows_its_secret_once(site: Site, owner: FlaskClient) -> None:
    once = re.search(r'name="once" value="([^"]+)"', owner.get(f"{URL}/new").text)
    assert once
    made = send(owner, f"{URL}/new", [*FORM, ("once", once[1])])
    assert made.status_code == 200
    assert made.headers["Cache-Control"] == "no-store"
    secret = re.search(r'id="secret">([^<]+)<', made.text)
    found = re.search(rf"{URL}/([0-9a-f-]+)\"", made.text)
    assert secret
    assert found
    secret_text = html.unescape(secret[1])
    row = row_of(site, UUID(found[1]))
    assert opened(site.machine.cipher, row.secret) == secret_text
    assert len(key_in(secret_text)) == 32
    assert secret_text.encode() not in row.secret
    assert (row.name, row.url, row.events, row.enabled) == ("Customer app", FORM[1][1], ["ping"], True)
    assert row.created_by_id is not None
    again = send(owner, f"{URL}/new", [*FORM, ("once", once[1])])  # a reload of that page
    assert (again.status_code, again.location) == (303, URL)
    for url in (
        URL,
        f"{URL}/{row.id}",
        f"{URL}/{row.id}/edit",
        urls.record_url("webhook_endpoints", encode_key((row.id,))),
    ):
        page = owner.get(url).text
        assert "whsec_" not in page
        assert row.secret.decode() not in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Say whose endpoint it is."),
        ({"name": "a" * 201}, "Use at most 200 characters."),
        ({"url": ""}, "Fill in the address"),
        ({"url": "http://app.example.com/"}, "starts with https://"),
        ({"url": "https://10.0.0.1/"}, "inner network"),
        ({"url": "https://localhost/"}, "inner network"),
        ({"url": "https://a@app.example.com/"}, "user name"),
        ({"url": "https://app.example.com/" + "a" * 3_000}, "at most 2000 characters"),
        ({"url": "https://\x00/"}, "ASCII"),
        ({"events": "nope"}, "Choose from the list."),
        ({"events": ""}, "Choose from the list."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(
    site: Site, owner: FlaskClient, changes: dict[str, str], sentence: str
) -> None:
    typed = {**dict(FORM), "name": "Ada's program", **changes}
    for url in (f"{URL}/new", f"{URL}/{endpoint(site)}/edit"):
        answer = send(owner, url, list(typed.items()))
        assert answer.status_code == 422
        page = html.unescape(answer.text)
        assert sentence in page
        assert all(value in page for name, value in typed.items() if name != "events" and "\x00" not in value)


def test_no_event_chosen_is_said(owner: FlaskClient) -> None:
    answer = send(owner, f"{URL}/new", FORM[:2])
    assert (answer.status_code, "Choose at least one." in answer.text) == (422, True)


def test_an_endpoint_is_changed_and_a_conflict_overwrites_nothing(site: Site, owner: FlaskClient) -> None:
    found = endpoint(site, events=["ping", "order.lost"])
    page = owner.get(f"{URL}/{found}/edit").text
    assert "Not sent by this version." in page
    version = re.search(r'name="version" value="([^"]+)"', page)
    assert version
    typed = [("name", "Newer"), ("url", "https://new.example.com/"), ("events", "*"), ("events", "order.lost")]
    saved = send(owner, f"{URL}/{found}/edit", [*typed, ("version", version[1])])
    assert (saved.status_code, saved.location) == (303, f"{URL}/{found}")
    row = row_of(site, found)
    assert (row.name, row.url, row.events) == ("Newer", "https://new.example.com/", ["*", "order.lost"])
    stale = send(owner, f"{URL}/{found}/edit", [("name", "Older"), *FORM[1:], ("version", version[1])])
    assert stale.status_code == 422
    assert "Somebody changed this endpoint meanwhile" in stale.text
    assert 'value="Older"' in stale.text
    assert row_of(site, found).name == "Newer"


def test_a_rotated_secret_is_shown_once_and_the_old_one_stays_for_a_day(site: Site, owner: FlaskClient) -> None:
    found = endpoint(site)
    before = opened(site.machine.cipher, row_of(site, found).secret)
    once = re.search(r'name="once" value="([^"]+)"', owner.get(f"{URL}/{found}").text)
    assert once
    answer = send(owner, f"{URL}/{found}/secret", [("once", once[1])])
    row = row_of(site, found)
    assert answer.status_code == 200
    assert opened(site.machine.cipher, row.secret) in html.unescape(answer.text)
    assert opened(site.machine.cipher, row.old_secret or b"") == before
    assert row.old_secret_until is not None
    assert timedelta(hours=23) < row.old_secret_until - datetime.now(UTC) <= timedelta(hours=24)
    assert send(owner, f"{URL}/{found}/secret", [("once", once[1])]).status_code == 303
    assert row_of(site, found).secret == row.secret
    assert "Old secret signs until" in owner.get(f"{URL}/{found}").text


def test_switching_off_and_on(site: Site, owner: FlaskClient) -> None:
    found = endpoint(site, enabled=False, disabled_reason="10 tries failed.", failures=10)
    assert "10 tries failed." in get(site, owner, f"{URL}/{found}")
    home = html.unescape(owner.get("/admin/").text)
    assert "Webhook endpoints switched off by themselves" in home
    refused = send(owner, f"{URL}/{found}/ping", [])
    assert (refused.status_code, "Switch it on first." in refused.text) == (422, True)
    assert send(owner, f"{URL}/{found}/enable", []).location == f"{URL}/{found}"
    row = row_of(site, found)
    assert (row.enabled, row.disabled_reason, row.failures) == (True, None, 0)
    assert send(owner, f"{URL}/{found}/disable", []).status_code == 303
    assert not row_of(site, found).enabled
    assert "Webhook endpoints switched off by themselves" not in owner.get("/admin/").text


def test_a_test_event_and_its_answer_stand_on_the_page(site: Site, owner: FlaskClient, shop: Program) -> None:
    parts = site.machine
    object.__setattr__(parts.settings, "outgoing_loopback", True)
    found = endpoint(
        site, url=shop.url, secret=sealed(parts.cipher, shop.secret), events=["order.made"], name="The shop"
    )
    shop.answers = ["418 Teapot"]
    try:
        assert send(owner, f"{URL}/{found}/ping", []).status_code == 303
        assert perform_waiting(parts)
    finally:
        object.__setattr__(parts.settings, "outgoing_loopback", False)
    assert (shop.got[0]["type"], shop.got[0]["data"]) == ("ping", {"endpoint": "The shop"})
    for url in (URL, f"{URL}/{found}"):
        page = get(site, owner, url)
        assert "418" in page
        assert "said 418 Teapot" in page
    (delivery,) = [row for row in deliveries(site) if row.endpoint_id == found]
    record = urls.record_url("webhook_deliveries", encode_key((delivery.id,)))
    assert "Send again" in get(site, owner, record)
    again = send(owner, urls.action_url("webhook_deliveries", encode_key((delivery.id,)), "core.send-again"), [])
    assert again.status_code == 303
    assert "Its next try begins now." in owner.get(record).text


def deliveries(site: Site) -> list[WebhookDelivery]:
    with site.machine.database.sessions() as session:
        return list(session.scalars(select(WebhookDelivery)))


def test_process_again_stands_on_a_failed_message(site: Site, owner: FlaskClient) -> None:
    with site.machine.database.transaction() as session:
        row = IncomingWebhook(source="nobody", external_key=uuid4().hex, signature_ok=True, payload={}, state="failed")
        session.add(row)
        session.flush()
        found = encode_key((row.id,))
    assert "Process again" in get(site, owner, urls.record_url("incoming_webhooks", found))
    answer = send(owner, urls.action_url("incoming_webhooks", found, "core.process-again"), [])
    assert answer.status_code == 303
    assert perform_waiting(site.machine)
    page = get(site, owner, urls.record_url("incoming_webhooks", found))
    assert "No plugin takes messages of nobody" in page
    with site.machine.database.transaction() as session:
        session.execute(update(IncomingWebhook).values(state="processed"))
    assert "Process again" not in owner.get(urls.record_url("incoming_webhooks", found)).text


def test_the_addresses_that_take_messages_stand_on_the_page(site: Site, owner: FlaskClient) -> None:
    page = get(site, owner, URL)
    assert "http://localhost/webhooks/yoco" in page
    assert "missing: messages are refused" in page


def test_many_endpoints_and_markup_cost_no_more_and_stay_text(site: Site, owner: FlaskClient) -> None:
    for _ in range(20):
        endpoint(site, name=MARKUP)
    with site.counted() as statements:
        answer = owner.get(URL)
    assert answer.status_code == 200
    assert len(statements) <= BUDGET
    page = answer.text
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_addresses_of_nothing_are_not_found(owner: FlaskClient) -> None:
    for url in (f"{URL}/{uuid4()}", f"{URL}/{uuid4()}/edit", f"{URL}/x", f"{URL}/{uuid4()}/nope"):
        assert owner.get(url).status_code == 404
    for deed in ("enable", "disable", "ping", "secret", "edit"):
        assert send(owner, f"{URL}/{uuid4()}/{deed}", FORM).status_code == 404


@pytest.mark.parametrize("role", ["Viewer", "Support"])
def test_otto_may_not(site: Site, owner: FlaskClient, role: str) -> None:
    found = endpoint(site)
    otto = site.client(role)
    for url in (URL, f"{URL}/new", f"{URL}/{found}", f"{URL}/{found}/edit"):
        assert otto.get(url).status_code == 403
    for url in (f"{URL}/new", *(f"{URL}/{found}/{deed}" for deed in ("edit", "secret", "enable", "disable", "ping"))):
        assert send(otto, url, FORM).status_code == 403
    assert URL not in otto.get("/admin/").text
    assert URL in owner.get("/admin/").text


def test_who_may_look_but_not_change_sees_no_button(site: Site, owner: FlaskClient) -> None:
    auditor = auditor_of(site)
    found = endpoint(site)
    delivery = WebhookDelivery(
        endpoint_id=found, event_key="evt_9", event_type="ping", payload={}, response_text="Nomsa"
    )
    with site.machine.database.transaction() as session:
        session.add(delivery)
    for url in (URL, f"{URL}/{found}"):
        page = auditor.get(url).text
        assert "Nomsa" not in page
        assert not re.search(r"New endpoint|Rotate secret|Switch|Send test|/edit", page)
    for url in (f"{URL}/new", f"{URL}/{found}/secret", f"{URL}/{found}/ping"):
        assert send(auditor, url, FORM).status_code == 403
    assert "Nomsa" in owner.get(f"{URL}/{found}").text


def auditor_of(site: Site) -> FlaskClient:
    """Return the browser of a member who may read everything, personal data masked, and change nothing."""
    role = Role(name="Auditor", permissions=["page:system:read", "data:*:read"])
    member = StaffMember(name="Finn", email="finn@example.com", fs_uniquifier=uuid4().hex, active=True)
    member.roles = [role]
    with site.machine.database.transaction() as session:
        session.add_all([role, member])
    return site.client("Auditor")


def test_every_form_has_a_token(site: Site, owner: FlaskClient) -> None:
    found = endpoint(site)
    for url in (f"{URL}/new", f"{URL}/{found}", f"{URL}/{found}/edit"):
        page = owner.get(url).text
        assert token_in(page)
        assert page.count('method="post"') == page.count('name="csrf_token"')

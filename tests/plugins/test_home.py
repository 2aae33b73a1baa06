"""Home as people find it at seven: what waits, the numbers, the links; every link shows the rows that were counted."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.pool import NullPool

from admin_core.rollups import marking
from admin_core.theme.formats import local
from schema.ai import AiDecision
from schema.alerts import AlertIncident
from schema.base import Base
from schema.jobs import Job
from schema.privacy import SubjectRequest
from schema.reviews import ReviewAssignment, ReviewRequest
from schema.staff import StaffMember
from schema.subscriptions import Subscription
from schema.support import Ticket
from tests.databases import address
from tests.journeys.site import Site, own_site
from tests.running import run_job
from tests.schema.core_rows import CoreMaker

NOW = datetime.now(UTC)
LINE = re.compile(
    r'<li><a(?: href="(?P<url>[^"]*)")?[^>]*>.*?<strong class="num">(?P<count>[^<]*)</strong><span>(?P<label>[^<]*)'
)
EXPECTED = {
    "Subscriptions with a failed payment": 2,
    "Candidates who ask for a human decision": 1,
    "AI decisions waiting for review": 1,
    "Alerts firing": 1,
    "Tickets past their target, or within four hours of it": 3,
    "Tickets that nobody has taken": 3,
    "Privacy requests past their legal due date": 1,
    "Privacy requests due within 7 days": 3,
    "Jobs failed in the last 7 days": 2,
}


@pytest.fixture(scope="module")
def site(server_url: str) -> Iterator[Site]:
    """Yield the application as ``admin db upgrade`` leaves it, its numbers kept by day."""
    with own_site(server_url, "home") as site:
        owner = sa.create_engine(owners_address(server_url, site), poolclass=NullPool)
        with owner.begin() as connection:
            marking.install(connection, site.machine.rollups)
        with site.machine.database.transaction() as session:
            fill(CoreMaker(session))
        run_job(site.machine, "core.refresh-rollups")
        yield site


def owners_address(server_url: str, site: Site) -> str:
    """Return the address of a site's database for its owner."""
    return address(server_url, str(site.machine.database.engine.url.database))


def fill(rows: CoreMaker) -> None:
    """Make what waits, and beside each kind something that does not."""
    rows.one(Subscription)
    for _ in range(2):
        rows.add(Subscription, status="past_due", past_due_since=NOW)
    fill_tickets(rows, rows.one(StaffMember))
    fill_requests(rows, local(NOW).date())
    rows.one(ReviewRequest)
    rows.one(ReviewAssignment)
    rows.add(ReviewAssignment, decision=rows.add(AiDecision, external_id="t-2"), state="done")
    rows.one(AlertIncident)
    rows.add(AlertIncident, state="resolved", label_key="b", resolved_at=NOW)
    for number, (state, ago) in enumerate((("failed", 1), ("quarantined", 2), ("failed", 30), ("done", 1))):
        at = NOW - timedelta(days=ago)
        words = {"unique_key": f"u{number}", "idempotency_key": f"i{number}"}
        rows.add(Job, state=state, created_at=at, finished_at=at, **words)


def fill_tickets(rows: CoreMaker, ada: Base) -> None:
    """Make three tickets near their target and three that nobody has taken."""
    soon, later = NOW + timedelta(hours=1), NOW + timedelta(days=3)
    opened = {"opened_at": NOW - timedelta(days=1), "assignee": ada}
    rows.add(Ticket, **opened, first_response_due_at=soon, resolution_due_at=later)
    rows.add(Ticket, **opened, status="on_hold", resolution_due_at=soon)
    rows.add(Ticket, **opened, status="open", resolution_due_at=NOW - timedelta(days=1))
    rows.add(Ticket, **opened, status="pending_customer", resolution_due_at=soon)
    rows.add(Ticket, **opened, first_response_due_at=soon, first_response_at=NOW, resolution_due_at=later)
    rows.add(Ticket, **opened, status="solved", solved_at=NOW, resolution_due_at=soon)
    for status in ("new", "new", "open", "on_hold"):
        rows.add(Ticket, status=status)


def fill_requests(rows: CoreMaker, today: date) -> None:
    """Make one late request and three due within a week."""
    dues = [("late", -3, "verified"), ("today", 0, "received"), ("week", 7, "running"), ("later", 9, "received")]
    for number, days, state in dues:
        received = {"received_on": today - timedelta(days=30), "due_on": today + timedelta(days=days)}
        rows.add(SubjectRequest, number=number, state=state, **received)
    old = {"received_on": today - timedelta(days=40), "due_on": today - timedelta(days=10)}
    rows.add(SubjectRequest, number="closed", state="completed", closed_at=NOW, **old)
    rows.add(SubjectRequest, number="extended", kind="access", extended_until=today + timedelta(days=5), **old)


@pytest.fixture(scope="module")
def owner(site: Site) -> FlaskClient:
    return site.client("Owner")


def lines(page: str) -> dict[str, tuple[int, str]]:
    """Return what waits: number and address by label."""
    return {m["label"]: (int(m["count"]), html.unescape(m["url"] or "")) for m in LINE.finditer(page)}


def test_hook_register_waiting_puts_every_kind_of_decision_on_home(site: Site, owner: FlaskClient) -> None:
    found = {label: count for label, (count, _) in lines(owner.get("/admin/").text).items()}
    steps = len(site.machine.sections.steps)  # none is done, and the team is one more that is
    assert found == {**EXPECTED, f"of {steps + 1} set-up steps are left": steps}


def test_every_line_opens_exactly_the_rows_it_counts(owner: FlaskClient) -> None:
    for label, (count, url) in lines(owner.get("/admin/").text).items():
        page = owner.get(url)
        assert page.status_code == 200, label
        assert re.search(rf">\s*{count} [a-z]", page.text), label


def test_hook_register_figures_shows_the_numbers_and_each_opens_its_rows(owner: FlaskClient) -> None:
    page = owner.get("/admin/").text
    tiles = page[page.index('class="tiles"') : page.index("Records and pages")]
    links = re.findall(r'<p class="tile-value"><a href="([^"]*)"', tiles)
    assert len(links) == len(re.findall("<figcaption>", tiles)) == 8
    for url in links:
        assert owner.get(html.unescape(url)).status_code == 200, url


def test_home_stays_within_its_budget(site: Site, owner: FlaskClient) -> None:
    owner.get("/admin/")
    with site.counted() as statements:
        owner.get("/admin/")
    assert len(statements) <= 30, f"{len(statements)}\n" + "\n".join(statements)


@pytest.mark.parametrize(
    ("role", "sees", "not_"),
    [
        ("Viewer", ["Monthly recurring revenue", "AI spend", "Open tickets", "Privacy requests"], ["Jobs failed"]),
        ("Support", ["Open tickets", "CVs screened", "failed payment"], ["revenue", "Billed", "AI spend", "Jobs"]),
    ],
)
def test_a_role_sees_what_it_may(site: Site, role: str, sees: list[str], not_: list[str]) -> None:
    page = site.client(role).get("/admin/").text
    shown = page[page.index("Needs a decision") : page.index("Records and pages")]
    assert [word for word in sees if word not in shown] == []
    assert [word for word in not_ if word in shown] == []


def test_what_a_person_may_not_see_is_not_asked_of_the_database(site: Site) -> None:
    client = site.client("Support")
    client.get("/admin/")
    with site.counted() as statements:
        client.get("/admin/")
    assert not [statement for statement in statements if "mrr_movements" in statement or "admin.jobs" in statement]


LINKS = {
    "Yoco": "https://app.yoco.com/",
    "Supabase": "https://supabase.com/dashboard",
    "Vercel": "https://vercel.com/dashboard",
    "OpenAI usage": "https://platform.openai.com/usage",
    "Sentry": "https://sentry.io/",
    "Domain registrar": "https://www.registry.net.za/",
}


@pytest.mark.parametrize("label", LINKS)
def test_hook_register_links_fills_the_links_menu(owner: FlaskClient, label: str) -> None:
    menu = re.findall(r'<a href="(https://[^"]*)"[^>]*>(.*?)</a>', owner.get("/admin/").text, re.DOTALL)
    named = {re.sub(r"<[^>]+>", "", inner).strip(): url for url, inner in menu}
    assert [url for name, url in named.items() if name.startswith(label)] == [LINKS[label]]

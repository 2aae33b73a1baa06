"""A customer's profile: facts at the top, a panel per plugin, everything that happened in one timeline."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from admin_core.changes.acting import by_somebody
from admin_core.generator import timeline
from admin_core.generator.registry import Registry
from admin_core.generator.urls import panel_url, record_url, timeline_url
from schema.access_log import AccessEntry
from schema.accounts import CustomerNote, SignIn, Suspension
from schema.ai import AiDecision
from schema.base import Base
from schema.billing import Payment
from schema.changes import Approval
from schema.content import FaqEntry
from schema.credits import CreditEntry
from schema.customers import Customer
from schema.health import ErrorEvent
from schema.mail import MailMessage
from schema.password_resets import PasswordReset
from schema.privacy import SubjectRequest
from schema.subscriptions import SubscriptionEvent
from schema.support import Ticket
from tests.journeys.site import Site, own_site
from tests.schema.core_rows import CoreMaker

PROBE = str(Path(__file__).parents[1] / "record_parts" / "probe")
REGISTRY = Registry.of(Base)
MODEL = "customers"
PANELS: dict[str, tuple[type[Any], str]] = {
    "finance.subscription-history": (SubscriptionEvent, "occurred_at"),
    "finance.payments": (Payment, "created_at"),
    "support.tickets": (Ticket, "opened_at"),
    "health.errors": (ErrorEvent, "occurred_at"),
    "customers.sign-ins": (SignIn, "occurred_at"),
}
KINDS: dict[str, tuple[type[Any], str]] = {
    **PANELS,
    "customers.notes": (CustomerNote, "created_at"),
    "customers.suspensions": (Suspension, "started_at"),
    "customers.password-resets": (PasswordReset, "requested_at"),
    "customers.credits": (CreditEntry, "occurred_at"),
    "popia.requests": (SubjectRequest, "received_at"),
    "core.mails": (MailMessage, "created_at"),
}
FRAGMENT = {"HX-Request": "true"}
PAGE_BUDGET, LOG_BUDGET = 4, 3
"""Sign-in state and the record, then a panel's own two; whether the same was read, whose data it is, the entry."""
ROW = re.compile(r'<td class="numeric"><a href="/admin/data/\w+/record/([^"]+)" aria-label="Open ')
ENTRY = re.compile(r'timeline-title"><a href="/admin/data/(\w+)/record/([^"]+)"')


def busiest(site: Site, model: type[Any]) -> UUID:
    """Return the customer who has most of something."""
    counted = sa.select(model.customer_id).where(model.customer_id.is_not(None)).group_by(model.customer_id)
    with site.machine.database.sessions() as session:
        found = session.scalars(counted.order_by(sa.func.count().desc(), model.customer_id)).first()
    assert found is not None
    return UUID(str(found))


def newest_of(site: Site, model: type[Any], moment: str, customer: UUID, most: int) -> list[str]:
    """Return the ids a plain query finds."""
    order = (getattr(model, moment).desc(), model.id.desc())
    with site.machine.database.sessions() as session:
        return [str(key) for key in session.scalars(
            sa.select(model.id).where(model.customer_id == customer).order_by(*order).limit(most)
        )]  # fmt: skip


# --- R11, R12, R13, R15, R16, R99
@pytest.mark.parametrize("name", PANELS)
def test_hook_record_panels_lists_what_belongs_to_a_customer_newest_first(
    site: Site, owner: FlaskClient, name: str
) -> None:
    model, moment = PANELS[name]
    customer = busiest(site, model)
    url = panel_url(MODEL, str(customer), name)
    page = owner.get(record_url(MODEL, str(customer))).text
    assert f'hx-get="{url}"' in page
    assert f'class="lazy-link" href="{url}"' in page
    owner.get(url)
    with site.counted() as statements:
        fragment = owner.get(url, headers=FRAGMENT)
    assert len(statements) <= PAGE_BUDGET + LOG_BUDGET, statements
    assert "<html" not in fragment.text
    assert ROW.findall(fragment.text) == newest_of(site, model, moment, customer, 10)
    assert ROW.findall(owner.get(url).text) == ROW.findall(fragment.text)  # the same as a whole page


def test_a_profile_stays_within_its_budget_and_lists_nothing_twice(site: Site, owner: FlaskClient) -> None:
    url = record_url(MODEL, str(busiest(site, Payment)))
    owner.get(url)
    with site.counted() as statements:
        page = owner.get(url).text
    assert len(statements) <= PAGE_BUDGET + LOG_BUDGET, statements
    assert 'id="panel-finance-payments"' in page
    assert 'id="related-payments"' not in page
    assert 'id="related-people"' in page


def test_hook_record_header_puts_a_customer_in_short_at_the_top(site: Site, viewer: FlaskClient) -> None:
    page = viewer.get(record_url(MODEL, str(busiest(site, Payment)))).text
    facts = re.findall(r"<dt>([^<]+)</dt>", page.partition('class="in-short"')[2].partition("</dl>")[0])
    assert facts == ["Product line", "Status", "Signup", "Plan", "MRR", "Last active"]


def test_usage_is_shown_by_month(site: Site, owner: FlaskClient) -> None:
    customer = busiest(site, AiDecision)
    page = owner.get(panel_url(MODEL, str(customer), "analytics.usage-by-month")).text
    months = re.findall(r'<th scope="row">(\d{4}-\d{2})</th><td class="numeric"><span class="num">([^<]+)</span>', page)
    assert len(months) == 12
    assert months == sorted(months, reverse=True)
    first = datetime.fromisoformat(f"{months[-1][0]}-01T00:00:00+02:00")
    counted = sa.select(sa.func.count()).where(AiDecision.customer_id == customer, AiDecision.decided_at >= first)
    with site.machine.database.sessions() as session:
        assert sum(int(re.sub(r"\D", "", count)) for _, count in months) == session.scalar(counted)


def test_panels_are_masked_refused_and_written_down(
    site: Site, owner: FlaskClient, support: FlaskClient, viewer: FlaskClient
) -> None:
    customer = busiest(site, SignIn)
    url = panel_url(MODEL, str(customer), "customers.sign-ins")
    with site.machine.database.sessions() as session:
        ip = str(session.scalars(sa.select(SignIn.ip).where(SignIn.customer_id == customer)).first())
        before = session.scalar(sa.select(sa.func.count()).select_from(AccessEntry)) or 0
    assert ip in owner.get(url).text
    for masked in (support, viewer):
        shown = masked.get(url)
        assert (shown.status_code, ip in shown.text) == (200, False)
    with site.machine.database.sessions() as session:
        assert (session.scalar(sa.select(sa.func.count()).select_from(AccessEntry)) or 0) > before
    stranger = site.app.test_client()
    assert stranger.get(url).status_code in {302, 303, 401}
    assert owner.get(panel_url(MODEL, str(customer), "customers.nothing")).status_code == 404
    assert owner.get(panel_url(MODEL, "01981c3e-0000-7000-8000-000000000000", "customers.sign-ins")).status_code == 404


# --- A panel that fails costs itself
@pytest.fixture(scope="module")
def probed(server_url: str) -> Iterator[Site]:
    with own_site(server_url, "probe", plugin_paths=(PROBE,)) as site:
        yield site


@pytest.fixture(scope="module")
def entry(probed: Site) -> str:
    with by_somebody(), probed.machine.database.transaction() as session:
        found = FaqEntry(question="What?", answer="Nothing.", category="deep")
        session.add(found)
        session.flush()
        return str(found.id)


def test_a_panel_that_raises_or_is_slow_costs_only_itself(probed: Site, entry: str) -> None:
    owner = probed.client("Owner")
    page = owner.get(record_url("faq_entries", entry))
    assert page.status_code == 200
    assert '<dl class="in-short" aria-label="In short"><div><dt>Category</dt><dd>deep</dd></div></dl>' in page.text
    said = {
        "answers": "4\u00a0217",
        "raises": "could not be worked out",
        "sleeps": "longer than 1 s",
        "nonsense": "the log",
    }
    for slug, words in said.items():
        url = panel_url("faq_entries", entry, f"probe.{slug}")
        assert f'hx-get="{url}"' in page.text
        answer = owner.get(url, headers=FRAGMENT)
        assert (answer.status_code, words in html.unescape(answer.text)) == (200, True), answer.text
    assert "no probe today" not in owner.get(panel_url("faq_entries", entry, "probe.raises")).text
    assert owner.get(timeline_url("faq_entries", entry)).status_code == 200


def test_a_panel_asks_for_its_own_permission(probed: Site, entry: str) -> None:
    viewer = probed.client("Viewer")
    page = viewer.get(record_url("faq_entries", entry)).text
    assert "probe.answers" in page
    assert "probe.secrets" not in page
    assert viewer.get(panel_url("faq_entries", entry, "probe.secrets")).status_code == 403


# --- R98: the timeline
def test_hook_timeline_entries_are_walked_once_each_newest_first(site: Site, owner: FlaskClient) -> None:
    customer = str(busiest(site, SignIn))
    url, walked, pages = timeline_url(MODEL, customer), [], 0
    while url:
        with site.counted() as statements:
            page = owner.get(url, headers=FRAGMENT)
        assert page.status_code == 200
        assert len(statements) <= PAGE_BUDGET + LOG_BUDGET + 2 * len(KINDS), statements
        walked += ENTRY.findall(page.text)
        older = re.search(r'href="([^"]+)">Older<', page.text)
        url, pages = html.unescape(older[1]) if older else "", pages + 1
    assert pages > 1
    assert len(set(walked)) == len(walked)
    assert {key for table, key in walked if table == "sign_ins"} == {
        *newest_of(site, SignIn, "occurred_at", UUID(customer), 9_999)
    }
    expected = {
        key for model, moment in KINDS.values() for key in newest_of(site, model, moment, UUID(customer), 9_999)
    }
    assert {key for table, key in walked if table != "approvals"} == expected
    one = owner.get(timeline_url(MODEL, customer, {"kind": "customers.sign-ins"})).text
    assert {table for table, _ in ENTRY.findall(one)} == {"sign_ins"}


def test_a_timeline_tells_of_approvals_mails_and_requests_and_apart_of_who_looked(
    site: Site, owner: FlaskClient, support: FlaskClient
) -> None:
    customer, now = busiest(site, Payment), datetime.now(UTC)
    about = {"model_key": MODEL, "record_key": str(customer), "requested_by_id": site.member(support)}
    with by_somebody(), site.machine.database.transaction() as session:
        plan = {"plan_hash": "0" * 64, "plan": {}, "expires_at": now}
        approvals = [
            Approval(title=title, action="x", **{**about, **other}, **plan)
            for title, other in (("Yes", {}), ("Elsewhere", {"model_key": "people"}))
        ]
        mail = {"mail_class": "service", "to_email": "n@example.com", "from_email": "us@example.com"}
        session.add_all([*approvals, MailMessage(subject="Hello", customer_id=customer, **mail)])
    url = timeline_url(MODEL, str(customer))
    page = owner.get(url).text
    assert {"approvals", "mail_messages"} <= {table for table, _ in ENTRY.findall(page)}
    assert "Elsewhere" not in page
    assert "access_entries" not in {table for table, _ in ENTRY.findall(page)}
    looks = owner.get(timeline_url(MODEL, str(customer), {"kind": "core.looks"})).text
    assert {table for table, _ in ENTRY.findall(looks)} == {"access_entries"}
    assert "kind=core.looks" in page
    assert "kind=core.looks" not in support.get(url).text  # who may not read the access log


@pytest.mark.parametrize(
    "before",
    [
        "x",
        "~~",
        "2026-03-05~a~b",
        "2026-03-05T10:00:00+00:00~customers.sign-ins~%00",
        "9999-12-31T23:59:59+00:00~customers.sign-ins~nope",
    ],
)
def test_a_place_that_is_none_is_refused_in_words(site: Site, owner: FlaskClient, before: str) -> None:
    answer = owner.get(f"{timeline_url(MODEL, str(busiest(site, SignIn)))}?before={before}")
    assert answer.status_code == 400
    assert "%00" in before or "no such place" in answer.text


TIES = 3
MANY = """INSERT INTO admin.sign_ins (id, customer_id, occurred_at)
          SELECT gen_random_uuid(), :customer, '2026-01-01'::timestamptz + n / 3 * interval '1 minute'
          FROM generate_series(1, 100000) AS n"""


@pytest.mark.parametrize("depth", [None, "2026-01-12T00:00:00+00:00"])
def test_a_hundred_thousand_entries_cost_what_ten_do(session: Session, depth: str | None) -> None:
    customer = CoreMaker(session).add(Customer)
    session.execute(sa.text(MANY), {"customer": customer.id})
    session.execute(sa.text("ANALYZE admin.sign_ins"))
    place = timeline.read_place(f"{depth}~customers.sign-ins~{UUID(int=5)}") if depth else None
    for name in ("analytics.x", "customers.sign-ins", "support.x"):
        ranges = timeline.behind(name, [SignIn.occurred_at, SignIn.id], place, REGISTRY.spec("sign_ins"))
        query = sa.select(SignIn.id).where(SignIn.customer_id == customer.id, *ranges)
        query = query.order_by(SignIn.occurred_at.desc(), SignIn.id.desc()).limit(timeline.SIZE + 1)
        scan = ran(session, query)["Plans"][0]
        assert "Index" in scan["Node Type"], scan
        assert scan["Actual Rows"] + scan.get("Rows Removed by Filter", 0) <= timeline.SIZE + 1 + TIES, scan


def ran(session: Session, query: sa.Select[Any]) -> dict[str, Any]:
    """Return the plan of a query with the numbers of rows that were read."""
    words = query.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    plan: dict[str, Any] = session.execute(sa.text(f"EXPLAIN (ANALYZE, FORMAT JSON) {words}")).scalar()[0]["Plan"]
    return plan

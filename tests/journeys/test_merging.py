"""Two records of one customer: found, compared, merged as shown, looked up, taken back; and who may not."""

import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from admin_core.generator.urls import action_url, panel_url, record_url
from admin_core.jobs.perform import Runner
from admin_core.jobs.reconcile import reconcile
from admin_core.jobs.timing import Timing
from schema.accounts import CustomerMerge, CustomerNote
from schema.audit import AuditEntry
from schema.customers import Customer
from schema.jobs import Job
from schema.support import Ticket
from schema.usage import UsageEvent
from tests.admin_core.jobs.world import KILLED, in_child
from tests.journeys.approvals import Office
from tests.journeys.impersonating import ask
from tests.journeys.site import Site, own_site, token_in
from tests.journeys.test_actions import form_of
from tests.running import said_by

NOON = datetime(2026, 3, 5, 10, tzinfo=UTC)
LIST, COMPARE = "/admin/customers/duplicates", "/admin/customers/compare"
PAGE_BUDGET, LOG_BUDGET = 9, 4
TIMING = Timing(lease_s=2.0, backoff_s=0.02, recover_s=0.2, report_s=5, crashes=10_000)


@pytest.fixture(scope="module")
def site(server_url: str) -> Iterator[Site]:
    with own_site(server_url, "merging", as_web=True) as site:
        yield site


@pytest.fixture(scope="module")
def people(site: Site) -> dict[str, FlaskClient]:
    return {role: site.client(role) for role in ("Owner", "Support", "Viewer")}


def pair(site: Site, name: str, **words: Any) -> tuple[str, str]:
    """Return the ids of two records of one customer; the second has a ticket and a note."""
    usual = {
        "product_line": "b2b",
        "status": "active",
        "signup_at": NOON,
        "currency": "ZAR",
        "email": f"{name}@x.example",
    }
    rows = [
        Customer(company_name=f"{name} Mining", **usual),
        Customer(company_name=f"{name} Mining Ltd", **{**usual, **words}),
    ]
    with site.machine.database.transaction() as session:
        session.add_all(rows)
        session.flush()
        ticket = {"subject": "Where is it", "status": "open", "priority": "low", "opened_at": NOON}
        session.add_all(
            [Ticket(customer_id=rows[1].id, **ticket), CustomerNote(customer_id=rows[1].id, body="Calls often")]
        )
        return str(rows[0].id), str(rows[1].id)


def merge_url(kept: str) -> str:
    return action_url("customers", kept, "customers.merge")


def send(client: FlaskClient, url: str, form: dict[str, str]) -> TestResponse:
    """Look at what will happen, and do it."""
    shown = client.post(url, data={**form_of(client.get(url).text), **form, "step": "preview"})
    assert shown.status_code == 200, shown.text
    return client.post(url, data={**sealed(shown.text), **form, "step": "do"})


def sealed(page: str) -> dict[str, str]:
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found, page
    return {**form_of(page), "seen": found[1]}


def state(site: Site, key: str) -> tuple[str, str | None, int]:
    """Return a customer's status, where it leads, and how many tickets and notes it has."""
    with site.machine.database.sessions() as session:
        customer = session.get_one(Customer, key)
        counts = [
            session.scalar(sa.select(sa.func.count()).where(model.customer_id == customer.id)) or 0
            for model in (Ticket, CustomerNote)
        ]
        led = str(customer.merged_into_id) if customer.merged_into_id else None
        return str(customer.status), led, sum(counts)


def test_support_finds_compares_merges_and_takes_it_back(site: Site, people: dict[str, FlaskClient]) -> None:
    kept, merged = pair(site, "quartz", phone="+27821234501")
    support = people["Support"]
    they_are_compared(site, support, kept, merged)
    answers = {"q-duplicate": merged, "q-take": "Phone", "q-reason": "One company, two sign-ups."}
    answer = send(support, merge_url(kept), answers)
    assert answer.status_code == 303, answer.text
    assert state(site, merged) == ("closed", kept, 0)
    assert state(site, kept) == ("active", None, 2)
    assert "2 rows moved" in support.get(record_url("customers", kept)).text
    page = support.get(record_url("customers", merged)).text
    assert record_url("customers", kept) in page
    assert "Take the merge back" in page
    it_is_on_record(site, support, merged)
    back = action_url("customers", merged, "customers.unmerge")
    answer = support.post(back, data={**sealed(support.get(back).text), "step": "do"})
    assert answer.status_code == 303, answer.text
    assert state(site, merged) == ("active", None, 2)
    assert state(site, kept) == ("active", None, 0)


def they_are_compared(site: Site, support: FlaskClient, kept: str, merged: str) -> None:
    panel = support.get(panel_url("customers", kept, "customers.duplicates")).text
    link = f"{COMPARE}?keep={kept}&amp;duplicate={merged}"
    assert "quartz Mining Ltd" in panel
    assert "Same e-mail, same company" in panel
    assert link in panel
    assert "quartz Mining Ltd" in support.get(LIST).text
    with site.counted() as statements:
        page = support.get(link.replace("&amp;", "&")).text
    assert len(statements) <= PAGE_BUDGET + LOG_BUDGET, statements
    assert re.search(r'name="q-take" value="phone"[^>]*checked', page)
    assert "Tickets" in page
    asks = support.get(merge_url(kept), query_string={"q-duplicate": merged, "q-take": ["phone", "company_name"]}).text
    assert f'value="{merged}"' in asks
    assert "phone, company_name" in asks


def it_is_on_record(site: Site, support: FlaskClient, merged: str) -> None:
    with site.machine.database.sessions() as session:
        note = session.scalars(sa.select(CustomerMerge).where(CustomerMerge.merged_id == merged)).one()
        assert note.merged_by_id == site.member(support)
        assert "+27821234501" not in str(note.moved)
        entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "customers.merge")).one()
        assert entry.actor_id == site.member(support)


EVENTS = """
INSERT INTO admin.usage_events (id, event_key, name, customer_id, occurred_at)
  SELECT gen_random_uuid(), 'large-' || n, 'signed_in', :customer, now() FROM generate_series(1, 10050) n"""
MAY = ("page:*:read", "data:*:read", "pii:*:read", "customers:*:*")


def test_a_large_duplicate_is_merged_by_two_people_and_moved_by_a_job_however_often_it_is_killed(
    site: Site, people: dict[str, FlaskClient]
) -> None:
    kept, merged = pair(site, "opal")
    with site.machine.database.transaction() as session:
        session.execute(sa.text(EVENTS), {"customer": merged})
    compared = people["Owner"].get(COMPARE, query_string={"keep": kept, "duplicate": merged}).text
    assert "10\xa0052 rows are too many" not in compared  # tickets and notes move at once
    assert "10\xa0050 rows are too many to move at once" in compared
    ada, finn = (Office(site).colleague(name, *MAY) for name in ("Ada", "Finn"))
    answers = {"q-duplicate": merged, "q-take": "", "q-reason": "One company, two sign-ups."}
    asked = ask(ada.browser, merge_url(kept), answers, step="ask", reason="One company.")
    assert "/admin/approvals/" in str(asked.location), asked.text
    assert finn.send(f"{asked.location}/approve").status_code == 303
    assert state(site, merged) == ("closed", kept, 0)
    assert state(site, kept) == ("active", None, 2)
    panel = panel_url("customers", kept, "customers.merges")
    with site.machine.database.sessions() as session:
        job = session.scalars(sa.select(Job).where(Job.name == "customers.move-merged-rows")).one()
        assert (job.subject_kind, job.subject_key, job.actor_id) == ("customer", kept, ada.id)
    died = 0
    while died < 3:
        site.machine.database.engine.dispose()
        died += in_child(site.machine, lambda: claimed(site, job.id), ADMIN_FAILPOINT="chunk.after_commit") == KILLED
        assert events_of(site, kept) == 2_000 * died
    assert re.search(r">10\W050<.*>6\W000<", people["Owner"].get(panel).text, re.DOTALL)
    claimed(site, job.id)
    assert said_by(site.machine, job.id) == "Moved 10050 rows."
    assert (events_of(site, kept), events_of(site, merged)) == (10_050, 0)
    timeline = people["Owner"].get(f"{record_url('customers', kept)}/timeline?kind=core.jobs").text
    assert "customers.move-merged-rows" in timeline


def claimed(site: Site, job_id: UUID) -> None:
    """Be a worker that takes the job over from one that died."""
    lapsed = {"lease_until": sa.func.now() - sa.text("interval '1 second'")}
    with site.machine.database.transaction() as session:
        session.execute(sa.update(Job).where(Job.id == job_id, Job.state == "running").values(lapsed))
    reconcile(site.machine.database, TIMING, site.machine.audit)
    assert Runner(site.machine, "test", TIMING).perform(job_id)


def events_of(site: Site, customer: str) -> int:
    with site.machine.database.sessions() as session:
        return session.scalar(sa.select(sa.func.count()).where(UsageEvent.customer_id == customer)) or 0


def test_who_was_told_apart_is_asked_about_no_more(site: Site, people: dict[str, FlaskClient]) -> None:
    kept, merged = pair(site, "onyx")
    owner = people["Owner"]
    page = owner.get(COMPARE, query_string={"keep": kept, "duplicate": merged}).text
    form = {"keep": kept, "duplicate": merged, "csrf_token": token_in(page)}
    assert owner.post(COMPARE, data=form).status_code == 303
    assert "onyx" not in owner.get(LIST).text
    assert "onyx" not in owner.get(panel_url("customers", kept, "customers.duplicates")).text.replace("title", "")
    gone = owner.post(COMPARE, data={**form, "keep": "nonsense"})
    assert gone.status_code == 422
    assert "Choose them again" in gone.text


def test_a_viewer_may_not_and_a_stale_proof_is_asked_for(site: Site, people: dict[str, FlaskClient]) -> None:
    kept, merged = pair(site, "topaz")
    viewer = people["Viewer"]
    for url in (LIST, COMPARE, merge_url(kept), panel_url("customers", kept, "customers.duplicates")):
        assert viewer.get(url).status_code == 403, url
    token = token_in(viewer.get("/admin/palette").text)
    for url in (COMPARE, merge_url(kept)):
        assert viewer.post(url, data={"csrf_token": token, "keep": kept, "duplicate": merged}).status_code == 403
    assert "/auth/verify" in site.stale_client("Owner").get(merge_url(kept)).headers["Location"]
    assert state(site, merged) == ("active", None, 2)


def test_what_can_not_be_done_is_said_before_and_nothing_typed_is_lost(
    site: Site, people: dict[str, FlaskClient]
) -> None:
    kept, merged = pair(site, "beryl", product_line="recruiter")
    owner = people["Owner"]
    page = owner.get(COMPARE, query_string={"keep": kept, "duplicate": merged}).text
    assert "one address in two products is normal" in page
    assert "Go on to merge" not in page
    form = {**form_of(owner.get(merge_url(kept)).text), "q-duplicate": merged, "q-reason": "Why not", "step": "preview"}
    answer = owner.post(merge_url(kept), data=form)
    assert answer.status_code == 422
    assert "one address in two products is normal" in answer.text
    assert "Why not" in answer.text
    assert owner.get(COMPARE, query_string={"keep": "x"}).status_code == 200


@pytest.mark.parametrize("crossed", [False, True])
def test_of_two_merges_at_once_one_wins(site: Site, people: dict[str, FlaskClient], crossed: bool) -> None:
    kept, merged = pair(site, f"opal{crossed}")
    ways = [(kept, merged), (merged, kept) if crossed else (kept, merged)]
    forms = []
    for one, other in ways:
        words = {"q-duplicate": other, "q-reason": "One company."}
        client = site.client("Owner")
        shown = client.post(
            merge_url(one), data={**form_of(client.get(merge_url(one)).text), **words, "step": "preview"}
        )
        forms.append((client, merge_url(one), {**sealed(shown.text), **words, "step": "do"}))
    gate, answers = threading.Barrier(2), []

    def press(client: FlaskClient, url: str, form: dict[str, str]) -> None:
        gate.wait()
        answers.append(client.post(url, data=form).status_code)

    threads = [threading.Thread(target=press, args=each) for each in forms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 422]
    found = {state(site, key)[:2] for key in (kept, merged)}
    assert len({led for _, led in found if led}) == 1
    assert sum(state(site, key)[2] for key in (kept, merged)) == 2

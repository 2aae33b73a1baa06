"""Many rows of a list at once: chosen, frozen, tried, changed, reported, undone."""

import re
from collections.abc import Iterator
from datetime import date
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from admin_core.bulk import running, trying
from admin_core.changes import undo, undoing_large
from schema.audit import AuditEntry
from schema.bulk import BulkRun
from schema.changes import ChangeKind, ChangeRow, ChangeSet
from schema.content import FaqEntry
from schema.jobs import Job, JobOutcome, JobState
from schema.service_levels import BusinessCalendar, Holiday
from schema.staff import Role, StaffMember
from schema.views import Selection, SelectionKey
from tests.journeys.bulk import FAQS, choose, do, entries, rows, run_behind, send, set_to, tried
from tests.journeys.site import Site, own_site
from tests.running import perform_waiting


@pytest.fixture(scope="module")
def site(server_url: str) -> Iterator[Site]:
    with own_site(server_url, "bulk", as_web=True) as site:
        yield site


@pytest.fixture(scope="module")
def owner(site: Site) -> FlaskClient:
    return site.client("Owner")


@pytest.fixture
def category(site: Site) -> str:
    """Return the category of sixty new entries."""
    return entries(site, 60)


def test_the_list_has_boxes_for_who_may_do_something(site: Site, owner: FlaskClient, category: str) -> None:
    page = owner.get(f"{FAQS}/?f.category.eq={category}").text
    assert page.count('name="rowid"') == 50
    assert 'data-select-matching="60"' in page
    for role in ("Viewer",):
        page = site.client(role).get(f"{FAQS}/?f.category.eq={category}").text
        assert "rowid" not in page
        assert "data-selection-bar" not in page
        assert send(site.client(role), f"{FAQS}/select", ("scope", "matching")).status_code == 403


def test_ticked_rows_are_frozen_and_nothing_else(site: Site, owner: FlaskClient, category: str) -> None:
    chosen = [str(row.id) for row in rows(site, category)][:3]
    answer = send(owner, f"{FAQS}/select", *(("rowid", key) for key in chosen), ("do", "edit"))
    assert re.fullmatch(r"/admin/selections/[0-9a-f-]+/edit", answer.location)
    with site.machine.database.sessions() as session:
        selection = session.get_one(Selection, UUID(answer.location.split("/")[3]))
        keys = session.scalars(sa.select(SelectionKey.record_key).where(SelectionKey.selection_id == selection.id))
        assert sorted(keys) == sorted(chosen)
        assert selection.total == 3


def test_all_matching_are_edited_in_one_change_and_put_back(site: Site, owner: FlaskClient, category: str) -> None:
    url = choose(owner, category)
    page = owner.get(url).text
    assert "Selected: 60 " in page
    text, _ = tried(owner, f"{url}/edit", *set_to("locale", "zu-ZA"))
    assert "60 changed" in text
    assert {row.locale for row in rows(site, category)} == {"en-ZA"}  # it was only tried
    answer = do(owner, f"{url}/edit", *set_to("locale", "zu-ZA"))
    assert answer.status_code == 303, answer.text
    assert {row.locale for row in rows(site, category)} == {"zu-ZA"}
    assert "Changed 60 of 60" in owner.get(answer.location).text
    with site.machine.database.sessions() as session:
        run = session.get_one(BulkRun, UUID(answer.location.rpartition("/")[2]))
        change = session.get_one(ChangeSet, run.change_set_id)
        assert change.kind is ChangeKind.BULK
        entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.change_set_id == change.id)).one()
        assert (entry.action, entry.row_count) == ("faq_entries.bulk-edited", 60)
        assert run.handled is not None
        assert entry.object_key == running.digest_of(run.handled)
        assert sorted(running.unpacked(run.handled)) == sorted(str(row.id) for row in rows(site, category))
    undone = send(owner, f"/admin/changes/{run.change_set_id}/undo")
    assert undone.status_code == 303
    assert {row.locale for row in rows(site, category)} == {"en-ZA"}


def test_what_a_row_refuses_is_said_and_the_others_are_done(site: Site, owner: FlaskClient, category: str) -> None:
    url = choose(owner, category)
    first, second, third, *_ = rows(site, category)
    with site.machine.database.transaction() as session:
        session.execute(sa.update(FaqEntry).where(FaqEntry.id == first.id).values(answer="Otherwise."))
        session.execute(sa.delete(FaqEntry).where(FaqEntry.id == second.id))
    text, _ = tried(owner, f"{url}/edit", *set_to("position", "7"))
    assert "57 changed" in text
    assert "Somebody changed it since it was selected" in text
    assert "It is gone, or you may not see it any more" in text
    assert "It had these values already" in text
    answer = do(owner, f"{url}/edit", *set_to("position", "7"))
    assert "Changed 57 of 60" in owner.get(answer.location).text
    left = {row.id for row in rows(site, category) if row.position != 7}
    assert left == {first.id}
    again = do(owner, f"{url}/edit", *set_to("position", "7"), ("take", "yes"))
    assert {row.position for row in rows(site, category)} == {7}
    assert again.status_code == 303
    assert third.id in {row.id for row in rows(site, category)}


@pytest.fixture
def as_job(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let anything above ten rows be a job, in small batches, and tried as a sample."""
    monkeypatch.setattr("admin_core.bulk.visiting.AT_ONCE", 10)
    monkeypatch.setattr(trying, "WHOLE", 10)
    monkeypatch.setattr(trying, "SAMPLE", 5)
    monkeypatch.setattr("admin_core.bulk.editing.Edit.batch", 7)


@pytest.mark.usefixtures("as_job")
def test_a_large_selection_is_a_job_that_handles_each_row_once(site: Site, owner: FlaskClient, category: str) -> None:
    url = choose(owner, category)
    first, second, *_ = rows(site, category)
    text, _ = tried(owner, f"{url}/edit", *set_to("category", f"{category}x"))
    assert "5 rows spread over the selection were tried" in text
    assert "60 changed" in text
    answer = do(owner, f"{url}/edit", *set_to("category", f"{category}x"))
    assert "in the background" in owner.get(answer.location).text
    assert len(rows(site, category)) == 60
    with site.machine.database.transaction() as session:
        session.execute(sa.update(FaqEntry).where(FaqEntry.id == first.id).values(answer="Otherwise."))
        session.execute(sa.delete(FaqEntry).where(FaqEntry.id == second.id))
    assert perform_waiting(site.machine, running.JOB) == 1
    run = run_behind(site, answer)
    assert run.counts == {"done": 58, "refused": 2}
    assert {row.id for row in rows(site, category)} == {first.id}
    with site.machine.database.sessions() as session:
        job = session.get_one(Job, run.job_id)
        assert (job.state, job.progress_done, job.progress_total) == (JobState.DONE, 60, 60)
        assert "@" not in str(job.args)
        positions = session.scalars(sa.select(JobOutcome.position).where(JobOutcome.job_id == job.id))
        assert sorted(positions) == list(range(1, 61))
        changed = sa.select(ChangeRow.record_key, sa.func.count()).where(ChangeRow.change_set_id == run.change_set_id)
        assert {count for _, count in session.execute(changed.group_by(ChangeRow.record_key))} == {1}
        entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.change_set_id == run.change_set_id)).one()
        assert (entry.action, entry.row_count, entry.actor_id) == ("faq_entries.bulk-edited", 58, run.owner_id)
    page = owner.get(answer.location).text
    assert "Changed 58 of 60" in page
    assert "Somebody changed it since it was selected" in page


@pytest.mark.usefixtures("as_job")
def test_who_lost_the_right_meanwhile_changes_nothing(site: Site, category: str) -> None:
    with site.machine.database.transaction() as session:
        role = Role(name=f"Editor {category}", permissions=["data:faq_entries:*", "page:*:read"])
        session.add(StaffMember(name="Lwazi", email=f"{category}@x.example", fs_uniquifier=category, roles=[role]))
    editor = site.client(role.name)
    answer = do(editor, f"{choose(editor, category)}/edit", *set_to("locale", "zu-ZA"))
    with site.machine.database.transaction() as session:
        session.get_one(Role, role.id).permissions = ["data:faq_entries:read"]
    perform_waiting(site.machine, running.JOB)
    with site.machine.database.sessions() as session:
        job = session.get_one(Job, run_behind(site, answer).job_id)
        assert job.state is JobState.FAILED
        assert "You may not edit" in str(job.error)
    assert {row.locale for row in rows(site, category)} == {"en-ZA"}


def test_a_selection_is_its_owners_and_lasts_a_day(site: Site, owner: FlaskClient, category: str) -> None:
    url = choose(owner, category)
    assert site.client("Support").get(url).status_code == 404
    with site.machine.database.transaction() as session:
        session.execute(sa.update(Selection).values(expires_at=sa.func.now()))
    assert owner.get(url).status_code == 404
    assert owner.get(f"/admin/selections/{uuid4()}/edit").status_code == 404


def allow(owner: FlaskClient, **limits: str) -> None:
    """Change settings of bulk changes."""
    version = re.search(r'name="version" value="([^"]*)"', owner.get("/admin/settings/bulk").text)
    assert version
    values = [(f"f-{name.replace('_', '.')}", value) for name, value in limits.items()]
    assert send(owner, "/admin/settings/bulk", ("version", version[1]), *values).status_code == 303


def test_a_cut_selection_says_so(site: Site, owner: FlaskClient, category: str) -> None:
    allow(owner, largest="20")
    page = owner.get(choose(owner, category)).text
    assert "A selection holds 20 at most" in page
    allow(owner, largest="100000")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ((), "No field is to be changed."),
        (set_to("position", "many"), "Position"),
        (set_to("state", "nonsense"), "State"),
        (set_to("locale", "x\x00"), ""),
        (set_to("position", "9" * 40), "Position"),
        (set_to("published_at", "9999-12-31T23:59"), ""),
    ],
)
def test_bad_input_is_a_sentence(
    owner: FlaskClient, category: str, typed: tuple[tuple[str, str], ...], sentence: str
) -> None:
    answer = send(owner, f"{choose(owner, category)}/edit", ("step", "preview"), *typed)
    assert answer.status_code in {200, 400, 422}, answer.text
    assert sentence in answer.text


@pytest.mark.parametrize("typed", [("rowid", "nonsense"), ("rowid", "1,2"), ("rowid", "\x00")])
def test_rows_that_are_none_are_refused(owner: FlaskClient, typed: tuple[str, str]) -> None:
    assert send(owner, f"{FAQS}/select", typed).status_code == 400


def test_no_row_ticked_leads_back(owner: FlaskClient) -> None:
    answer = send(owner, f"{FAQS}/select", ("scope", "page"), ("do", "edit"), ("sort", "-created_at"))
    assert answer.location.startswith(f"{FAQS}/?sort=-created_at")
    assert "No row was selected" in owner.get(answer.location).text


def test_a_plan_that_changed_is_shown_again(site: Site, owner: FlaskClient, category: str) -> None:
    url = choose(owner, category)
    typed = set_to("locale", "zu-ZA")
    _, carried = tried(owner, f"{url}/edit", *typed)
    with site.machine.database.transaction() as session:
        session.execute(sa.delete(FaqEntry).where(FaqEntry.id == rows(site, category)[0].id))
    answer = send(owner, f"{url}/edit", ("step", "do"), *carried, *typed)
    assert answer.status_code == 422
    assert "Something changed since it was shown" in answer.text
    assert {row.locale for row in rows(site, category)} == {"en-ZA"}
    assert send(owner, f"{url}/edit", ("step", "do"), *typed).status_code == 422  # without having looked


def test_a_second_click_does_nothing(site: Site, owner: FlaskClient, category: str) -> None:
    url = choose(owner, category)
    typed = set_to("locale", "zu-ZA")
    _, carried = tried(owner, f"{url}/edit", *typed)
    answers = [send(owner, f"{url}/edit", ("step", "do"), *carried, *typed) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    with site.machine.database.sessions() as session:
        runs = sa.select(sa.func.count()).where(BulkRun.selection_id == UUID(url.rpartition("/")[2]))
        assert session.scalar(runs) == 1


def test_many_are_deleted_with_what_hangs_on_them_and_come_back(site: Site, owner: FlaskClient, category: str) -> None:
    url = choose(owner, category)
    page = owner.get(f"{url}/delete").text
    assert "60 deleted" in page  # nothing is to be typed: the plan stands there at once
    answer = do(owner, f"{url}/delete")
    assert rows(site, category) == []
    run = run_behind(site, answer)
    assert send(owner, f"/admin/changes/{run.change_set_id}/undo").status_code == 303
    assert len(rows(site, category)) == 60


def test_deleting_asks_for_a_fresh_proof(site: Site, category: str) -> None:
    stale = site.stale_client("Owner")
    answer = stale.get(f"{choose(stale, category)}/delete")
    assert answer.status_code == 303
    assert "/auth/verify" in answer.location


def test_the_pages_stay_in_their_budgets(site: Site, owner: FlaskClient, category: str) -> None:
    url = choose(owner, category)
    for address, budget in ((url, 12), (f"{url}/edit", 14)):
        owner.get(address)
        with site.counted() as statements:
            assert owner.get(address).status_code == 200
        assert len(statements) <= budget, statements
    with site.counted() as statements:
        tried(owner, f"{url}/edit", *set_to("locale", "zu-ZA"))
    assert len(statements) <= 40, statements


@pytest.fixture
def small_undo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undo, "MOST", 20)
    monkeypatch.setattr(undoing_large, "BATCH", 15)


@pytest.mark.usefixtures("small_undo")
@pytest.mark.parametrize("part", ["edit", "delete"])
def test_a_change_of_many_rows_is_undone_by_a_job(site: Site, owner: FlaskClient, category: str, part: str) -> None:
    before = [(row.id, row.locale) for row in rows(site, category)]
    typed = set_to("locale", "zu-ZA") if part == "edit" else ()
    run = run_behind(site, do(owner, f"{choose(owner, category)}/{part}", *typed))
    change = f"/admin/changes/{run.change_set_id}"
    page = owner.get(change).text
    assert "Undo 60 rows" in page
    assert "So many are put back by a job" in page
    late = before[5][0]
    if part == "edit":
        with site.machine.database.transaction() as session:
            session.execute(sa.update(FaqEntry).where(FaqEntry.id == late).values(locale="af-ZA"))
    assert send(owner, f"{change}/undo").location == "/admin/jobs"
    assert perform_waiting(site.machine, undoing_large.JOB) == 1
    with site.machine.database.sessions() as session:
        job = session.scalars(sa.select(Job).where(Job.name == undoing_large.JOB).order_by(Job.id.desc())).first()
        assert job is not None
        put_back = 59 if part == "edit" else 60
        assert (job.state, (job.result or {})["summary"]) == (JobState.DONE, f"Put {put_back} of 60 rows back.")
        undoing = session.get_one(ChangeSet, undoing_large.undo_id(job.id))
        assert (undoing.kind, undoing.undoes_id, undoing.actor_id) == (ChangeKind.UNDO, run.change_set_id, run.owner_id)
        entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.change_set_id == undoing.id)).one()
        assert (entry.action, entry.row_count) == ("change_sets.undone", put_back)
    wanted = [(key, "af-ZA" if key == late and part == "edit" else locale) for key, locale in before]
    assert [(row.id, row.locale) for row in rows(site, category)] == wanted


@pytest.mark.usefixtures("small_undo")
def test_what_went_by_a_cascade_comes_back_with_its_parent(site: Site, owner: FlaskClient) -> None:
    with site.machine.database.transaction() as session:
        calendars = [BusinessCalendar(name=f"{uuid4()}") for _ in range(12)]
        session.add_all(calendars)
        session.flush()
        days = [date(2026, 12, n) for n in (16, 25, 26)]
        session.add_all(Holiday(calendar_id=each.id, day=day, name="Off") for each in calendars for day in days)
    keys = [("rowid", str(each.id)) for each in calendars]
    url = str(send(owner, "/admin/data/business_calendars/select", *keys, ("do", "delete")).location)
    page = owner.get(url).text
    assert "Deleted with them" in page
    run = run_behind(site, do(owner, url))
    assert send(owner, f"/admin/changes/{run.change_set_id}/undo").status_code == 303
    perform_waiting(site.machine, undoing_large.JOB)
    with site.machine.database.sessions() as session:
        back = sa.select(sa.func.count()).where(Holiday.calendar_id.in_([each.id for each in calendars]))
        assert session.scalar(back) == 36

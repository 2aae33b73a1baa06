"""Jobs over HTTP: who sees which, what each control does, files and their log."""

import csv
import hashlib
import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from admin_core.artifacts.places import place_for_new
from admin_core.artifacts.storage import new_key
from admin_core.jobs.declared import Job as Declared
from admin_core.jobs.enqueue import Origin, enqueue
from schema.access_log import AccessEntry
from schema.artifacts import Artifact
from schema.jobs import Job, JobOutcome, JobState, OutcomeKind
from schema.schedules import JobQueue, JobSchedule, JobSlot, WorkerBeat
from tests.journeys.site import Site, token_in

ALL = "/admin/system/jobs"
YOURS = "/admin/jobs"
BUDGET = 9
LIVE = "data-live hx-get"
SOME_ID = UUID("01981c3e-0000-7000-8000-000000000000")
EXPORT = Declared(slug="test.export", run="a.b", title="Export everything")


@pytest.fixture(autouse=True)
def _no_jobs(site: Site) -> Iterator[None]:
    yield
    with site.machine.database.transaction() as session:
        for model in (Artifact, Job, JobSlot, JobSchedule, JobQueue, WorkerBeat):
            session.execute(sa.delete(model))


def member(site: Site, client: FlaskClient) -> UUID:
    """Return who is signed in."""
    return site.member(client)


def add(site: Site, *, asked_by: UUID | None = None, **values: object) -> UUID:
    """Write a job that is how the values say."""
    with site.machine.database.transaction() as session:
        job_id = enqueue(session, EXPORT, origin=Origin(actor_id=asked_by))
        session.execute(sa.update(Job).where(Job.id == job_id).values(**values) if values else sa.select(1))
        return job_id


def failed(site: Site, **values: object) -> UUID:
    words = {"state": JobState.FAILED, "finished_at": sa.func.now(), "attempts": 5, "error": "The disk is full."}
    return add(site, **{**words, **values})


def running(site: Site, **values: object) -> UUID:
    now = sa.func.now()
    words = {"state": JobState.RUNNING, "lease_until": now + timedelta(minutes=1), "started_at": now, "worker": "w-1"}
    return add(site, **{**words, "progress_done": 4_200, "progress_total": 12_480, **values})


def state(site: Site, job_id: UUID) -> Job:
    with site.machine.database.sessions() as session:
        return session.get_one(Job, job_id)


def post(client: FlaskClient, url: str, page: str = "", **form: str) -> tuple[int, str]:
    """Send the form of a page; return the status and the page after it."""
    token = token_in(client.get(page or "/admin/palette").text)
    answer = client.post(url, data={"csrf_token": token, **form})
    if answer.status_code == 303:
        return 303, client.get(answer.headers["Location"]).text
    return answer.status_code, answer.text


def test_the_page_shows_what_runs_failed_waits_and_is_due(site: Site, owner: FlaskClient) -> None:
    running(site, eta_at=sa.func.now() + timedelta(minutes=2, seconds=10))
    failed(site)
    add(site)
    with site.machine.database.transaction() as session:
        session.add(WorkerBeat(name="worker-x", kind="worker", host="here", pid=7))
    with site.counted() as statements:
        page = owner.get(ALL)
    assert page.status_code == 200
    assert len(statements) <= BUDGET, statements
    for words in (
        "4\u00a0200 of 12\u00a0480", "about 2\u00a0min left", "The disk is full.", "Retry job",
        "every hour at minute 17", "Delete expired list states", "No relay, no scheduler reported lately", "alive",
        LIVE,
    ):  # fmt: skip
        assert words in page.text, words


def test_the_page_rests_when_nothing_runs_or_waits(site: Site, owner: FlaskClient) -> None:
    page = owner.get(ALL).text
    assert LIVE not in page
    for words in ("Nothing runs", "Nothing failed", "No process reported"):
        assert words in page
    add(site, paused=True)
    assert LIVE not in owner.get(ALL).text
    add(site)
    fragment = owner.get(ALL, headers={"HX-Request": "true"}).text
    assert LIVE in fragment
    assert "<html" not in fragment


@pytest.mark.parametrize(
    ("url", "method"),
    [
        (ALL, "GET"), (f"{ALL}/schedule/core.expire-files/run", "POST"),
        (f"{ALL}/schedule/core.expire-files/pause", "POST"),
        (f"{ALL}/queue/low/pause", "POST"), (f"{ALL}/{SOME_ID}", "GET"), (f"{ALL}/{SOME_ID}/outcomes.csv", "GET"),
        (f"{ALL}/{SOME_ID}/retry", "POST"), (f"/admin/files/{SOME_ID}", "GET"),
    ],
)  # fmt: skip
def test_otto_and_support_may_not(viewer: FlaskClient, support: FlaskClient, url: str, method: str) -> None:
    for client in (viewer, support):
        if method == "POST":
            status, page = post(client, url)
        else:
            answer = client.get(url)
            status, page = answer.status_code, answer.text
        assert (status, "may not" in page) == (403, True), (url, page[-800:])


def test_a_stranger_is_sent_to_sign_in(site: Site) -> None:
    for url in (ALL, YOURS, f"{ALL}/{SOME_ID}", f"/admin/files/{SOME_ID}"):
        assert "/auth/" in site.app.test_client().get(url).headers["Location"]


def test_a_failed_job_tells_why_and_is_retried(site: Site, owner: FlaskClient) -> None:
    job_id = failed(site)
    with site.counted() as statements:
        page = owner.get(f"{ALL}/{job_id}").text
    assert len(statements) <= BUDGET, statements
    assert "The disk is full." in page
    assert "5 of 5" in page
    status, after = post(owner, f"{ALL}/{job_id}/retry", next=ALL)
    assert status == 303
    assert "goes on from its last checkpoint" in after
    assert (state(site, job_id).state, state(site, job_id).attempts) == (JobState.WAITING, 0)
    assert post(owner, f"{ALL}/{job_id}/retry")[0] == 409


@pytest.mark.parametrize(
    ("verb", "seen"),
    [("cancel", {"cancel_requested": True}), ("pause", {"paused": True})],
)
def test_a_running_job_is_asked_to_stop(site: Site, owner: FlaskClient, verb: str, seen: dict[str, object]) -> None:
    job_id = running(site)
    assert post(owner, f"{ALL}/{job_id}/{verb}")[0] == 303
    row = state(site, job_id)
    assert {name: getattr(row, name) for name in seen} == seen
    status, page = post(owner, f"{ALL}/{job_id}/{verb}")
    assert (status, "already" in page) == (409, True)


def test_a_waiting_job_is_paused_resumed_hurried_and_cancelled(site: Site, owner: FlaskClient) -> None:
    job_id = add(site, run_at=sa.func.now() + timedelta(days=1))
    assert "starts in" in owner.get(f"{ALL}/{job_id}").text
    for verb, paused in (("pause", True), ("resume", False)):
        assert post(owner, f"{ALL}/{job_id}/{verb}")[0] == 303
        assert state(site, job_id).paused is paused
    assert post(owner, f"{ALL}/{job_id}/run")[0] == 303
    assert state(site, job_id).run_at < state(site, job_id).created_at + timedelta(hours=1)
    assert post(owner, f"{ALL}/{job_id}/cancel")[0] == 303
    assert state(site, job_id).state is JobState.CANCELLED
    assert post(owner, f"{ALL}/{job_id}/explode")[0] == 404


def test_the_record_s_page_offers_what_applies_and_says_what_will_happen(site: Site, owner: FlaskClient) -> None:
    job_id = failed(site)
    record = f"/admin/data/jobs/record/{job_id}"
    page = owner.get(record).text
    assert "Retry job" in page
    assert "Pause job" not in page
    asked = owner.get(f"{record}/action/core.retry").text
    assert "is not done twice" in asked
    once = re.search(r'name="once" value="([^"]+)"', asked)
    assert once
    status, after = post(owner, f"{record}/action/core.retry", once=once[1])
    assert (status, "last checkpoint" in after) == (303, True)
    assert state(site, job_id).state is JobState.WAITING
    assert "This can&#39;t be done now" in owner.get(f"{record}/action/core.retry").text


def test_whoever_asked_for_a_job_sees_and_cancels_it_and_does_no_more(site: Site, support: FlaskClient) -> None:
    own, other = running(site, asked_by=member(site, support)), running(site)
    page = support.get(f"{ALL}/{own}").text
    assert "Cancel job" in page
    assert "Pause job" not in page
    assert support.get(f"{ALL}/{other}").status_code == 403
    assert post(support, f"{ALL}/{own}/pause")[0] == 403
    assert post(support, f"{ALL}/{own}/cancel")[0] == 303
    assert state(site, own).cancel_requested


def test_the_tray_shows_the_person_s_own_jobs_and_costs_the_page_nothing(site: Site, support: FlaskClient) -> None:
    me = member(site, support)
    running(site, asked_by=me)
    done = {"state": JobState.DONE, "finished_at": sa.func.now(), "result": {"summary": "Exported 12 rows."}}
    finished = add(site, asked_by=me, **done)
    failed(site)
    give_file(site, me, job_id=finished)
    with site.counted() as statements:
        page = support.get("/admin/style").text
    assert f'hx-get="{YOURS}"' in page
    assert not [each for each in statements if "admin.jobs" in each]
    with site.counted() as statements:
        tray = support.get(YOURS, headers={"HX-Request": "true"}).text
    assert len(statements) <= 4, statements
    assert "Exported 12 rows." in tray
    assert "/admin/files/" in tray
    assert "4\u00a0200 of" in tray
    assert LIVE in tray
    assert "The disk is full." not in tray
    assert "Your jobs" in support.get(YOURS).text


def test_a_schedule_runs_once_per_click_and_is_paused_and_resumed(site: Site, owner: FlaskClient) -> None:
    url = f"{ALL}/schedule/core.expire-files"
    for _ in range(2):
        assert post(owner, f"{url}/run", once="the-same-click")[0] == 303
    with site.machine.database.sessions() as session:
        (job,) = session.scalars(sa.select(Job)).all()
    assert (job.name, job.actor_id, "slot" in job.args) == ("core.expire-files", member(site, owner), True)
    for verb, enabled in (("pause", False), ("resume", True)):
        assert post(owner, f"{url}/{verb}")[0] == 303
        with site.machine.database.sessions() as session:
            assert session.scalars(sa.select(JobSchedule.enabled)).one() is enabled
    status, page = post(owner, f"{ALL}/schedule/core.nothing/run")
    assert (status, "There is no such schedule." in page) == (409, True)


def test_a_queue_is_paused_and_resumed(site: Site, owner: FlaskClient) -> None:
    for verb, paused in (("pause", True), ("pause", True), ("resume", False)):
        assert post(owner, f"{ALL}/queue/default/{verb}")[0] == 303
        with site.machine.database.sessions() as session:
            assert session.scalars(sa.select(JobQueue.paused)).one() is paused
    assert post(owner, f"{ALL}/queue/vip/pause")[0] == 409
    assert post(owner, f"{ALL}/queue/low/run")[0] == 404


def test_the_rows_of_a_job_come_as_a_file_that_runs_nothing_and_tells_no_more_than_allowed(
    site: Site, owner: FlaskClient, viewer: FlaskClient
) -> None:
    job_id = add(site, asked_by=member(site, viewer))
    with site.machine.database.transaction() as session:
        for number, reason in enumerate(("=1+1", "nomsa@example.com is blocked", None)):
            session.add(
                JobOutcome(
                    job_id=job_id, position=number, kind=OutcomeKind.REFUSED, model_key="audit_entries", record_key="7",
                    message=reason,
                )
            )  # fmt: skip
    seen = rows_of(owner, job_id)
    assert seen[0] == ["\ufeffRow", "Outcome", "List", "Record", "Reason"]
    assert [row[4] for row in seen[1:]] == ["'=1+1", "nomsa@example.com is blocked", ""]
    assert [row[3] for row in seen[1:]] == ["7"] * 3
    masked = rows_of(viewer, job_id)
    assert [row[3:] for row in masked[1:]] == [["", "•••"], ["", "•••"], ["", ""]]
    entries = log_of(site, model_key="job_outcomes")
    assert [(entry.row_count, entry.field_names) for entry in entries] == [(3, ["message"]), (3, [])]


def rows_of(client: FlaskClient, job_id: UUID) -> list[list[str]]:
    answer = client.get(f"{ALL}/{job_id}/outcomes.csv")
    assert answer.status_code == 200
    return list(csv.reader(answer.text.splitlines()))


def log_of(site: Site, **values: object) -> list[AccessEntry]:
    with site.machine.database.sessions() as session:
        return list(session.scalars(sa.select(AccessEntry).filter_by(**values).order_by(AccessEntry.id)))


def give_file(site: Site, owner_id: UUID | None, content: bytes = b"a,b\n", **values: object) -> UUID:
    """Store a file and return its id."""
    place, key = place_for_new(site.machine.settings), new_key()
    stored = place.put(key, [content])
    row = {
        "name": "Ada's \"list\" ü.csv", "kind": "export", "media_type": "text/csv", "sha256": stored.sha256,
        "size_bytes": stored.size_bytes, "location": key, "owner_id": owner_id,
        "expires_at": sa.func.now() + timedelta(days=1), **values,
    }  # fmt: skip
    with site.machine.database.transaction() as session:
        artifact = Artifact(**row)
        session.add(artifact)
        session.flush()
        return artifact.id


def test_a_file_goes_to_its_owner_as_a_download_and_is_noted_first(site: Site, support: FlaskClient) -> None:
    content = bytes(range(256)) * 4_000
    file_id = give_file(site, member(site, support), content, media_type="text/html")
    answer = support.get(f"/admin/files/{file_id}", buffered=False)
    (entry,) = log_of(site, artifact_id=file_id)  # before a byte was read
    assert (entry.kind.value, entry.member_id, entry.model_key) == ("download", member(site, support), "artifacts")
    assert str(entry.ip) == "127.0.0.1"
    assert hashlib.sha256(answer.data).hexdigest() == hashlib.sha256(content).hexdigest()
    headers = answer.headers
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Disposition"] == (
        "attachment; filename=\"Ada's _list_ .csv\"; filename*=UTF-8''Ada%27s%20_list_%20%C3%BC.csv"
    )
    support.head(f"/admin/files/{file_id}").close()
    answer.close()
    with site.machine.database.sessions() as session:
        assert session.get_one(Artifact, file_id).downloads == 1
    assert len(log_of(site, artifact_id=file_id)) == 1


def test_a_file_goes_to_who_has_the_permission_named_on_it_and_to_nobody_else(
    site: Site, owner: FlaskClient, support: FlaskClient, viewer: FlaskClient
) -> None:
    named = give_file(site, None, permission="support:tickets:read", personal=False)
    for client, status in ((support, 200), (viewer, 200), (owner, 200)):
        assert status_of(client, named) == status
    private = give_file(site, member(site, viewer))
    for client, status in ((support, 403), (owner, 403), (viewer, 200)):
        assert status_of(client, private) == status
    secret = give_file(site, None, permission="core:nothing:such")
    assert status_of(support, secret) == 403
    assert log_of(site, artifact_id=named) == []


def status_of(client: FlaskClient, file_id: UUID) -> int:
    return client.get(f"/admin/files/{file_id}", buffered=True).status_code


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"expires_at": sa.func.now() - timedelta(days=1)}, "expired on"),
        ({"deleted_at": sa.func.now()}, "expired on"),
        ({"location": new_key()}, "is not where it was stored"),
        ({"storage": "s3"}, "is not where it was stored"),
    ],
)
def test_a_file_that_is_gone_says_so_and_is_not_counted(
    site: Site, support: FlaskClient, values: dict[str, object], words: str
) -> None:
    file_id = give_file(site, member(site, support), **values)
    answer = support.get(f"/admin/files/{file_id}")
    assert (answer.status_code, words in answer.text) == (404, True)
    assert log_of(site, artifact_id=file_id) == []


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a\r\nSet-Cookie: x.csv", "a__Set-Cookie_ x.csv"),
        ("...", "file"),
        ("gpj\u202efdp.exe", "gpj_fdp.exe"),
    ],
)
def test_a_file_s_name_can_neither_be_a_path_nor_a_header(
    site: Site, support: FlaskClient, name: str, offered: str
) -> None:
    file_id = give_file(site, member(site, support), name=name)
    answer = support.get(f"/admin/files/{file_id}", buffered=True)
    assert f'filename="{offered}"' in answer.headers["Content-Disposition"]
    assert "Set-Cookie" not in answer.headers

"""Imports by a worker, by people who may less, and by two."""

import csv
import io
import re
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from admin_core.artifacts.places import places
from admin_core.imports import running
from admin_core.imports.jobs import CARRY_OUT, CHECK
from admin_core.jobs.failpoints import ONCE, VARIABLE
from admin_core.jobs.perform import Runner
from admin_core.jobs.reconcile import reconcile
from admin_core.jobs.timing import Timing
from schema.audit import AuditEntry
from schema.changes import ChangeRow
from schema.customers import Person
from schema.imports import DataImport, ImportState
from schema.jobs import Job
from schema.staff import Role
from tests.admin_core.jobs.world import KILLED, in_child, until
from tests.journeys.importing import (
    CREATE,
    carried_out,
    checked,
    lines,
    numbers,
    proposed,
    questions,
    said,
    somebody,
    stored,
    token,
    upload,
    uploaded,
)
from tests.journeys.site import Site, token_in
from tests.running import perform_waiting, run_job


def test_what_is_masked_is_neither_shown_nor_overwritten(site: Site, owner: FlaskClient) -> None:
    with site.machine.database.sessions() as session:
        known = session.scalars(sa.select(Person).where(Person.email.is_not(None)).limit(1)).one()
    may = ("data:people:*", "data:customers:read", "page:*:read")
    with somebody(site, *may) as client:
        url = uploaded(
            client, "people", lines(f"{known.id},intruder@example.com,•••,member", head="ID,E-mail,Name,Role")
        )
        page = client.get(url).text
        assert "masked, so stored values stay as they are" in page
        form = {**proposed(page), "column-1": "email", "column-2": "name", "mode": "update"}
        answer = client.post(f"{url}/check", data={"csrf_token": token(client), **form})
        page = client.get(url).text if answer.status_code == 303 else answer.text
        assert known.email not in page
        assert known.name not in page
        if answer.status_code == 303 and numbers(page).get("changed"):
            carried_out(client, url)
    with site.machine.database.sessions() as session:
        now = session.get_one(Person, known.id)
    assert (now.email, now.name) == (known.email, known.name)


def test_who_may_not_is_refused_at_every_step(site: Site, owner: FlaskClient, viewer: FlaskClient) -> None:
    url = uploaded(owner, "faq_entries", lines("A,So.,billing,draft,en-ZA"))
    assert "/import" not in viewer.get("/admin/data/faq_entries/").text
    assert viewer.get("/admin/data/faq_entries/import").status_code == 403
    assert upload(viewer, "faq_entries", b"x").status_code == 403
    assert upload(owner, "payments", b"x").status_code == 400, "what no form writes, no file writes"
    with somebody(site, "data:faq_entries:*", "page:*:read") as other:
        for answer in (
            other.get(url),
            other.post(f"{url}/check", data={"csrf_token": token(other), **CREATE}),
            other.post(f"{url}/run", data={"csrf_token": token(other)}),
        ):
            assert answer.status_code == 404, "somebody else's import is none"
    with somebody(site, "data:faq_entries:read", "data:faq_entries:import", "page:*:read") as reader:
        assert reader.get("/admin/data/faq_entries/import").status_code == 403, "it takes the right to write, too"
    with somebody(site, "data:faq_entries:read", "data:faq_entries:import", "data:faq_entries:edit") as editor:
        own = uploaded(editor, "faq_entries", lines("A,So.,billing,draft,en-ZA"))
        answer = editor.post(f"{own}/check", data={"csrf_token": token(editor), **CREATE})
        assert answer.status_code == 422
        assert "You may not add FAQ" in answer.text, said(answer.text)


def test_the_file_is_kept_encrypted_and_for_nobody_to_download(site: Site, owner: FlaskClient) -> None:
    url = uploaded(owner, "customers", lines("ada@canary.example,Ada Canary", head="E-mail,Contact"))
    imported = stored(site, url)
    with site.machine.database.sessions() as session:
        row = session.execute(sa.text("SELECT location, storage, encrypted FROM admin.artifacts WHERE id = :i"),
                              {"i": imported.artifact_id}).one()  # fmt: skip
        words = session.execute(sa.text("SELECT i::text FROM admin.data_imports i WHERE id = :i"), {"i": imported.id})
        assert "anary" not in str(words.all())
    content = b"".join(places(site.machine.settings)[row.storage].open(row.location))
    assert row.encrypted
    assert b"anary" not in content
    assert owner.get(f"/admin/files/{imported.artifact_id}").status_code == 404


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "AT_ONCE", 1)


@pytest.mark.usefixtures("long")
def test_a_long_file_is_a_workers_work(site: Site, owner: FlaskClient) -> None:
    mark = uuid4().hex
    rows = [f"{mark} {n},So.,billing,{'draft' if n % 100 else 'nonsense'},en-ZA" for n in range(1, 451)]
    url = uploaded(owner, "faq_entries", lines(*rows))
    page = checked(owner, url, **CREATE)
    assert "being tried out" in page
    assert perform_waiting(site.machine, CHECK) == 1
    page = owner.get(url).text
    assert numbers(page) == {"new": 446, "changed": 0, "unchanged": 0, "refused": 4}
    assert questions(site, mark) == {}
    carried_out(owner, url)
    assert perform_waiting(site.machine, CARRY_OUT) == 1
    page = owner.get(url).text
    assert numbers(page) == {"new": 446, "changed": 0, "unchanged": 0, "refused": 4}
    assert len(questions(site, mark)) == 446
    with site.machine.database.sessions() as session:
        assert session.scalar(sa.select(sa.func.count()).where(ChangeRow.change_set_id == stored(site, url).id)) == 446
        entries = session.scalars(sa.select(AuditEntry).where(AuditEntry.change_set_id == stored(site, url).id)).all()
        assert sum(entry.row_count for entry in entries) == 446
        job = session.scalars(sa.select(Job).where(Job.id == stored(site, url).job_id)).one()
        assert mark not in str((job.args, job.checkpoint, job.result))
    link = re.search(r"/admin/files/[0-9a-f-]+", page)
    assert link
    refused = list(csv.DictReader(io.StringIO(owner.get(link[0]).data.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert [row["Question"] for row in refused] == [f"{mark} {n}" for n in (100, 200, 300, 400)]
    again = owner.post(f"{url}/run", data={"csrf_token": token(owner)})
    assert again.status_code == 422
    assert "imported already" in again.text


@pytest.mark.usefixtures("long")
@pytest.mark.parametrize(
    "place", ["chunk.before_commit", "chunk.after_commit", "artifact.stored", "step.before_commit"]
)
def test_a_worker_killed_half_way_leaves_no_row_out_and_none_twice(
    site: Site, owner: FlaskClient, place: str, tmp_path: Path
) -> None:
    mark = uuid4().hex
    rows = [f"{mark} {n},So.,billing,{'draft' if n % 100 else 'nonsense'},en-ZA" for n in range(1, 451)]
    url = uploaded(owner, "faq_entries", lines(*rows))
    checked(owner, url, **CREATE)
    perform_waiting(site.machine, CHECK)
    carried_out(owner, url)
    job = stored(site, url).job_id
    assert job is not None
    runner = Runner(site.machine, "test", Timing(lease_s=1))
    once = {VARIABLE: place, ONCE: str(tmp_path / "killed")}
    assert in_child(site.machine, lambda: runner.perform(job), **once) == KILLED
    assert 0 <= len(questions(site, mark)) < 450
    until(lambda: reconcile(site.machine.database, runner.timing, site.machine.audit))
    until(lambda: runner.perform(job))
    assert numbers(owner.get(url).text) == {"new": 446, "changed": 0, "unchanged": 0, "refused": 4}
    assert len(questions(site, mark)) == 446
    with site.machine.database.sessions() as session:
        made = sa.select(sa.func.count()).where(ChangeRow.change_set_id == stored(site, url).id)
        assert session.scalar(made) == 446
        entries = session.scalars(sa.select(AuditEntry).where(AuditEntry.change_set_id == stored(site, url).id))
        assert sum(entry.row_count for entry in entries) == 446


@pytest.mark.usefixtures("long")
def test_what_stopped_on_its_way_is_not_begun_anew(site: Site, owner: FlaskClient) -> None:
    mark = uuid4().hex
    url = uploaded(owner, "faq_entries", lines(*(f"{mark} {n},So.,billing,draft,en-ZA" for n in range(3))))
    checked(owner, url, **CREATE)
    perform_waiting(site.machine, CHECK)
    with site.machine.database.transaction() as session:
        stopped = {"state": "failed", "error": "It stopped.", "finished_at": sa.func.now()}
        session.execute(sa.update(DataImport).where(DataImport.id == stored(site, url).id).values(stopped))
    page = owner.get(url).text
    assert "goes on where it stopped" in page
    assert f"{url}/run" not in page
    for step, form in (("check", CREATE), ("run", {})):
        answer = owner.post(f"{url}/{step}", data={"csrf_token": token(owner), **form})
        assert answer.status_code == 422
        assert "It stopped on its way." in answer.text


@pytest.mark.usefixtures("long")
def test_who_lost_the_right_imports_nothing(site: Site) -> None:
    mark = uuid4().hex
    with somebody(site, "data:faq_entries:*") as client:
        url = uploaded(client, "faq_entries", lines(*(f"{mark} {n},So.,billing,draft,en-ZA" for n in range(3))))
        checked(client, url, **CREATE)
        perform_waiting(site.machine, CHECK)
        carried_out(client, url)
    with site.machine.database.transaction() as session:
        session.execute(sa.update(Role).where(Role.permissions == ["data:faq_entries:*"]).values(permissions=["x"]))
    perform_waiting(site.machine, CARRY_OUT)
    assert stored(site, url).state is ImportState.FAILED
    assert questions(site, mark) == {}


def limit_alone(client: FlaskClient, rows: str) -> None:
    """Set how many rows one person may import."""
    page = client.get("/admin/settings/imports").text
    known = dict(re.findall(r'<input[^>]*name="(version|once)"[^>]*value="([^"]*)"', page))
    form = {**known, "csrf_token": token_in(page), "f-most_mb": "10", "f-alone_rows": rows}
    assert client.post("/admin/settings/imports", data=form).status_code == 303


def test_a_large_import_takes_two_people(site: Site, owner: FlaskClient) -> None:
    limit_alone(owner, "1")
    try:
        mark = uuid4().hex
        url = uploaded(owner, "faq_entries", lines(*(f"{mark} {n},So.,billing,draft,en-ZA" for n in range(3))))
        page = checked(owner, url, **CREATE)
        assert "It takes two people." in page
        answer = owner.post(f"{url}/run", data={"csrf_token": token(owner)})
        asked = str(answer.location)
        assert asked.endswith("/action/core.import-file")
        page = owner.get(asked).text
        assert "Creates 3 and changes 0 records" in page
        hidden = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', page))
        wish = {**hidden, "csrf_token": token(owner), "step": "ask", "reason": "The new season's questions."}
        answer = owner.post(asked, data=wish)
        assert "/admin/approvals/" in str(answer.location), answer.text[-2000:]
        assert questions(site, mark) == {}
        with somebody(site, "*") as other:
            approved = other.post(f"{answer.location}/approve", data={"csrf_token": token(other)})
            assert approved.status_code == 303, approved.text[-2000:]
        perform_waiting(site.machine, CARRY_OUT)
        assert len(questions(site, mark)) == 3
        assert stored(site, url).state is ImportState.DONE
    finally:
        limit_alone(owner, "5000")


def test_what_an_import_found_is_forgotten_with_its_file(site: Site, owner: FlaskClient) -> None:
    mark = uuid4().hex
    url = uploaded(owner, "faq_entries", lines(f"{mark},So.,billing,draft,en-ZA"))
    checked(owner, url, **CREATE)
    assert mark in carried_out(owner, url)
    with site.machine.database.transaction() as session:
        old = sa.update(DataImport).where(DataImport.id == stored(site, url).id)
        session.execute(old.values(created_at=sa.func.now() - timedelta(days=8)))
    run_job(site.machine, "core.forget-import-findings")
    page = owner.get(url).text
    assert numbers(page)["new"] == 1
    assert mark not in page
    assert (stored(site, url).file_key, stored(site, url).findings) == (None, None)

"""Reports of the audit log: made with the rights of who asked, fetched by nobody who sees less."""

import csv
import io
import re
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from pypdf import PdfReader

from admin_core.audit.entries import Entry
from admin_core.audit.sealer import Sealer
from admin_core.jobs import run
from schema.artifacts import Artifact
from schema.audit import ActorKind, AuditCategory, AuditEntry
from schema.jobs import Job, JobState
from schema.staff import Role, StaffMember
from tests.journeys.site import Site
from tests.journeys.test_audit_trail import ask
from tests.running import perform_waiting

JOB = "core.audit-report"
REPORTS = ["page:system:*", "page:jobs:read", "core:audit:report"]
ADDRESS, REASON = "196.25.1.99", "Asked by telephone"


@dataclass(frozen=True)
class Office:
    """A site with an entry of a member's, sealed; an auditor who sees keys alone, an examiner who sees everything."""

    site: Site
    action: str
    name: str
    auditor: FlaskClient
    examiner: FlaskClient

    def made(self, client: FlaskClient, form: str) -> Artifact:
        """Return the file of a report that somebody asked for."""
        _, job = ask(client, form=form, action=self.action)
        perform_waiting(self.site.machine, JOB)
        return self.file_of(job)

    def file_of(self, job: str) -> Artifact:
        with self.site.machine.database.sessions() as session:
            return session.scalars(sa.select(Artifact).filter_by(job_id=UUID(job.rpartition("/")[2]))).one()


def hired(site: Site, name: str, permissions: list[str]) -> FlaskClient:
    with site.machine.database.transaction() as session:
        role = Role(name=f"{name} {uuid4().hex}", permissions=permissions)
        words = {"email": f"{uuid4().hex}@demo.example", "fs_uniquifier": uuid4().hex}
        session.add(StaffMember(name=name, roles=[role], **words))
        called = role.name
    return site.client(called)


@pytest.fixture(scope="module")
def office(site: Site, sealer: Sealer) -> Office:
    examiner = hired(site, "Nomsa Dlamini-Botha", [*REPORTS, "pii:*"])
    action = "tests.told-in-reports"
    with site.machine.database.transaction() as session:
        words = {"category": AuditCategory.WRITE, "action": action, "actor_kind": ActorKind.MEMBER}
        site.machine.audit.record(session, Entry(**words, actor_id=site.member(examiner), ip=ADDRESS, reason=REASON))
    sealer.seal_all()
    return Office(site, action, "Nomsa Dlamini-Botha", hired(site, "Otto", REPORTS), examiner)


def fetched(client: FlaskClient, file: Artifact) -> bytes:
    answer = client.get(f"/admin/files/{file.id}")
    assert answer.status_code == 200
    return answer.data


def told_in(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def test_a_report_in_clear_is_fetched_by_nobody_who_sees_less(office: Office) -> None:
    for form in ("csv", "pdf"):
        clear, masked = office.made(office.examiner, form), office.made(office.auditor, form)
        assert office.auditor.get(f"/admin/files/{clear.id}").status_code == 403
        assert fetched(office.examiner, clear)
        assert fetched(office.examiner, masked)
    proofs = office.made(office.examiner, "jsonl")  # it holds nothing of anybody
    assert fetched(office.auditor, proofs)


def test_reasons_and_addresses_are_masked_for_who_may_not_see_them(office: Office) -> None:
    for client, shown in ((office.examiner, (ADDRESS, REASON)), (office.auditor, ("•••", "•••"))):
        text = fetched(client, office.made(client, "csv")).decode()
        (row,) = csv.DictReader(text.splitlines())
        assert (row["ip"], row["reason"]) == shown


def test_a_summary_names_members_to_who_may_see_names(office: Office) -> None:
    named, nameless = (
        told_in(fetched(client, office.made(client, "pdf"))) for client in (office.examiner, office.auditor)
    )
    assert office.name in named
    assert office.name not in nameless
    assert "a colleague" in nameless


def test_a_report_knows_the_rights_of_the_moment_it_is_made(office: Office) -> None:
    client = hired(office.site, "Finn", [*REPORTS, "pii:*"])
    _, job = ask(client, form="csv", action=office.action)
    assign(office.site, client, REPORTS)
    perform_waiting(office.site.machine, JOB)
    assert ADDRESS.encode() not in fetched(client, office.file_of(job))
    _, job = ask(client, form="csv", action=office.action)
    assign(office.site, client, ["page:system:*"])
    perform_waiting(office.site.machine, JOB)
    with office.site.machine.database.sessions() as session:
        refused = session.get_one(Job, UUID(job.rpartition("/")[2]))
    assert (refused.state, "may not take reports" in str(refused.error)) == (JobState.FAILED, True)


def assign(site: Site, client: FlaskClient, permissions: list[str]) -> None:
    with site.machine.database.transaction() as session:
        session.get_one(StaffMember, site.member(client)).roles[0].permissions = permissions


def test_a_report_that_is_taken_up_again_still_says_how_much_it_holds(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, job = ask(office.examiner, form="csv", action=office.action)
    job_id = UUID(job.rpartition("/")[2])
    with monkeypatch.context() as patch:

        def fail(name: str) -> None:
            if name == "step.after_commit":
                raise RuntimeError("The file exists, and then something breaks.")

        patch.setattr(run, "failpoint", fail)
        perform_waiting(office.site.machine, JOB)
    with office.site.machine.database.transaction() as session:
        session.execute(sa.update(Job).where(Job.id == job_id).values(run_at=sa.func.now()))
    assert perform_waiting(office.site.machine, JOB)
    with office.site.machine.database.sessions() as session:
        assert session.get_one(Job, job_id).result == {"summary": "1 entries."}
        taken = sa.select(AuditEntry.row_count).filter_by(action="audit.exported", object_key=str(job_id))
        assert session.scalars(taken).all() == [1]


def test_a_report_of_what_cannot_be_read_is_none_of_everything(office: Office) -> None:
    _, job = ask(office.examiner, form="csv", action=office.action)
    job_id = UUID(job.rpartition("/")[2])
    with office.site.machine.database.transaction() as session:
        session.execute(sa.update(Job).where(Job.id == job_id).values(args={"form": "csv", "since": "soon"}))
    perform_waiting(office.site.machine, JOB)
    with office.site.machine.database.sessions() as session:
        failed = session.get_one(Job, job_id)
    assert failed.state is JobState.FAILED
    assert re.search("can't be read: since", str(failed.error))

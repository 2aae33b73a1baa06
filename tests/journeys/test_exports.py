"""A list taken out as a file: what it shows, masked as it shows it, and on record."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from uuid import UUID

import openpyxl
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from admin_core.artifacts.places import places
from admin_core.exports import pages
from admin_core.generator.context import Context
from admin_core.generator.urls import list_url
from admin_core.jobs.perform import Runner
from schema.access_log import AccessEntry, AccessKind
from schema.artifacts import Artifact
from schema.customers import Customer
from schema.jobs import Job, JobState
from schema.reports import DataExport, ReportRunState
from schema.staff import Role, StaffMember
from tests.journeys.site import Site, token_in

URL = "/admin/data/customers/export"
BUDGET = 12


def taken(client: FlaskClient, **fields: str) -> list[dict[str, str]]:
    """Return the records of a CSV."""
    answer = client.post(
        URL, data={"csrf_token": token_in(client.get("/admin/palette").text), "format": "csv", **fields}
    )
    assert answer.status_code == 200, answer.text[-800:]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="customers.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def looks(site: Site) -> list[AccessEntry]:
    with site.machine.database.sessions() as session:
        return list(session.scalars(sa.select(AccessEntry).where(AccessEntry.kind == AccessKind.EXPORT)))


def test_the_whole_list_is_taken_out_and_it_is_on_record(site: Site, owner: FlaskClient) -> None:
    before = len(looks(site))
    assert 'value="excel">CSV for Excel' in owner.get(list_url("customers")).text
    rows = taken(owner)
    with site.machine.database.sessions() as session:
        stored = {str(c.id): c for c in session.scalars(sa.select(Customer))}
        export = session.scalars(sa.select(DataExport).order_by(DataExport.created_at.desc()).limit(1)).one()
    assert {row["ID"] for row in rows} == stored.keys()
    for row in rows:
        assert row["E-mail"] == stored[row["ID"]].email
    assert (export.state, export.row_count, export.file_format) == (ReportRunState.DONE, len(stored), "csv")
    (look,) = looks(site)[before:]
    assert (look.model_key, look.row_count) == ("customers", len(stored))
    assert "email" in look.field_names


def test_filters_words_and_order_are_kept(site: Site, owner: FlaskClient) -> None:
    everybody = taken(owner)
    some = taken(owner, **{"f.product_line.eq": "b2b"})
    assert 0 < len(some) < len(everybody)
    times = Counter(row["E-mail"] for row in everybody)
    mail = next(row["E-mail"] for row in everybody if row["E-mail"] and times[row["E-mail"]] == 1)
    token = token_in(owner.get("/admin/palette").text)
    asked = {"words": mail, "csrf_token": token}
    page = owner.post("/admin/data/customers/search", data=asked)
    token = str(page.location).partition("v=")[2]
    assert [row["E-mail"] for row in taken(owner, v=token)] == [mail]
    newest = [row["ID"] for row in taken(owner, sort="-signup_at")]
    assert newest == [row["ID"] for row in taken(owner, sort="signup_at")][::-1]


def test_masked_stays_masked(site: Site) -> None:
    with site.machine.database.transaction() as session:
        role = Role(name="Exporter", permissions=["data:customers:*", "page:*:read"])
        session.add(StaffMember(name="Xola", email="xola@demo.example", fs_uniquifier="xola", roles=[role]))
        emails = set(session.scalars(sa.select(Customer.email)))
    before = len(looks(site))
    rows = taken(site.client("Exporter"))
    assert {row["E-mail"] for row in rows} == {"•••"}
    assert not any(email in str(rows) for email in emails)
    assert len(looks(site)) == before  # nothing personal was read


def test_support_and_viewer_may_not(site: Site, support: FlaskClient, viewer: FlaskClient) -> None:
    for client in (support, viewer):
        assert "/customers/export" not in client.get(list_url("customers")).text
        token = token_in(client.get("/admin/palette").text)
        assert client.post(URL, data={"csrf_token": token, "format": "csv"}).status_code == 403


@pytest.mark.parametrize(
    "fields", [{"format": "exe"}, {"format": "csv", "f.nope.eq": "1"}, {"format": "csv", "v": "x" * 30}]
)
def test_what_is_not_understood_is_a_sentence(owner: FlaskClient, fields: dict[str, str]) -> None:
    token = token_in(owner.get("/admin/palette").text)
    assert owner.post(URL, data={"csrf_token": token, **fields}).status_code in {400, 404}


def test_json_lines_and_excel(owner: FlaskClient) -> None:
    token = token_in(owner.get("/admin/palette").text)
    lines = owner.post(URL, data={"csrf_token": token, "format": "jsonl"}).text.splitlines()
    assert all(json.loads(line)["ID"] for line in lines)
    content = owner.post(URL, data={"csrf_token": token, "format": "excel"}).data
    assert content.startswith(b"\xef\xbb\xbf")
    assert b";" in content.splitlines()[0]


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "AT_ONCE", 10)


def asked(site: Site) -> UUID:
    """Return the export that was asked for last."""
    with site.machine.database.sessions() as session:
        exports = sa.select(Job.id).where(Job.name == "core.export-list", Job.state == JobState.WAITING)
        return session.scalars(exports.order_by(Job.created_at.desc(), Job.id.desc()).limit(1)).one()


@pytest.mark.usefixtures("short")
def test_a_long_list_is_made_by_a_worker_with_the_rights_of_who_asked(site: Site, owner: FlaskClient) -> None:
    token = token_in(owner.get("/admin/palette").text)
    before = len(looks(site))
    answer = owner.post(URL, data={"csrf_token": token, "format": "csv", "sort": "-signup_at"})
    assert answer.location == "/admin/jobs"
    found = asked(site)
    assert Runner(site.machine).perform(found)
    with site.machine.database.sessions() as session:
        job = session.get_one(Job, found)
        assert job.state is JobState.DONE
        assert "@" not in str(job.args)
        export = session.scalars(sa.select(DataExport).where(DataExport.job_id == job.id)).one()
        made = session.get_one(Artifact, export.artifact_id)
        assert (export.state, export.row_count) == (ReportRunState.DONE, len(file_of(site, made)))
        ids = [
            str(each)
            for each in session.scalars(sa.select(Customer.id).order_by(Customer.signup_at.desc(), Customer.id.desc()))
        ]
    assert [row["ID"] for row in file_of(site, made)] == ids
    (look,) = looks(site)[before:]
    assert look.row_count == len(ids)
    assert made.name in owner.get("/admin/jobs").text


def file_of(site: Site, made: Artifact) -> list[dict[str, str]]:
    with closing(places(site.machine.settings)[made.storage].open(made.location)) as content:
        text = b"".join(content).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.usefixtures("short")
def test_who_lost_the_right_gets_no_file(site: Site) -> None:
    with site.machine.database.transaction() as session:
        role = Role(name="Leaver", permissions=["data:customers:*"])
        session.add(StaffMember(name="Lwazi", email="lwazi@demo.example", fs_uniquifier="lwazi", roles=[role]))
    client = site.client("Leaver")
    token = token_in(client.get(list_url("customers")).text)
    assert client.post(URL, data={"csrf_token": token, "format": "csv"}).location == "/admin/jobs"
    with site.machine.database.transaction() as session:
        session.scalars(sa.select(Role).where(Role.name == "Leaver")).one().permissions = ["data:customers:read"]
    found = asked(site)
    Runner(site.machine).perform(found)
    with site.machine.database.sessions() as session:
        job = session.get_one(Job, found)
        assert job.state is JobState.FAILED
        export = session.scalars(sa.select(DataExport).where(DataExport.job_id == found)).one()
        assert (export.state, export.artifact_id) == (ReportRunState.FAILED, None)


def test_an_export_stays_in_its_budget(site: Site, owner: FlaskClient) -> None:
    taken(owner)
    with site.counted() as statements:
        taken(owner)
    assert len(statements) <= BUDGET, statements


def test_names_of_referenced_people_are_on_record(site: Site, owner: FlaskClient) -> None:
    token = token_in(owner.get("/admin/palette").text)
    answer = owner.post("/admin/data/customer_notes/export", data={"csrf_token": token, "format": "csv"})
    assert "Customer: name" in answer.text.splitlines()[0]
    with site.machine.database.sessions() as session:
        newest = sa.select(AccessEntry).where(AccessEntry.kind == AccessKind.EXPORT).order_by(AccessEntry.id.desc())
        look = session.scalars(newest.limit(1)).one()
    assert look.model_key == "customer_notes"
    assert any(name.startswith("author_id.") for name in look.field_names)


def test_what_takes_too_long_for_a_page_becomes_a_job(owner: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(ctx: Context, _export: object) -> Iterator[list[object]]:
        ctx.session.connection().exec_driver_sql("SET LOCAL statement_timeout = 10")
        ctx.session.connection().exec_driver_sql("SELECT pg_sleep(1)")
        yield []

    monkeypatch.setattr(pages, "batches", slow)
    token = token_in(owner.get("/admin/palette").text)
    assert owner.post(URL, data={"csrf_token": token, "format": "csv"}).location == "/admin/jobs"


def test_a_workbook_at_once_and_by_a_worker(site: Site, owner: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    token = token_in(owner.get("/admin/palette").text)
    answer = owner.post(URL, data={"csrf_token": token, "format": "xlsx", "sort": "-signup_at"})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="customers.xlsx"'
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data), read_only=True).worksheets[0].values)
    assert rows[0][0] == "ID"
    assert isinstance(rows[1][rows[0].index("Signup")], datetime)
    monkeypatch.setattr(pages, "AT_ONCE", 10)
    assert owner.post(URL, data={"csrf_token": token, "format": "xlsx", "sort": "-signup_at"}).location == "/admin/jobs"
    assert Runner(site.machine).perform(asked(site))
    with site.machine.database.sessions() as session:
        newest = sa.select(Artifact).where(Artifact.name == "customers.xlsx").order_by(Artifact.created_at.desc())
        made = session.scalars(newest.limit(1)).one()
    with closing(places(site.machine.settings)[made.storage].open(made.location)) as content:
        again = openpyxl.load_workbook(io.BytesIO(b"".join(content)), read_only=True)
    assert list(again.worksheets[0].values) == rows

"""A mapping that takes files, in force on a site whose own database answers its expressions."""

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from admin_core.changes.acting import by_somebody
from admin_core.sources.declared import declare
from admin_core.sources.mapping import read_source
from tests.journeys.site import Site, token_in

MAPPING = """
[[mapping]]
name = "leads"
from = "csv"
to = "customers"
key = "t.number"
types = { joined = "date" }

[mapping.columns]
product_line = { value = "b2b" }
company_name = "t.company"
email = "lower(t.e_mail_address)"
status = { sql = "t.state", values = { lead = "trial" } }
signup_at = "t.joined"
"""
GOOD = "Number;Company;E-mail address;State;Joined;Remarks\n1;Acme;HR@acme.example;Lead;2026-03-02;x\n"


@contextmanager
def leads(site: Site) -> Iterator[UUID]:
    """Let the mapping be in force; yield its id."""
    before = site.machine
    path = Path(tempfile.mkdtemp(prefix="admin-source-")) / "source.toml"
    path.write_text(MAPPING, "utf-8")
    site.app.extensions["admin_core"] = replace(before, settings=replace(before.settings, source_file=str(path)))
    with by_somebody(), before.database.transaction() as session:
        mapping_id = declare(session, read_source(str(path)))["leads"]
    try:
        yield mapping_id
    finally:
        site.app.extensions["admin_core"] = before


def url_of(mapping_id: UUID) -> str:
    return f"/admin/system/sources/{mapping_id}/file"


def upload(client: FlaskClient, mapping_id: UUID, data: bytes, site: Site | None = None) -> TestResponse:
    """Upload a file; what a site notes of statements is of this one request."""
    form = {"csrf_token": token_in(client.get("/admin/palette").text), "file": (io.BytesIO(data), "leads.csv")}
    if site:
        site.statements.clear()
    return client.post(url_of(mapping_id), data=form, content_type="multipart/form-data")


def take(client: FlaskClient, page: str) -> TestResponse:
    return client.post(page, data={"csrf_token": token_in(client.get("/admin/palette").text)})

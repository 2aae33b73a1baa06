"""Imports as deeds: uploaded and tried out by the owner, for whoever does the deed."""

import io
from uuid import UUID

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from schema.imports import DataImport
from tests.journeys.deed_world import Deed, World
from tests.journeys.site import token_in

FAQS = "/admin/data/faq_entries"


def upload_file(world: World, client: FlaskClient) -> TestResponse:
    """Upload a file of one question."""
    form = {
        "csrf_token": token_in(client.get("/admin/palette").text),
        "file": (io.BytesIO(b"Question,Answer,Category\nHow?,So.,billing"), "faq.csv"),
    }
    world.site.statements.clear()
    return client.post(f"{FAQS}/import", data=form, content_type="multipart/form-data")


def uploaded_import(world: World, *, is_checked: bool) -> str:
    """Return the page of an import that belongs to whoever does the deed."""
    url = str(upload_file(world, world.owner).location)
    if is_checked:
        world.post(f"{url}/check", fields=READING)
    if world.by is not None:
        own = sa.update(DataImport).where(DataImport.id == UUID(url.rsplit("/", 1)[1]))
        member_id = world.site.member(world.by)
        world.add(lambda session: session.execute(own.values(member_id=member_id)))
    return url


READING = [
    ("column-0", "question"), ("column-1", "answer"), ("column-2", "category"), ("mode", "create"), ("empty", "leave"),
    ("identity", ""),
]  # fmt: skip


MAY = "data:faq_entries:import"
IMPORT_DEEDS: dict[str, Deed] = {
    "imports.check": Deed(
        lambda w: w.deed(f"{uploaded_import(w, is_checked=False)}/check", fields=READING),
        "faq_entries.import-checked",
        MAY,
    ),
    "imports.run": Deed(lambda w: w.deed(f"{uploaded_import(w, is_checked=True)}/run"), "faq_entries.imported", MAY),
    "imports.upload": Deed(lambda w: upload_file(w, w.doer), "faq_entries.import-uploaded", MAY),
}

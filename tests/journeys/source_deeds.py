"""Rows that programs send, and files for a mapping, as deeds."""

from uuid import UUID, uuid4

from sqlalchemy import update
from werkzeug.test import TestResponse

from admin_core.sources.row_actions import LOAD_FILES
from schema.artifacts import Artifact
from tests.journeys.api.programs import program
from tests.journeys.deed_world import Deed, World
from tests.journeys.source_files import GOOD, leads, take, upload

WHEN = "2026-03-02T08:00:00Z"
ROWS: dict[str, dict[str, object]] = {
    "customers": {"product_line": "b2b", "company_name": "Ada Ltd", "email": "ada@example.test", "status": "trial",
                  "signup_at": WHEN},
    "people": {"customer": "nobody"},
    "decisions": {"customer": "nobody"},
    "events": {"name": "signed_in", "occurred_at": WHEN},
}  # fmt: skip


def sent(noun: str) -> Deed:
    """Return the deed of sending rows of a kind; what is refused has its entry, too."""

    def send(world: World) -> TestResponse:
        row = {"external_id": uuid4().hex, **ROWS[noun]}
        return program(world.site, f"{noun}:write").post(f"/{noun}", {"rows": [row]})

    return Deed(send, f"api.post-{noun}")


def file_sent(world: World) -> TestResponse:
    """Upload a file for a mapping."""
    with leads(world.site) as mapping_id:
        return upload(world.doer, mapping_id, GOOD.encode(), world.site)


def file_taken(world: World) -> TestResponse:
    """Have the rows of an uploaded file taken."""
    with leads(world.site) as mapping_id:
        page = str(upload(world.owner, mapping_id, GOOD.encode()).location)
        own = update(Artifact).where(Artifact.id == UUID(page.rsplit("/", 1)[1]))
        world.add(lambda session: session.execute(own.values(owner_id=world.site.member(world.doer))))
        world.site.statements.clear()
        return take(world.doer, page)


FILE_DEEDS = {
    "sources.upload": Deed(file_sent, "source_mappings.file-uploaded", LOAD_FILES),
    "sources.run": Deed(file_taken, "source_mappings.file-loaded", LOAD_FILES),
}
SOURCE_DEEDS = {f"api.{noun}": sent(noun) for noun in ROWS}

"""Rows that programs send, as deeds."""

from uuid import uuid4

from werkzeug.test import TestResponse

from tests.journeys.api.programs import program
from tests.journeys.deed_world import Deed, World

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


SOURCE_DEEDS = {f"api.{noun}": sent(noun) for noun in ROWS}

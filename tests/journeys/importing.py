"""What tests of imports do on the pages, and what they read there."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from schema.content import FaqEntry
from schema.imports import DataImport
from schema.staff import Role, StaffMember
from tests.journeys.site import Site, token_in

HEAD = "Question,Answer,Category,State,Locale"
COLUMNS = {
    "column-0": "question",
    "column-1": "answer",
    "column-2": "category",
    "column-3": "state",
    "column-4": "locale",
}
CREATE = {**COLUMNS, "mode": "create", "empty": "leave", "identity": ""}
BUDGET = 45


def lines(*rows: str, head: str = HEAD) -> bytes:
    return "\n".join([head, *rows]).encode()


def token(client: FlaskClient) -> str:
    return token_in(client.get("/admin/palette").text)


def upload(client: FlaskClient, key: str, data: bytes, name: str = "x.csv") -> TestResponse:
    form = {"csrf_token": token(client), "file": (io.BytesIO(data), name)}
    return client.post(f"/admin/data/{key}/import", data=form, content_type="multipart/form-data")


def uploaded(client: FlaskClient, key: str, data: bytes) -> str:
    answer = upload(client, key, data)
    assert answer.status_code == 303, re.findall(r"field-error[^>]*>.*", answer.text)
    return str(answer.location)


def checked(client: FlaskClient, url: str, **form: str) -> str:
    """Try an upload out and return its page."""
    answer = client.post(f"{url}/check", data={"csrf_token": token(client), **form})
    assert answer.status_code == 303, answer.text[-3000:]
    return client.get(url).text


def carried_out(client: FlaskClient, url: str) -> str:
    answer = client.post(f"{url}/run", data={"csrf_token": token(client)})
    assert (answer.status_code, answer.location) == (303, url), answer.text[-3000:]
    return client.get(url).text


def numbers(page: str) -> dict[str, int]:
    """Return the counts of a page."""
    found = re.findall(r"<dt>(New|Changed|Unchanged|Refused)</dt><dd>([^<]*)</dd>", page)
    return {word.lower(): int(re.sub(r"\D", "", text)) for word, text in found}


def proposed(page: str) -> dict[str, str]:
    """Return what a mapping page proposes."""
    selects = re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL)
    return {name: next(iter(re.findall(r'value="([^"]*)" selected', body)), "") for name, body in selects}


def said(page: str) -> list[str]:
    """Return what a page says is wrong."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return re.findall(r"<td>([^<]+\.)</td>|<li>(.*?)</li>|<p class=.field-error[^>]*>(.*?)</p>", main)


def stored(site: Site, url: str) -> DataImport:
    with site.machine.database.sessions() as session:
        return session.get_one(DataImport, UUID(url.rsplit("/", 1)[1]))


def questions(site: Site, mark: str) -> dict[str, FaqEntry]:
    with site.machine.database.sessions() as session:
        found = session.scalars(sa.select(FaqEntry).where(FaqEntry.question.contains(mark)))
        return {entry.question: entry for entry in found}


@contextmanager
def somebody(site: Site, *permissions: str) -> Iterator[FlaskClient]:
    """Yield the browser of a new member with a role of these permissions."""
    name = f"Role {uuid4().hex[:8]}"
    with site.machine.database.transaction() as session:
        role = Role(name=name, permissions=list(permissions))
        email = f"{uuid4().hex}@example.com"
        session.add(StaffMember(name="Xola", email=email, fs_uniquifier=uuid4().hex, roles=[role]))
    yield site.client(name)

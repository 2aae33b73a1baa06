"""The steps of somebody who does something to many rows, as a browser takes them."""

import html
import re
from uuid import UUID, uuid4

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from schema.bulk import BulkRun
from schema.content import FaqEntry
from tests.journeys.site import Site, token_in

FAQS = "/admin/data/faq_entries"
HIDDEN = re.compile(r'<input type="hidden" name="(once|seen)" value="([^"]*)"')


def entries(site: Site, count: int) -> str:
    category = f"c-{uuid4().hex[:12]}"
    with site.machine.database.transaction() as session:
        session.add_all(
            FaqEntry(question=f"How {n}?", answer="So.", category=category, position=n) for n in range(count)
        )
    return category


def rows(site: Site, category: str) -> list[FaqEntry]:
    with site.machine.database.sessions() as session:
        return list(session.scalars(sa.select(FaqEntry).where(FaqEntry.category == category).order_by(FaqEntry.id)))


def send(client: FlaskClient, url: str, *pairs: tuple[str, str]) -> TestResponse:
    token = token_in(client.get("/admin/palette").text)
    return client.post(url, data=MultiDict([("csrf_token", token), *pairs]))


def choose(client: FlaskClient, category: str, *more: tuple[str, str]) -> str:
    """Select all entries of a category and return the selection's address."""
    answer = send(
        client, f"{FAQS}/select", ("scope", "page"), ("scope", "matching"), ("f.category.eq", category), *more
    )
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def tried(client: FlaskClient, url: str, *typed: tuple[str, str]) -> tuple[str, list[tuple[str, str]]]:
    """Show what would happen; return the page and what its form carries."""
    answer = send(client, url, ("step", "preview"), *typed)
    assert answer.status_code == 200, answer.text
    return answer.text, [(name, html.unescape(value)) for name, value in HIDDEN.findall(answer.text)]


def do(client: FlaskClient, url: str, *typed: tuple[str, str]) -> TestResponse:
    _, carried = tried(client, url, *typed)
    return send(client, url, ("step", "do"), *carried, *typed)


def set_to(key: str, value: str) -> tuple[tuple[str, str], ...]:
    return (f"do-{key}", "set"), (f"c-{key}", value)


def run_behind(site: Site, answer: TestResponse) -> BulkRun:
    with site.machine.database.sessions() as session:
        return session.get_one(BulkRun, UUID(answer.location.rpartition("/")[2]))

"""What deeds on routes are done with: an Owner's browser, and records made beforehand."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from admin_core.jobs.enqueue import enqueue
from schema.content import FaqEntry
from tests.journeys.site import Site, token_in

MINIMAL = {"question": "How?", "answer": "So.", "category": "general"}
FIELD = re.compile(r'<input[^>]*name="(version|once|c-[a-z_]+)"[^>]*value="([^"]*)"')


@dataclass
class World:
    """What the deeds are done with."""

    site: Site
    owner: FlaskClient
    by: FlaskClient | None = None
    """Who does the deed; the owner when nobody is named. What it needs beforehand is made by the owner."""

    @property
    def doer(self) -> FlaskClient:
        return self.by or self.owner

    def add(self, make: Callable[[Session], Any]) -> Any:
        """Make something beforehand; return what ``make`` does."""
        with self.site.machine.database.transaction() as session:
            made = make(session)
            session.flush()
            return made

    def faq(self) -> UUID:
        def make(session: Session) -> UUID:
            row = FaqEntry(**MINIMAL)
            session.add(row)
            session.flush()
            return row.id

        return UUID(str(self.add(make)))

    def job(self) -> UUID:
        slug = "core.expire-files"
        return UUID(str(self.add(lambda session: enqueue(session, self.site.machine.jobs[slug]))))

    def post(self, url: str, page: str = "", fields: list[tuple[str, str]] | None = None) -> TestResponse:
        """Send the form of a page with these fields changed, as the owner does."""
        answer = self.send(self.owner, url, page, fields or [])
        assert answer.status_code in {200, 204, 302, 303}, (url, answer.status_code)
        return answer

    def deed(self, url: str, page: str = "", fields: list[tuple[str, str]] | None = None) -> TestResponse:
        """Send it as who does the deed: with a token of their own, and all the owner's form carries."""
        if self.by is None:
            return self.post(url, page, fields)
        return self.send(self.by, url, page, fields or [])

    def send(self, client: FlaskClient, url: str, page: str, fields: list[tuple[str, str]]) -> TestResponse:
        text = self.owner.get(page).text if page else ""
        known = [pair for pair in FIELD.findall(text) if pair[0] not in dict(fields)]
        data = MultiDict([*known, *fields, ("csrf_token", token_in(client.get("/admin/palette").text))])
        self.site.statements.clear()  # what stands there afterwards is of this one request
        return client.post(url, data=data)


@dataclass(frozen=True)
class Deed:
    """Something done on a route."""

    do: Callable[[World], TestResponse]
    action: str
    """What the audit log calls it."""
    needs: str = ""
    """The permission without which it is refused; empty: everybody may, for themselves."""

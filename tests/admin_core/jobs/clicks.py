"""Somebody who clicks "Run now" in the web, again and again, while the web is killed under them."""

from dataclasses import dataclass, field
from http.client import HTTPException
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, OpenerDirector, Request, build_opener
from uuid import uuid4

from admin_core.access import sign_in_link
from tests.admin_core.jobs.world import World, until
from tests.journeys.site import token_in

RUN = "/admin/system/jobs/schedule/test.every-minute/run"


class Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Follow nothing: 303 is the answer that says it was committed."""


@dataclass
class Clicks:
    """A person at a browser; ``jobs`` counts the clicks that were answered with "done"."""

    url: str
    browser: OpenerDirector = field(default_factory=lambda: build_opener(HTTPCookieProcessor(CookieJar()), Stay()))
    token: str = ""
    jobs: int = 0
    repeated: int = 0

    @classmethod
    def signed_in(cls, world: World, url: str) -> "Clicks":
        with world.database.transaction() as session:
            link = sign_in_link(session, "Owner")
        clicks = cls(url)
        page = until(lambda: clicks.ask(link), timeout_s=60)
        assert until(lambda: clicks.ask(link, {"csrf_token": token_in(page)})) == "done"
        clicks.token = token_in(until(lambda: clicks.ask("/admin/palette")))
        return clicks

    def click(self) -> None:
        """Click once; when no answer comes, send the same form again, as people do."""
        form = {"csrf_token": self.token, "once": str(uuid4())}
        tries = 0

        def answered() -> bool:
            nonlocal tries
            tries += 1
            return self.ask(RUN, form) == "done"

        until(answered, timeout_s=60)
        self.jobs += 1
        self.repeated += tries - 1

    def ask(self, path: str, form: dict[str, str] | None = None) -> str:
        """Return the page, or the status of an answer that is none; empty when the web died over it."""
        data = urlencode(form).encode() if form else None
        try:
            with self.browser.open(Request(self.url + path, data), timeout=10) as answer:
                return str(answer.read().decode())
        except HTTPError as answer:
            with answer:
                return answered_with(answer)
        except (OSError, HTTPException):
            return ""


def answered_with(answer: HTTPError) -> str:
    """Return ``done`` for a redirect, nothing while the database is away; anything else is a finding."""
    assert answer.code in {302, 303, 503}, (answer.code, answer.read()[-2000:])
    return "" if answer.code == 503 else "done"

"""Keys as the tests of the API make them, and a program that calls with one."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from admin_core.api.keys import NewKey, new_key
from admin_core.api.serving import EXTENSION, Api
from schema.api import ApiKey
from tests.journeys.site import Site

ROOT = "/api/v1"
SCOPES = (
    "feedback:read",
    "feedback:write",
    "announcements:read",
    "accounts:read",
    "promotions:read",
    "promotions:redeem",
    "credits:read",
    "credits:consume",
    "sign_ins:write",
)
SENT = (
    "customers:write",
    "people:write",
    "decisions:write",
    "events:write",
    "impersonations:take",
    "impersonations:read",
)
"""Of operations that take rows."""
ORIGIN = "https://app.hireinbox.example"
BROWSER: dict[str, Any] = {"browser": True, "allowed_origins": [ORIGIN]}


def api_of(site: Site) -> Api:
    found: Api = site.app.extensions[EXTENSION]
    return found


def make_key(site: Site, *scopes: str, **values: Any) -> NewKey:
    """Return a new key that the database knows."""
    made = new_key(browser=bool(values.get("browser")))
    row = {"name": "Customer app", "prefix": made.prefix, "key_hash": made.digest, "scopes": list(scopes), **values}
    with site.machine.database.transaction() as session:
        session.add(ApiKey(**row))
    return made


def change_key(site: Site, key: NewKey, **values: Any) -> None:
    """Change a key, and let this process notice at once."""
    with site.machine.database.transaction() as session:
        session.execute(update(ApiKey).where(ApiKey.prefix == key.prefix).values(**values))
    api_of(site).keys.forget()


@dataclass
class Program:
    """A client with a key and no cookie."""

    client: FlaskClient
    key: NewKey
    headers: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, **words: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.key.text}", **self.headers, **words.pop("headers", {})}
        return self.client.open(ROOT + path, method=method, headers=headers, buffered=True, **words)

    def get(self, path: str, **words: Any) -> TestResponse:
        return self.call("GET", path, **words)

    def post(self, path: str, json: Any, repeat: str = "", **words: Any) -> TestResponse:
        headers = {**({"Idempotency-Key": repeat} if repeat else {}), **words.pop("headers", {})}
        return self.call("POST", path, json=json, headers=headers, **words)


def program(site: Site, *scopes: str, **values: Any) -> Program:
    """Return a program with a new key of these scopes."""
    return Program(site.app.test_client(use_cookies=False), make_key(site, *scopes, **values))


def ago(**span: float) -> datetime:
    return datetime.now(UTC) - timedelta(**span)


def refused(answer: TestResponse, status: int, kind: str) -> dict[str, Any]:
    """Return the problem, having checked that it is a whole one."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    problem: dict[str, Any] = answer.json or {}
    assert set(problem) - {"errors"} == {"type", "title", "status", "detail", "instance"}
    assert problem["type"] == f"urn:problem-type:{kind}"
    assert problem["status"] == status
    assert problem["instance"] == f"urn:request:{answer.headers['X-Request-Id']}"
    assert problem["detail"].endswith((".", "…"))
    return problem

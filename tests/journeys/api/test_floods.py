"""Programs that are turned away again and again: few entries, each with the key it was, and nobody else is held up."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa

from schema.api import ApiKey
from schema.audit import ActorKind, AuditEntry
from tests.journeys.api.programs import BROWSER, ORIGIN, Program, ago, program
from tests.journeys.site import Site

ELSEWHERE = {"environ_base": {"REMOTE_ADDR": "203.0.113.61"}}
Caller = Callable[[Site], Program]


def told(site: Site, since: datetime) -> list[AuditEntry]:
    with site.machine.database.sessions() as session:
        mine = sa.select(AuditEntry).filter_by(action="api.refused").where(AuditEntry.occurred_at >= since)
        return list(session.scalars(mine.order_by(AuditEntry.id)))


def key_of(site: Site, caller: Program) -> ApiKey:
    with site.machine.database.sessions() as session:
        return session.scalars(sa.select(ApiKey).filter_by(prefix=caller.key.prefix)).one()


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda site: program(site, allowed_networks=["10.0.0.0/8"]), "network-not-allowed"),
        (lambda site: program(site, expires_at=ago(days=1)), "key-over"),
        (lambda site: program(site, revoked_at=ago(days=1)), "key-over"),
        (lambda site: program(site, **BROWSER), "origin-not-allowed"),
    ],
)
def test_a_flood_with_one_key_is_one_entry_that_names_it(site: Site, make: Caller, kind: str) -> None:
    caller, began = make(site), ago()
    for _ in range(5):
        assert caller.get("/key", **ELSEWHERE).status_code in {401, 403}
    (entry,) = told(site, began)
    key = key_of(site, caller)
    assert (entry.object_type, entry.actor_kind, entry.actor_key) == (kind, ActorKind.API_KEY, str(key.id))
    assert key.last_used_at is None  # it was shown, not used


def test_other_keys_reasons_and_places_are_entries_of_their_own(site: Site) -> None:
    first, second = (program(site, allowed_networks=["10.0.0.0/8"]) for _ in range(2))
    began, nobody = ago(), f"Bearer hia_{uuid4().hex}"
    for caller in (first, second, first):
        caller.get("/key", **ELSEWHERE)
    first.get("/key", environ_base={"REMOTE_ADDR": "203.0.113.62"})
    first.get("/key", headers={"Authorization": nobody}, **ELSEWHERE)
    assert len(told(site, began)) == 4


def test_neighbours_on_one_line_of_a_provider_are_one(site: Site) -> None:
    caller, began = program(site, allowed_networks=["10.0.0.0/8"]), ago()
    for number in range(5):
        caller.get("/key", environ_base={"REMOTE_ADDR": f"2001:db8:5:6::{number}"})
    assert len(told(site, began)) == 1


def test_a_page_of_another_origin_is_told_as_before(site: Site) -> None:
    caller = program(site, **BROWSER)
    answer = caller.get("/key", headers={"Origin": "https://evil.example"})
    assert (answer.status_code, answer.headers.get("Access-Control-Allow-Origin")) == (403, None)
    assert caller.get("/key", headers={"Origin": ORIGIN}).status_code == 200

"""Whatever is done on an address that takes a form, by a program or by a job leaves an entry, or says why not.

A new route fails here until it stands in one of the tables of ``deeds``.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from admin_core.jobs.enqueue import enqueue
from admin_core.jobs.perform import Runner
from admin_core.policy import Refused
from schema.audit import ActorKind, AuditEntry, AuditOutcome
from schema.jobs import Job
from tests.journeys.api.programs import program
from tests.journeys.deeds import DEEDS, EXEMPT, FAQS, World
from tests.journeys.program_deeds import PROGRAM_DEEDS
from tests.journeys.site import Site, own_site, token_in
from tests.journeys.source_deeds import SOURCE_DEEDS


@pytest.fixture(scope="module")
def world(server_url: str) -> Iterator[World]:
    with own_site(server_url, "complete") as site:
        yield World(site, site.client("Owner"))


def entries(site: Site, since: datetime, **words: object) -> list[AuditEntry]:
    with site.machine.database.sessions() as session:
        found = sa.select(AuditEntry).where(AuditEntry.occurred_at >= since).filter_by(**words)
        return list(session.scalars(found))


def test_every_route_that_takes_a_form_is_known(world: World) -> None:
    posts = {rule.endpoint for rule in world.site.app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    done = {name.partition(" ")[0] for name in DEEDS}
    assert posts - done - EXEMPT.keys() == set(), "write its deed here, or say why it needs no entry"
    assert (done | EXEMPT.keys()) - posts == set(), "these are gone"
    assert done & EXEMPT.keys() == set()


@pytest.mark.parametrize("route", [route for route, why in EXEMPT.items() if isinstance(why, tuple)])
def test_the_entry_is_looked_for_where_it_is_said_to_be(route: str) -> None:
    file, action = EXEMPT[route]
    assert f'"{action}"' in (Path(__file__).parents[2] / file).read_text()


@pytest.mark.parametrize("route", DEEDS)
def test_what_is_done_on_a_route_stands_in_the_log(world: World, route: str) -> None:
    deed, began = DEEDS[route], datetime.now(UTC)
    deed.do(world)
    found = entries(world.site, began, action=deed.action)
    assert len(found) == 1, [each.action for each in entries(world.site, began)]
    (entry,) = found
    assert entry.request_id
    assert (str(entry.ip), entry.outcome) == ("127.0.0.1", AuditOutcome.OK)
    programs = dict.fromkeys(("api.feedback", *PROGRAM_DEEDS, *SOURCE_DEEDS), ActorKind.API_KEY)
    kinds = {**programs, "unsubscribe.page": ActorKind.PUBLIC}
    assert entry.actor_kind is kinds.get(route, ActorKind.MEMBER)
    assert (entry.actor_id is not None) == (entry.actor_kind is ActorKind.MEMBER)
    assert (entry.actor_key is not None) == (entry.actor_kind is ActorKind.API_KEY)


def test_a_write_whose_entry_cannot_be_made_does_not_happen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("The log cannot be written.")

    monkeypatch.setattr("admin_core.audit.recording.AuditLog.record", fails)
    name = uuid4().hex
    token = token_in(world.owner.get("/admin/palette").text)
    assert world.owner.post(f"{FAQS}/views", data={"csrf_token": token, "name": name}).status_code == 500
    with world.site.machine.database.sessions() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM admin.saved_views WHERE name = :n"), {"n": name}) == 0


@pytest.mark.parametrize(
    ("header", "scopes", "path", "kind", "missing"),
    [
        ("Bearer hia_nobody", (), "/feedback", ActorKind.PUBLIC, "key-unknown"),
        ("", (), "/feedback", ActorKind.PUBLIC, "key-missing"),
        (None, ("announcements:read",), "/feedback", ActorKind.API_KEY, "scope-missing"),
    ],
)
def test_a_program_that_is_turned_away_stands_in_the_log(
    world: World, header: str | None, scopes: tuple[str, ...], path: str, kind: ActorKind, missing: str
) -> None:
    began, caller = datetime.now(UTC), program(world.site, *scopes)
    caller.get(path, headers={} if header is None else {"Authorization": header})
    (entry,) = entries(world.site, began, action="api.refused")
    assert (entry.actor_kind, entry.object_type, entry.outcome) == (kind, missing, AuditOutcome.REFUSED)


def test_a_refusal_of_the_policy_to_a_key_stands_in_the_log(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise Refused("This key may not.", "data:ai_decisions:read")

    monkeypatch.setattr("admin_core.api.performing.done", refuse)
    began = datetime.now(UTC)
    assert program(world.site, "feedback:read").get("/feedback").status_code == 403
    (entry,) = entries(world.site, began, action="permission.refused")
    assert (entry.actor_kind, entry.object_type) == (ActorKind.API_KEY, "data:ai_decisions:read")


@pytest.mark.parametrize(("routine", "fails", "action"), [
    (False, False, "jobs.finished"), (True, False, None), (False, True, "jobs.failed"), (True, True, "jobs.failed"),
])  # fmt: skip
def test_a_run_of_a_job_stands_in_the_log(
    world: World, monkeypatch: pytest.MonkeyPatch, *, routine: bool, fails: bool, action: str | None
) -> None:
    parts, began = world.site.machine, datetime.now(UTC)
    slug = "core.expire-files" if routine else "core.remove-abandoned-files"
    assert parts.jobs[slug].routine is routine
    if fails:
        monkeypatch.setattr(str(parts.jobs[slug].run), lambda _run: 1 / 0)
    job = world.add(lambda session: enqueue(session, parts.jobs[slug]))
    assert Runner(parts).perform(job)
    found = [(each.action, each.outcome) for each in entries(world.site, began, object_key=str(job))]
    assert found == ([(action, AuditOutcome.FAILED if fails else AuditOutcome.OK)] if action else [])


def test_the_good_runs_of_routine_are_summed_up_once_a_day(world: World) -> None:
    parts, began = world.site.machine, datetime.now(UTC)
    jobs = [world.add(lambda session: enqueue(session, parts.jobs["core.expire-files"])) for _ in range(3)]
    values = {"state": "done", "finished_at": datetime(2026, 3, 4, 22, 30, tzinfo=UTC)}  # half past midnight here
    world.add(lambda session: session.execute(sa.update(Job).where(Job.id.in_(jobs)).values(values)))
    for minutes in (10, 50):  # by the clock, and once more by hand
        slot = {"slot": datetime(2026, 3, 5, 22, minutes, tzinfo=UTC)}
        job = world.add(partial(enqueue, job=parts.jobs["core.sum-up-routine"], args=slot))
        assert Runner(parts).perform(job)
    (entry,) = entries(world.site, began, action="jobs.summed-up")
    assert (entry.row_count, entry.actor_key) == (3, "core.expire-files")
    assert re.fullmatch(r"2026-03-05/[0-9a-f]{64}", entry.object_key or "")

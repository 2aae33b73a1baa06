"""The page Sources over HTTP: how mappings stand, what people may do to them, and who may not."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from admin_core.generator import urls
from admin_core.sources.watching import minutes_behind, rows_refused, writes_failed
from schema.sources import RunState, SourceMapping, SourceReject, SourceRun, SourceWrite, WriteState
from tests.journeys.site import Site, own_site
from tests.journeys.test_attacks import MARKUP, send

URL = "/admin/system/sources"
MODEL = "source_mappings"
BEFORE = datetime.now(UTC) - timedelta(minutes=90, seconds=5)


@pytest.fixture(scope="module")
def site(server_url: str) -> Iterator[Site]:
    with own_site(server_url, "sources") as site:
        yield site


@pytest.fixture(scope="module")
def owner(site: Site) -> FlaskClient:
    return site.client("Owner")


def mapping(site: Site, name: str, refused: int = 0, **words: object) -> UUID:
    """Return the id of a mapping that was read once."""
    with site.machine.database.transaction() as session:
        row = SourceMapping(name=name, source_table="public.users", target="customers", columns={})
        row.runs = [SourceRun(state=RunState.DONE, rows_read=1234, inserted=7, finished_at=datetime.now(UTC), **words)]
        row.rejects = [SourceReject(source_key=str(n), reason="Why.", payload={}) for n in range(refused)]
        session.add(row)
        session.flush()
        return row.id


def test_without_a_source_the_page_says_how_one_is_declared(owner: FlaskClient) -> None:
    assert "Set ADMIN_SOURCE_FILE to a file" in owner.get(URL).text


def test_each_mapping_is_shown_within_the_budget(site: Site, owner: FlaskClient) -> None:
    mapping(site, "fine", refused=2)
    mapping(site, "wrong", error=f"The other database refused: {MARKUP}")
    for number in range(20):
        mapping(site, f"more-{number}")
    owner.get(URL)
    with site.counted() as statements:
        page = owner.get(URL).text
    own = [each for each in statements if "source_" in each]
    assert len(own) == 2
    assert all(words in page for words in ("up to date", ">2</a>", "public.users"))
    assert re.search(r">1\W234</a>", page)
    assert MARKUP not in page
    with site.machine.database.transaction() as session:
        session.execute(update(SourceMapping).where(SourceMapping.name == "fine").values(last_run_at=BEFORE))
    assert "Not read for more than 30 minutes" in owner.get(URL).text
    with site.machine.database.sessions() as session:
        found = [ask(session, datetime.now(UTC)).value for ask in (rows_refused, writes_failed, minutes_behind)]
    assert found[:2] == [2, 0]


def test_a_mapping_is_paused_resumed_and_read_again(site: Site, owner: FlaskClient) -> None:
    key = str(mapping(site, "paused-one"))

    def act(name: str) -> str:
        return send(owner, urls.action_url(MODEL, key, f"core.{name}"), []).text

    act("pause-source")
    assert "Paused by hand." in owner.get(URL).text
    with site.machine.database.sessions() as session:
        assert not session.get_one(SourceMapping, UUID(key)).enabled
    act("resume-source")
    act("read-all")
    with site.machine.database.sessions() as session:
        row = session.get_one(SourceMapping, UUID(key))
        assert (row.enabled, row.paused_reason, row.watermark) == (True, None, None)


def reject(site: Site, of: UUID, key: str) -> UUID:
    """Return the id of a refused row of a mapping."""
    with site.machine.database.transaction() as session:
        row = SourceReject(mapping_id=of, source_key=key, reason="Why.", payload={}, row_digest="as it was")
        session.add(row)
        session.flush()
        return row.id


def test_a_refused_row_is_set_aside_with_a_reason_and_tried_again(site: Site, owner: FlaskClient) -> None:
    of = mapping(site, "with-refusals")
    key = str(reject(site, of, "r-1"))

    def act(name: str, answers: list[tuple[str, str]]) -> SourceReject:
        send(owner, urls.action_url("source_rejects", key, f"core.{name}"), answers)
        with site.machine.database.sessions() as session:
            return session.get_one(SourceReject, UUID(key))

    assert act("set-aside", []).resolved_at is None, "it asks why"
    aside = act("set-aside", [("q-why", "A test account.")])
    assert (aside.aside_reason, aside.resolved_by_id) == ("A test account.", site.member(owner))
    again = act("try-again", [])
    assert (again.resolved_at, again.aside_reason, again.run_id) == (None, None, None)
    act("set-aside", [("q-why", "Still one.")])
    reject(site, of, "r-1")
    assert act("try-again", []).aside_reason == "Still one.", "the newer one is open"
    key = str(reject(site, mapping(site, "paused-with-refusals"), "r-2"))
    with site.machine.database.transaction() as session:
        session.execute(update(SourceMapping).values(enabled=False).where(SourceMapping.name == "paused-with-refusals"))
    url = urls.action_url("source_rejects", key, "core.try-again")
    assert "paused-with-refusals is paused, so nothing of it is read." in send(owner, url, []).text


def test_what_is_not_written_back_here_is_not_promised_to_be(site: Site, owner: FlaskClient) -> None:
    with site.machine.database.transaction() as session:
        row = SourceWrite(name="status", target="customers", target_id=UUID(int=7), state=WriteState.FAILED)
        session.add(row)
        session.flush()
        key = str(row.id)
    said = send(owner, urls.action_url("source_writes", key, "core.write-again"), []).text
    assert "Nothing is written back here." in said
    with site.machine.database.sessions() as session:
        assert session.get_one(SourceWrite, UUID(key)).state is WriteState.FAILED


@pytest.mark.parametrize("role", ["Support"])
def test_otto_may_not(site: Site, role: str) -> None:
    otto, key = site.client(role), str(mapping(site, f"hidden-{role.lower()}"))
    assert otto.get(URL).status_code == 403
    assert otto.get(urls.action_url(MODEL, key, "core.pause-source")).status_code in {403, 404}

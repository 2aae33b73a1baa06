"""The audit trail over HTTP: found by who, what, when and from where, said in sentences, proved on the spot."""

import html
import re
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from admin_core.audit.anchors import FileSink, anchor_newest
from admin_core.audit.entries import Entry
from admin_core.audit.sealer import Sealer
from schema.audit import ActorKind, AuditCategory, AuditEntry
from tests.journeys.deeds import FAQ, QUESTION, World
from tests.journeys.site import Site, token_in
from tests.running import perform_waiting

TRAIL = "/admin/system/audit"
BUDGET = 5
ADDRESS = "196.25.1.77"


@pytest.fixture(scope="module")
def world(site: Site, owner: FlaskClient) -> World:
    return World(site, owner)


def record(site: Site, **words: object) -> UUID:
    usual: dict[str, object] = {
        "category": AuditCategory.WRITE,
        "action": "plans.edited",
        "actor_kind": ActorKind.SYSTEM,
    }
    with site.machine.database.transaction() as session:
        return site.machine.audit.record(session, Entry(**{**usual, **words}))  # type: ignore[arg-type]  # by name


def text_of(client: FlaskClient, **args: str) -> str:
    return html.unescape(client.get(TRAIL, query_string=args).text)


def send(client: FlaskClient, **typed: str) -> tuple[int, str]:
    token = token_in(client.get(TRAIL).text)
    answer = client.post(TRAIL, data={"csrf_token": token, **typed})
    return answer.status_code, str(answer.location or answer.text)


def edited(world: World) -> tuple[UUID, UUID]:
    """Return a record that was edited, and the entry that tells of it."""
    faq = world.faq()
    url = f"{FAQ}/{faq}/edit"
    world.post(url, url, [("c-category", "billing"), *QUESTION])
    with world.site.machine.database.sessions() as session:
        mine = sa.select(AuditEntry.id).filter_by(action="faq_entries.edited", object_key=str(faq))
        return faq, session.scalars(mine).one()


def test_an_edit_is_said_in_a_sentence_and_found_from_the_records_page(world: World) -> None:
    faq, entry = edited(world)
    history = world.owner.get(f"{FAQ}/{faq}/history").text
    link = re.search(rf'href="({TRAIL}[^"]+)"', history)
    assert link
    page = html.unescape(world.owner.get(html.unescape(link[1])).text)
    assert f"{TRAIL}/entries/{entry}" in page
    assert "changed category of FAQ entry How?." in page


def test_the_entrys_page_shows_before_and_after_and_the_sealed_text(world: World) -> None:
    _, entry = edited(world)
    with world.site.counted() as statements:
        page = html.unescape(world.owner.get(f"{TRAIL}/entries/{entry}").text)
    assert len(statements) <= BUDGET + 2, statements  # two for who read whose data
    assert re.search(r"history-before.*general.*history-after.*billing", page, re.DOTALL)
    assert '"action": "faq_entries.edited"' in page
    assert world.owner.get(f"{TRAIL}/entries/{uuid4()}").status_code == 404


def test_entries_are_found_by_each_word(world: World) -> None:
    key, request = uuid4().hex, uuid4().hex
    entry = record(world.site, object_type="plans", object_key=key, request_id=request, actor_key="test.find-me")
    other = record(world.site, object_type="plans", object_key=uuid4().hex)
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    for words in ({"object": key}, {"request": request}, {"by": "test.find-me"}, {"object": key, "since": today}):
        with world.site.counted() as statements:
            page = text_of(world.owner, **words)
        assert len(statements) <= BUDGET, statements
        assert str(entry) in page, words
        assert str(other) not in page, words
    for words in ({"object": key, "until": "2026-01-01"}, {"object": key, "outcome": "failed"}):
        assert "Nothing fits this filter." in text_of(world.owner, **words)
    code, said = send(world.owner, object="ada@example.com")
    assert (code, 'value="ada@example.com"' in said) == (422, True)


def test_an_address_finds_its_entries_and_stands_in_no_link(world: World, support: FlaskClient) -> None:
    entry = record(world.site, ip=ADDRESS)
    code, location = send(world.owner, ip=ADDRESS)
    assert (code, ADDRESS in location) == (303, False)
    page = world.owner.get(location).text
    assert str(entry) in page
    assert ADDRESS in page
    assert "Older entries" not in page
    assert "type the address again" in world.owner.get(f"{TRAIL}?from=nonsense").text
    assert support.get(location).status_code == 403


def test_pages_follow_each_other_without_a_gap(world: World) -> None:
    key = uuid4().hex
    made = [record(world.site, object_type="plans", object_key=key) for _ in range(120)]
    url, seen = f"{TRAIL}?type=plans&object={key}", []
    while url:
        page = world.owner.get(url).text
        seen += re.findall(r"/entries/([0-9a-f-]{36})\"", page)
        older = re.search(r'href="([^"]+before=[^"]+)"', page)
        url = html.unescape(older[1]) if older else ""
    assert seen == [str(entry) for entry in reversed(made)]
    assert world.owner.get(f"{TRAIL}?before=nonsense_x").status_code == 200


def proof(world: World, entry: UUID) -> str:
    return html.unescape(world.owner.get(f"{TRAIL}/entries/{entry}?prove=yes").text)


def test_an_entry_is_proved_on_the_spot_up_to_its_anchor(world: World, sealer: Sealer, tmp_path: Path) -> None:
    parts = world.site.machine
    entry = record(world.site, object_type="plans", object_key="p-1")
    assert "It waits to be sealed" in proof(world, entry)
    sealer.seal_all()
    assert "has no directory of anchors" in proof(world, entry)
    object.__setattr__(parts.settings, "audit_anchor_dir", str(tmp_path))
    try:
        assert "cannot be read" in proof(world, entry)
        anchor_newest(sealer.database, [FileSink(tmp_path)])
        page = proof(world, entry)
        assert "This is the entry that was written and sealed" in page
        assert page.count(">fits<") + page.count("fits</") >= 5
        with world.site.machine.database.engine.connect() as connection:
            assert connection.scalar(sa.text("SELECT current_user")) == "admin_app"
    finally:
        object.__setattr__(parts.settings, "audit_anchor_dir", "")


def ask(client: FlaskClient, **typed: str) -> tuple[int, str]:
    page = client.get(f"{TRAIL}/report").text
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once
    answer = client.post(f"{TRAIL}/report", data={"csrf_token": token_in(page), "once": once[1], **typed})
    return answer.status_code, str(answer.location or html.unescape(answer.text))


def test_a_report_is_asked_for_made_and_downloaded(world: World, sealer: Sealer) -> None:
    record(world.site, category=AuditCategory.PRIVACY)
    sealer.seal_all()
    code, job = ask(world.owner, form="pdf", category="privacy", since="2026-01-01")
    assert (code, job.startswith("/admin/system/jobs/")) == (303, True)
    assert perform_waiting(world.site.machine, "core.audit-report")
    file = re.search(r'href="(/admin/files/[0-9a-f-]+)"', world.owner.get(job).text)
    assert file
    answer = world.owner.get(file[1])
    assert answer.data.startswith(b"%PDF-")
    assert "audit-2026-01-01.pdf" in answer.headers["Content-Disposition"]
    with world.site.machine.database.sessions() as session:
        taken = sa.select(AuditEntry).filter_by(action="audit.exported", object_key=job.rpartition("/")[2])
        wanted = sa.select(sa.func.count()).where(AuditEntry.category == AuditCategory.PRIVACY)
        assert session.scalars(taken).one().row_count == session.scalar(wanted) > 0


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({}, "Choose one."),
        ({"form": "docx"}, "Choose one."),
        ({"form": "pdf", "since": "soon"}, "Write a day like"),
        ({"form": "pdf", "action": "0821234567"}, "A report cannot be about this."),
    ],
)
def test_what_is_wrong_about_a_report_is_said_and_kept(owner: FlaskClient, typed: dict[str, str], says: str) -> None:
    code, page = ask(owner, **typed, until="2026-12-31")
    assert (code, says in page, 'value="2026-12-31"' in page) == (422, True, True)


@pytest.mark.parametrize("path", ["", "/report", "/entries/01a2185d-66a8-711e-9346-497b1a33d814"])
def test_otto_may_not_read_the_trail(viewer: FlaskClient, support: FlaskClient, path: str) -> None:
    for client in (viewer, support):
        assert client.get(f"{TRAIL}{path}").status_code == 403

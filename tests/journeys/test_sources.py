"""The page Sources over HTTP: how mappings stand, what people may do to them, and who may not."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from admin_core.access.team import add_member
from admin_core.generator import urls
from admin_core.imports import section
from admin_core.sources import uploading
from admin_core.sources.watching import minutes_behind, rows_refused, writes_failed
from schema.artifacts import Artifact
from schema.customers import Customer
from schema.jobs import Job
from schema.sources import RunState, SourceMapping, SourceReject, SourceRun, SourceWrite, WriteState
from schema.staff import Role
from tests.journeys import source_files
from tests.journeys.site import Site, own_site
from tests.journeys.source_files import GOOD, leads, take, upload, url_of
from tests.journeys.test_attacks import MARKUP, send
from tests.running import perform_waiting

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


# --- Files for a mapping
@pytest.fixture
def leads_id(site: Site) -> Iterator[UUID]:
    with leads(site) as mapping_id:
        yield mapping_id


ROWS = GOOD + "2;Umbhakwe;;Lead;2026-03-02;\n3;Cold;cold@x.example;cold;2026-03-02;\n4;Late;late@x.example;lead;soon;\n"


def test_a_file_is_looked_at_and_then_taken_by_a_job_each_row_once(
    site: Site, owner: FlaskClient, leads_id: UUID
) -> None:
    assert url_of(leads_id) in owner.get(URL).text
    answer = upload(owner, leads_id, ROWS.encode("cp1252"))
    assert answer.status_code == 303, answer.text
    look = str(answer.location)
    page = owner.get(look).text
    assert all(words in page for words in ("hr@acme.example", "REFUSED (is empty and needed)", "Take its rows"))
    assert "REFUSED (has the word" in page
    assert "remarks. No expression of the mapping reads them." in page
    assert re.search(r"row 5</th>\s*<td>A cell has not the form", page)
    with site.machine.database.sessions() as session:
        assert session.scalar(select(Job.id).where(Job.name == "core.load-source")) is None, "looking takes nothing"
    assert [take(owner, look).status_code for _ in range(2)] == [303, 303]
    assert perform_waiting(site.machine, "core.load-source") == 1
    with site.machine.database.sessions() as session:
        job, kept = (
            session.scalars(select(Job).where(Job.name == "core.load-source")).one(),
            session.get(Artifact, file_in(look)),
        )
    assert owner.get(look).location == take(owner, look).location == f"/admin/system/jobs/{job.id}"
    assert kept is not None
    assert kept.expires_at < datetime.now(UTC) + timedelta(days=1), "a file whose rows were taken is of no use"
    with site.machine.database.sessions() as session:
        run = session.scalars(select(SourceRun).where(SourceRun.mapping_id == leads_id)).one()
        assert (run.state, run.inserted, run.rejected) == (RunState.DONE, 1, 3)
        email = select(Customer.email).where(Customer.company_name == "Acme")
        assert session.scalars(email).all() == ["hr@acme.example"]
    again = str(upload(owner, leads_id, ROWS.encode()).location)
    take(owner, again)
    perform_waiting(site.machine, "core.load-source")
    with site.machine.database.sessions() as session:
        newest = select(SourceRun).where(SourceRun.mapping_id == leads_id).order_by(SourceRun.started_at.desc())
        assert session.scalars(newest).first().inserted == 0, "the same file twice changes nothing"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "Choose a file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "This is no text file"),
        (b"\xff\xfeN\x00u\x00m", "no UTF-16 text"),
        (b"Number;Number\n1;2\n", "Two columns are called &#39;number&#39;"),
        (b"Number;Company\n1;2;3\n", "Row 2 has more cells"),
        (b"Number\n", "headings but no row"),
    ],
)
def test_a_file_that_can_not_be_read_is_refused_with_a_sentence(
    owner: FlaskClient, leads_id: UUID, data: bytes, sentence: str
) -> None:
    answer = upload(owner, leads_id, data)
    assert (answer.status_code, sentence in answer.text) == (422, True), answer.text


def test_a_file_beyond_the_limit_is_not_read(
    owner: FlaskClient, leads_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (section, uploading):
        monkeypatch.setattr(module, "MB", 1_000)
    answer = upload(owner, leads_id, b"Number\n" + b"x" * 10_000)
    assert (answer.status_code, "more than 10 MB" in answer.text) == (422, True)


def test_a_file_that_lacks_columns_is_not_taken(site: Site, owner: FlaskClient, leads_id: UUID) -> None:
    page = owner.get(str(upload(owner, leads_id, b"Number;Company;Joined\n1;Acme;2026-03-02\n").location)).text
    assert "The file has no column e_mail_address, state." in page
    assert "Take its rows" not in page


def file_in(look: str) -> UUID:
    """Return the file of an address."""
    return UUID(look.rsplit("/", 1)[1])


def test_a_file_is_of_the_mapping_it_was_uploaded_for(site: Site, owner: FlaskClient, leads_id: UUID) -> None:
    look = str(upload(owner, leads_id, GOOD.encode()).location)
    with site.machine.database.transaction() as session:
        session.execute(update(Artifact).where(Artifact.id == file_in(look)).values(name="others.csv"))
    assert owner.get(look).status_code == 404
    assert take(owner, look).status_code == 404


def test_to_control_sources_is_not_to_write_their_tables(site: Site, leads_id: UUID) -> None:
    able = ["page:system:read", "core:sources:control", "data:source_mappings:read"]
    for more, status in (
        ([], 403),
        (["core:sources:load"], 403),
        (["core:sources:load", "data:customers:import"], 303),
    ):
        otto = with_permissions(site, [*able, *more])
        assert upload(otto, leads_id, GOOD.encode()).status_code == status, more


def with_permissions(site: Site, permissions: list[str]) -> FlaskClient:
    """Return a browser of somebody with a role of just these."""
    name = f"Role {uuid4()}"
    with site.machine.database.transaction() as session:
        role = Role(name=name, permissions=permissions)
        session.add(role)
        add_member(session, name="Otto", email=f"{uuid4()}@example.com", roles=[role])
    return site.client(name)


def test_a_mapping_of_no_table_says_so_before_anything_is_kept(
    site: Site, owner: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_files, "MAPPING", source_files.MAPPING.replace('"customers"', '"custommers"'))
    with leads(site) as mapping_id:
        answer = owner.get(url_of(mapping_id))
    assert (answer.status_code, "we have no table &#39;custommers&#39;" in answer.text) == (400, True), answer.text


def test_files_are_their_owners_and_for_mappings_that_take_some(site: Site, owner: FlaskClient, leads_id: UUID) -> None:
    look = str(upload(owner, leads_id, GOOD.encode()).location)
    otto = site.client("Support")
    with site.machine.database.transaction() as session:
        theirs = update(Artifact).where(Artifact.id == file_in(look))
        session.execute(theirs.values(owner_id=site.member(otto)))
    assert owner.get(look).status_code == 404
    assert take(owner, look).status_code == 404
    assert otto.get(url_of(leads_id)).status_code == 403
    assert upload(otto, leads_id, GOOD.encode()).status_code == 403
    assert url_of(leads_id) not in otto.get("/admin/").text
    assert "Its rows do not come by file." in owner.get(url_of(mapping(site, "a-table"))).text
    assert owner.get(url_of(UUID(int=9))).status_code == 404


@pytest.mark.parametrize("role", ["Support"])
def test_otto_may_not(site: Site, role: str) -> None:
    otto, key = site.client(role), str(mapping(site, f"hidden-{role.lower()}"))
    assert otto.get(URL).status_code == 403
    assert otto.get(urls.action_url(MODEL, key, "core.pause-source")).status_code in {403, 404}

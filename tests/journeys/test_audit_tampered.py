"""The pages of the log over one that somebody changed past the product: they say so, and never break."""

import html
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.pool import NullPool

from admin_core.audit.custody import signer_at
from admin_core.audit.sealer import Sealer
from admin_core.database import open_database
from tests.databases import as_app, clone, drop, unique_name
from tests.journeys.secret_columns import fetched_secrets
from tests.journeys.site import Site, make_site
from tests.journeys.test_audit_trail import TRAIL, record

MINE = "UPDATE admin.audit_entries SET {} WHERE id = :id"
UNREADABLE, BROKEN = "This entry does not read.", "This entry is not the one that was sealed."
TAMPERINGS: dict[str, tuple[str, str]] = {
    "a text that is no JSON": (MINE.format("body = 'nothing to see'"), UNREADABLE),
    "an empty text": (MINE.format("body = ''"), UNREADABLE),
    "a text without an end": (MINE.format("body = repeat('[', 200000)"), UNREADABLE),
    "another text": (MINE.format('body = \'{"action":"plans.viewed"}\''), BROKEN),
    "fields that are none": (MINE.format("field_names = ARRAY[NULL, 'name']"), "does not read"),
    "an action that is none": (MINE.format("action = '', object_type = '', object_key = ''"), "Audit entry"),
    "no code": (MINE.format("mac = ''"), BROKEN),
    "a short hash": ("UPDATE admin.audit_leaves SET leaf_hash = '' WHERE entry_id = :id", BROKEN),
    "a place beyond the end": ("UPDATE admin.audit_leaves SET position = 1000000 WHERE entry_id = :id", BROKEN),
    "a place before the beginning": ("UPDATE admin.audit_leaves SET position = -5 WHERE entry_id = :id", BROKEN),
    "a log that is none": ("UPDATE admin.audit_leaves SET log = 'x' WHERE entry_id = :id", BROKEN),
    "no checkpoint": ("DELETE FROM admin.audit_checkpoints", BROKEN),
    "another root": ("UPDATE admin.audit_checkpoints SET root = ''", BROKEN),
    "a checkpoint of no moment": ("UPDATE admin.audit_checkpoints SET sealed_at = 'infinity'", BROKEN),
    "no tiles": ("DELETE FROM admin.audit_tiles", BROKEN),
    "short tiles": ("UPDATE admin.audit_tiles SET hashes = '\\x00'", BROKEN),
    "no key": ("DELETE FROM admin.audit_keys", BROKEN),
    "a key that is none": ("UPDATE admin.audit_keys SET public_key = 'public x'", BROKEN),
}


@pytest.fixture(scope="module")
def own_url(server_url: str) -> Iterator[str]:
    name = unique_name("tampered")
    yield clone(server_url, name)
    drop(server_url, name)


@pytest.fixture(scope="module")
def own(own_url: str) -> Iterator[Site]:
    found = make_site(as_app(own_url))
    yield found
    found.machine.database.engine.dispose()


@pytest.fixture(scope="module")
def reader(own: Site) -> FlaskClient:
    return own.client("Owner")


@pytest.fixture(scope="module")
def entry(own: Site, own_url: str, tmp_path_factory: pytest.TempPathFactory) -> UUID:
    """Return a sealed entry among others."""
    made = [record(own, object_type="plans", object_key=uuid4().hex, field_names=("name",)) for _ in range(5)]
    database = open_database(own_url)
    Sealer(database, signer_at(database, Path(tmp_path_factory.mktemp("keys")) / "audit.key")).seal_all()
    database.engine.dispose()
    return made[2]


KEPT = ("audit_entries", "audit_leaves", "audit_checkpoints", "audit_tiles", "audit_keys")


@contextmanager
def tampered(url: str, sql: str, **values: Any) -> Iterator[None]:
    """Run SQL with every trigger and check switched off, and put everything back afterwards."""
    engine = sa.create_engine(url, poolclass=NullPool)

    def run(*statements: str, **given: Any) -> None:
        with engine.begin() as connection:
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
            for each in statements:
                connection.execute(sa.text(each), given if ":id" in each else {})

    run(*(f"CREATE TABLE public.kept_{name} AS SELECT * FROM admin.{name}" for name in KEPT))
    try:
        run(sql, **values)
        yield
    finally:
        back = [(f"DELETE FROM admin.{n}", f"INSERT INTO admin.{n} SELECT * FROM public.kept_{n}") for n in KEPT]
        run(*(each for pair in back for each in pair), *(f"DROP TABLE public.kept_{name}" for name in KEPT))


@pytest.mark.parametrize("what", TAMPERINGS)
def test_an_entry_that_somebody_changed_is_shown_as_such(
    own_url: str, reader: FlaskClient, entry: UUID, what: str
) -> None:
    sql, says = TAMPERINGS[what]
    with tampered(own_url, sql, id=entry):
        assert reader.get(TRAIL).status_code == 200
        assert reader.get(f"{TRAIL}/integrity").status_code in {200, 400}  # a moment that is none
        answer = reader.get(f"{TRAIL}/entries/{entry}?prove=yes")
        assert answer.status_code == 200
        assert says in html.unescape(answer.text)
        assert "Run admin audit verify" in answer.text or says == "Audit entry"


def test_an_entry_that_nobody_changed_is_shown_as_such(reader: FlaskClient, entry: UUID) -> None:
    page = html.unescape(reader.get(f"{TRAIL}/entries/{entry}?prove=yes").text)
    assert "What could be checked fits; not everything could." in page
    assert UNREADABLE not in page
    assert reader.get(f"{TRAIL}/entries/{uuid4()}?prove=yes").status_code == 404


def test_a_proof_needs_no_second_connection(own: Site, reader: FlaskClient, entry: UUID) -> None:
    engine, most = own.machine.database.engine, [0, 0]
    assert reader.get(TRAIL).status_code == 200  # settings that are read anew every now and then are read now

    def out(*_: Any) -> None:
        most[0] += 1
        most[1] = max(most)

    def back(*_: Any) -> None:
        most[0] -= 1

    event.listen(engine, "checkout", out)
    event.listen(engine, "checkin", back)
    try:
        assert reader.get(f"{TRAIL}/entries/{entry}?prove=yes").status_code == 200
    finally:
        event.remove(engine, "checkout", out)
        event.remove(engine, "checkin", back)
    assert most == [0, 1]


@pytest.mark.parametrize("path", ["", "/integrity", "/entries/{entry}?prove=yes", "/report"])
def test_the_pages_of_the_log_fetch_no_secrets(own: Site, reader: FlaskClient, entry: UUID, path: str) -> None:
    with own.counted() as statements:
        assert reader.get(TRAIL + path.format(entry=entry)).status_code == 200
    assert not [each for each in statements if fetched_secrets(each)]

"""Rotating the secret key: everything encrypted is opened by the new key alone, however often it was interrupted."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from admin_core import rotation
from admin_core.access.authenticator import sealed_seed
from admin_core.access.browsers import SEALED as SESSION
from admin_core.alerts import targets as alert_targets
from admin_core.approvals.asking import PURPOSE as TYPED
from admin_core.audit.recording import AuditLog
from admin_core.bulk.running import PURPOSE as BULK
from admin_core.ciphers import Cipher, Unreadable
from admin_core.cli import admin
from admin_core.commands.keys import rotated
from admin_core.database import Database, open_database
from admin_core.imports.keeping import PURPOSE as IMPORT_FILE
from admin_core.rotation import PLACES, leftovers, rotate
from admin_core.settings import Settings
from admin_core.settings_store import purpose
from admin_core.webhooks import keys as webhook_keys
from schema.alerts import AlertChannel
from schema.api import IdempotencyKey, WebhookEndpoint
from schema.audit import AuditEntry
from schema.bulk import BulkRun
from schema.changes import Approval, ChangeRow
from schema.imports import DataImport
from schema.settings import Setting
from schema.staff import StaffMember, StaffSession
from schema.views import SavedView, ViewState
from tests.databases import as_app

OLD, NEW = "o" * 40, "n" * 40
BOTH = (NEW, OLD)
SECRET = "sk_live_canary"
PLACES_AND_PEOPLE = len(PLACES) + 1
SETTINGS = Settings(database_url="", redis_url="redis://x", secret_key=NEW, old_secret_keys=(OLD,), env="test")


def furnish(database: Database, key: str, count: int = 1) -> None:
    """Put something into every place, encrypted by this key."""
    cipher, later = Cipher([key]), datetime.now(UTC) + timedelta(days=1)
    with database.transaction() as session:
        member = StaffMember(name="Ada", email=f"{uuid4().hex}@example.com", fs_uniquifier=uuid4().hex)
        member.tf_totp_secret = sealed_seed(cipher, SECRET)
        session.add(member)
        session.flush()
        for _ in range(count):
            section, view = uuid4().hex[:20], uuid4()
            secret = cipher.seal(purpose(section, "key"), SECRET).encode()
            session.add(Setting(section=section, name="key", secret=secret, secret_key_id=cipher.key_id))
            session.add(SavedView(
                id=view, owner_id=member.id, model_key="customers", name=uuid4().hex, position=0, state={},
                private_state=cipher.seal(f"saved-view:{view}", json.dumps({"q": SECRET})).encode(),
            ))  # fmt: skip
            words = cipher.seal(f"view-state:customers:{member.id}", SECRET).encode()
            token = uuid4().hex
            session.add(
                ViewState(token=token, owner_id=member.id, model_key="customers", payload=words, expires_at=later)
            )
            answer = cipher.seal("api answer", SECRET).encode()
            session.add(IdempotencyKey(scope="s", key=uuid4().hex, request_digest="", answer=answer, expires_at=later))
        session.add(Approval(
            title="A", action="a.b", plan_hash="", plan={}, typed=cipher.seal(TYPED, SECRET).encode(),
            requested_by_id=member.id, expires_at=later,
        ))  # fmt: skip
        held = cipher.seal(SESSION, SECRET).encode()
        session.add(StaffSession(member_id=member.id, token_hash=uuid4().hex, content=held, expires_at=later))
        session.add(BulkRun(
            owner_id=member.id, model_key="customers", action="a.b", title="A", total=1, change_set_id=uuid4(),
            typed=cipher.seal(BULK, SECRET).encode(),
        ))  # fmt: skip
        session.add(DataImport(
            model_key="customers", source="csv", said="CSV", size_bytes=0, file_sha256="",
            file_key=cipher.seal(IMPORT_FILE, SECRET).encode(),
        ))  # fmt: skip
        target = alert_targets.sealed(cipher, alert_targets.Target(url=f"https://a.example/{SECRET}"))
        session.add(AlertChannel(name=uuid4().hex, kind="slack", target=target))
        sealed = webhook_keys.sealed(cipher, SECRET)
        session.add(WebhookEndpoint(name="A", url="https://a.example", events=["x"], secret=sealed, old_secret=sealed))
        AuditLog.of(replace(SETTINGS, secret_key=key, old_secret_keys=())).subjects.made(
            session, "customer", uuid4().hex
        )


@pytest.fixture
def database(fresh_database: str) -> Iterator[Database]:
    database = open_database(as_app(fresh_database), pool_size=2)
    yield database
    database.engine.dispose()


def log(keys: tuple[str, ...] = BOTH) -> AuditLog:
    return AuditLog.of(replace(SETTINGS, secret_key=keys[0], old_secret_keys=keys[1:]))


def test_everything_an_old_key_holds_is_opened_by_the_new_one_alone(database: Database) -> None:
    furnish(database, OLD)
    assert all(tally.unreadable for tally in leftovers(database, Cipher(BOTH), log()))
    assert [(t.checked, t.renewed, t.unreadable) for t in rotate(database, Cipher(BOTH), log())] == [
        (1, 1, 0)
    ] * PLACES_AND_PEOPLE
    assert not any(tally.unreadable for tally in leftovers(database, Cipher([NEW]), log((NEW,))))
    assert not any(tally.renewed for tally in rotate(database, Cipher([NEW]), log((NEW,))))


def test_every_column_that_is_encrypted_under_the_key_has_its_place() -> None:
    # A new one that is missing here would be lost when the old key goes: name it in rotation.PLACES.
    secret_bytes = {
        (table.name, column.name)
        for table in Setting.metadata.sorted_tables for column in table.columns
        if column.info.get("pii") == "secret" and isinstance(column.type, sa.LargeBinary)
    }  # fmt: skip
    placed = {(place.table.name, place.column) for place in PLACES} | {("subject_keys", "wrapped_key")}
    assert secret_bytes - placed <= OTHERWISE, secret_bytes - placed


OTHERWISE = {
    ("data_imports", "findings"),  # under the key of its file
    ("audit_entries", "sealed_values"), ("audit_entries", "values_salt"),  # under the keys of people
    ("change_rows", "personal_sealed"),  # under the keys of people
    ("webauthn_credentials", "credential_id"), ("webauthn_credentials", "public_key"),  # not encrypted
    ("imap_mailboxes", "secret"), ("alert_channels", "target"), ("erasure_plans", "identifiers"),  # not written yet
}  # fmt: skip


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_batches_leave_nothing_out_and_what_was_interrupted_goes_on(
    database: Database, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    furnish(database, OLD, count=5)
    furnish(database, NEW, count=2)
    monkeypatch.setattr(rotation, "BATCH", batch)
    first = next(iter(rotate(database, Cipher(BOTH), log())))  # and then the process ends
    assert (first.checked, first.renewed) == (7, 5)
    again = list(rotate(database, Cipher(BOTH), log()))
    assert (again[0].checked, again[0].renewed) == (7, 0)
    assert again[3].renewed == 5
    assert not any(tally.unreadable for tally in leftovers(database, Cipher([NEW]), log((NEW,))))


def test_what_no_key_opens_is_counted_and_left_alone(database: Database) -> None:
    furnish(database, "x" * 40)
    before = stored(database)
    for tally in rotate(database, Cipher(BOTH), log()):
        assert (tally.renewed, tally.unreadable) == (0, 1)
    assert stored(database) == before


def stored(database: Database) -> list[object]:
    with database.sessions() as session:
        return [
            session.connection().execute(sa.select(place.table.c[place.column])).scalars().all() for place in PLACES
        ]


def test_a_value_moved_to_another_row_stays_unreadable(database: Database) -> None:
    furnish(database, OLD, count=2)
    with database.transaction() as session:
        rows = session.scalars(sa.select(Setting)).all()
        rows[0].secret, rows[1].secret = rows[1].secret, rows[0].secret
    assert next(iter(rotate(database, Cipher(BOTH), log()))).unreadable == 2


def test_nobody_seems_to_have_changed_anything_and_no_secret_is_in_the_history(database: Database) -> None:
    furnish(database, OLD)
    with database.sessions() as session:
        before = session.scalars(sa.select(WebhookEndpoint)).one().updated_at
    list(rotated(replace(SETTINGS, database_url=str_url(database)), only_check=False))
    with database.sessions() as session:
        endpoint = session.scalars(sa.select(WebhookEndpoint)).one()
        assert endpoint.updated_at == before
        assert webhook_keys.opened(Cipher([NEW]), endpoint.secret) == SECRET
        with pytest.raises(Unreadable):
            webhook_keys.opened(Cipher([OLD]), endpoint.secret)
        for row in session.scalars(sa.select(ChangeRow)):
            assert SECRET not in str(vars(row))
        entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "keys.rotated")).one()
        assert (entry.row_count, entry.actor_key) == (PLACES_AND_PEOPLE, "command-line")


def str_url(database: Database) -> str:
    return database.engine.url.render_as_string(hide_password=False)


def test_the_command_says_counts_verifies_and_ends_with_a_status(database: Database) -> None:
    furnish(database, OLD)
    environ = {
        "DATABASE_URL": str_url(database), "REDIS_URL": "redis://x", "ADMIN_ENV": "test", "ADMIN_SECRET_KEY": NEW,
        "ADMIN_OLD_SECRET_KEYS": OLD,
    }  # fmt: skip
    check = CliRunner(env=environ).invoke(admin, ["keys", "rotate", "--check"])
    assert check.exit_code == 1
    assert "Keys on the settings page: 1" in check.output
    done = CliRunner(env=environ).invoke(admin, ["keys", "rotate"])
    assert done.exit_code == 0, done.output
    assert "1 looked at, 1 encrypted anew" in done.output
    assert "ADMIN_OLD_SECRET_KEYS may be emptied" in done.output
    furnish(database, "x" * 40)
    lost = CliRunner(env=environ).invoke(admin, ["keys", "rotate"])
    assert lost.exit_code == 1
    assert "1 that no key at hand opens" in lost.output
    assert SECRET not in check.output + done.output + lost.output

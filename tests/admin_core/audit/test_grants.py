"""With what AUDIT_GRANTS gives, each role can do its work on the log and nothing beyond it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import NullPool

from admin_core.audit import erase_subject
from admin_core.audit.grants import grants
from admin_core.audit.sealer import Sealer
from admin_core.changes.database_roles import PERSONAL
from admin_core.database import Database
from tests.admin_core.audit.ledger import Ledger, sample
from tests.databases import unique_name


@pytest.fixture
def roles(ledger: Ledger) -> Iterator[dict[str, str]]:
    names = {part: unique_name(part) for part in ("app", "sealer", "readonly")}
    engine = create_engine(ledger.url, poolclass=NullPool)
    with engine.begin() as connection:
        for name in names.values():
            connection.execute(text(f'CREATE ROLE "{name}"'))
            connection.execute(text(f'GRANT USAGE ON SCHEMA admin TO "{name}"'))
        for statement in grants(names):
            connection.execute(text(statement))
        connection.execute(text(f'GRANT EXECUTE ON FUNCTION {", ".join(PERSONAL)} TO "{names["app"]}"'))
    yield names
    with engine.begin() as connection:
        for name in names.values():
            connection.execute(text(f'DROP OWNED BY "{name}"'))
            connection.execute(text(f'DROP ROLE "{name}"'))


def as_role(ledger: Ledger, role: str) -> Database:
    """Return the database as somebody who has only this role."""
    engine = create_engine(ledger.url, poolclass=NullPool, connect_args={"options": f"-c role={role}"})
    single = engine.execution_options(isolation_level="AUTOCOMMIT")
    return Database(engine, *(sessionmaker(each, expire_on_commit=False) for each in (engine, single)))


def test_the_application_writes_and_erases_and_the_sealer_seals(ledger: Ledger, roles: dict[str, str]) -> None:
    app, sealer = as_role(ledger, roles["app"]), as_role(ledger, roles["sealer"])
    with app.transaction() as session:
        for number in range(10):
            ledger.log.record(session, sample(number))
    assert Sealer(sealer, ledger.sealer.signer).seal() == 10
    with app.transaction() as session:
        assert erase_subject(session, ledger.log, "customer", "c-3") > 0
    assert Sealer(sealer, ledger.sealer.signer).seal() == 1
    assert ledger.verify().verdict == "clean"


ANCHOR = (
    "INSERT INTO admin.audit_anchors (id, log, checkpoint_number, sink)"
    " SELECT gen_random_uuid(), log, number, '{}' FROM admin.audit_checkpoints"
)
BEYOND = [
    ("app", "UPDATE admin.audit_entries SET action = 'x'"),
    ("app", "DELETE FROM admin.audit_entries"),
    ("app", "DELETE FROM admin.audit_pending"),
    ("app", "INSERT INTO admin.audit_checkpoints SELECT * FROM admin.audit_checkpoints"),
    ("app", ANCHOR.format("bucket")),
    ("app", "UPDATE admin.audit_anchors SET state = 'done', done_at = now() WHERE sink = 'file'"),
    ("app", "SELECT admin.audit_drop_pruned('log-1', 0, 5)"),
    ("sealer", "INSERT INTO admin.audit_entries SELECT * FROM admin.audit_entries"),
    ("sealer", "SELECT reason FROM admin.audit_entries"),
    ("sealer", "SELECT admin.audit_redact('customer', 'c-1', 10)"),
    ("readonly", "SELECT reason FROM admin.audit_entries"),
    ("readonly", "SELECT wrapped_key FROM admin.subject_keys"),
    ("readonly", "DELETE FROM admin.audit_tiles"),
]


def test_no_role_can_do_more(ledger: Ledger, roles: dict[str, str], tmp_path: Path) -> None:
    ledger.sealed(5)
    ledger.value(f"{ANCHOR.format('file')} RETURNING 1")
    for part, statement in BEYOND:
        with as_role(ledger, roles[part]).engine.connect() as connection:
            with pytest.raises(ProgrammingError, match="permission denied"):
                connection.execute(text(statement))
            connection.rollback()


def test_web_and_workers_note_the_anchors_that_they_mail(ledger: Ledger, roles: dict[str, str]) -> None:
    ledger.sealed(5)
    app, sealer = as_role(ledger, roles["app"]), as_role(ledger, roles["sealer"])
    for database, sink in ((app, "mail"), (sealer, "bucket"), (sealer, "mail-elsewhere")):
        with database.transaction() as session:
            session.execute(text(ANCHOR.format(sink)))
            done = "UPDATE admin.audit_anchors SET state = 'done', attempts = 1 WHERE sink = :sink RETURNING state"
            assert session.scalars(text(done), {"sink": sink}).all() == ["done"]

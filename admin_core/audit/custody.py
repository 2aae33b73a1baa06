"""Makes, finds and replaces the signing key: a file that only the sealer reads, its public half in the database."""

from pathlib import Path

from sqlalchemy import Connection, func, insert, select, update
from uuid_utils.compat import uuid7

from admin_core.audit.entries import command_entry
from admin_core.audit.recording import AuditLog
from admin_core.audit.signing import (
    ALGORITHM,
    PublicKey,
    Signer,
    SigningKeyError,
    read_signer,
    successor,
    write_signer,
)
from admin_core.audit.tables import KEYS
from admin_core.database import Database

LOCK = 5_402_613  # any number of ours: two that start at once must not make two keys


def signer_at(database: Database, path: Path) -> Signer:
    """Return the sealer's key; made when neither file nor database know one, refused when only the database does."""
    with database.transaction() as session:
        connection = session.connection()
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        current = current_key(connection)
        finish_rotation(path, current)
        if not path.exists() and current:
            raise SigningKeyError(
                f"The log is signed by {current}, whose key is not at {path}. Put the file back from its backup:"
                " until then entries are recorded, but not sealed."
            )
        signer = read_signer(path) if path.exists() else write_signer(path)
        if current is None:
            publish(connection, PublicKey(signer.public))
        elif current != signer.id:
            raise SigningKeyError(f"{path} holds {signer.id}, but the log is signed by {current}.")
        return signer


def rotate(database: Database, path: Path, log: AuditLog) -> str:
    """Replace the key by a new one that the old one endorses; return its name. The old private key is gone after."""
    older = signer_at(database, path)
    waiting = successor_path(path)
    waiting.unlink(missing_ok=True)  # of a rotation that never reached the database
    newer = write_signer(waiting)
    with database.transaction() as session:
        connection = session.connection()
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        connection.execute(update(KEYS).where(KEYS.c.valid_until.is_(None)).values(valid_until=func.now()))
        publish(connection, successor(newer, older))
        log.record(session, command_entry("audit.key-rotated", "audit_keys", newer.id))
    finish_rotation(path, newer.id)
    return newer.id


def finish_rotation(path: Path, current: str | None) -> None:
    """Put the new key in the old one's place when the database already names it: a crash may have come between."""
    waiting = successor_path(path)
    if waiting.exists() and read_signer(waiting).id == current:
        waiting.replace(path)


def successor_path(path: Path) -> Path:
    """Return where a new key waits until the database knows it."""
    return path.with_name(path.name + ".next")


def current_key(connection: Connection) -> str | None:
    """Return the name of the key that signs now; None before the first."""
    newest = select(KEYS.c.key_id).where(KEYS.c.valid_until.is_(None)).order_by(KEYS.c.valid_from.desc()).limit(1)
    found: str | None = connection.scalar(newest)
    return found


def publish(connection: Connection, key: PublicKey) -> None:
    """Store a public key, valid from now on."""
    words = {"id": uuid7(), "key_id": key.id, "algorithm": ALGORITHM, "public_key": key.text()}
    connection.execute(insert(KEYS).values(words))

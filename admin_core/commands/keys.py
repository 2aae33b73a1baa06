"""`admin keys rotate`: what it does stands in ``rotation``; here it becomes lines for the operator."""

from collections.abc import Iterator

from admin_core.access.commands import command_line
from admin_core.audit.entries import COMMAND_LINE, Entry
from admin_core.audit.recording import AuditLog
from admin_core.changes.acting import acting
from admin_core.ciphers import Cipher
from admin_core.database import Database, open_database
from admin_core.rotation import Tally, leftovers, rotate, still_of_use
from admin_core.settings import Settings
from schema import load_models
from schema.audit import ActorKind, AuditCategory, AuditOutcome


def rotated(settings: Settings, *, only_check: bool) -> Iterator[str | int]:
    """Yield lines to print, and at last the exit status: 0 when the current key opens everything."""
    load_models()
    database = open_database(settings.database_url, pool_size=1)
    cipher, log = Cipher((settings.secret_key, *settings.old_secret_keys)), AuditLog.of(settings)
    try:
        with acting(command_line(settings)):
            renewed = 0
            for tally in () if only_check else rotate(database, cipher, log):
                renewed += tally.renewed
                yield line_of(tally)
            left = [tally for tally in leftovers(database, cipher, log) if tally.unreadable]
            if not only_check:
                put_on_record(database, log, renewed, failed=bool(left))
            yield from verdict(database, log, left)
    finally:
        database.engine.dispose()


def line_of(tally: Tally) -> str:
    """Return what became of one place."""
    lost = f", {tally.unreadable} that no key at hand opens" if tally.unreadable else ""
    return f"{tally.label + ':':<36} {tally.checked} looked at, {tally.renewed} encrypted anew{lost}"


def verdict(database: Database, log: AuditLog, left: list[Tally]) -> Iterator[str | int]:
    """Yield whether the old keys can go."""
    if left:
        yield "Not opened by the current key, verified just now:"
        yield from (f"  {tally.label}: {tally.unreadable}" for tally in left)
        yield "Name the key they need in ADMIN_OLD_SECRET_KEYS and run this again, or enter the values anew."
        yield 1
        return
    yield "Verified: the current key opens everything that is encrypted. ADMIN_OLD_SECRET_KEYS may be emptied."
    with database.transaction() as session:
        for use in still_of_use(session, log):
            yield f"An old key is still of use for {use}."
    yield 0


def put_on_record(database: Database, log: AuditLog, renewed: int, *, failed: bool) -> None:
    """Write into the audit log that keys were rotated."""
    with database.transaction() as session:
        entry = Entry(
            category=AuditCategory.CONFIG,
            action="keys.rotated",
            actor_kind=ActorKind.SYSTEM,
            actor_key=COMMAND_LINE,
            row_count=renewed,
            outcome=AuditOutcome.FAILED if failed else AuditOutcome.OK,
        )
        log.record(session, entry)

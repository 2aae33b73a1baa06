"""`admin audit …`: the sealer, and what an auditor asks. Texts and status codes; the work is done beside it."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy.exc import ProgrammingError

from admin_core import logs
from admin_core.audit import beginning_anew, custody, pruning, sealer
from admin_core.audit.anchors import Anchor, AnchorError, FileSink, Sink, anchor_newest, read_anchors
from admin_core.audit.findings import EXIT
from admin_core.audit.proving import NotProvable, Wanted, prove
from admin_core.audit.recording import AuditLog
from admin_core.audit.sealer import Sealer, SealRefused
from admin_core.audit.signing import SigningKeyError, read_signer
from admin_core.audit.verifying import Evidence, verify
from admin_core.database import Database, open_database
from admin_core.jobs.loop import Every, stop_on_signals
from admin_core.settings import Settings
from schema import load_models

ANCHOR_EVERY_S = 3_600


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """Yield the database for a command."""
    load_models()
    database = open_database(settings.database_url, pool_size=1, application="admin-audit")
    try:
        yield database
    finally:
        database.engine.dispose()


def key_file(settings: Settings) -> Path:
    """Return where the signing key is kept."""
    if not settings.audit_key_file:
        raise click.ClickException("ADMIN_AUDIT_KEY_FILE is not set: say where the signing key of the log is kept.")
    return Path(settings.audit_key_file)


def sinks(settings: Settings) -> list[Sink]:
    """Return the places outside to which checkpoints are copied."""
    return [FileSink(Path(settings.audit_anchor_dir))] if settings.audit_anchor_dir else []


@contextmanager
def opened_sealer(settings: Settings) -> Iterator[Sealer]:
    """Yield the sealer of this process, its key made at the very first time; its refusals are sentences."""
    with opened(settings) as database:
        try:
            yield Sealer(database, custody.signer_at(database, key_file(settings)))
        except (SigningKeyError, SealRefused) as problem:
            raise click.ClickException(str(problem)) from None


def init(settings: Settings) -> str:
    """Make the signing key when there is none, and say which one signs."""
    with opened_sealer(settings) as own:
        return f"The log is signed by {own.signer.id}; its key is {key_file(settings)}."


def rotate(settings: Settings) -> str:
    """Replace the signing key."""
    with opened_sealer(settings) as own:
        name = custody.rotate(own.database, key_file(settings), AuditLog.of(settings))
    return f"From now on the log is signed by {name}. Restart the sealer."


def seal(settings: Settings, every_s: float | None) -> str:
    """Seal what waits; with ``every_s``, go on until SIGTERM and anchor once an hour."""
    with opened_sealer(settings) as own:
        if every_s is None:
            return f"Sealed {own.seal_all()} entries."
        logs.configure()
        keep_sealing(own, sinks(settings), every_s)
    return "The sealer has ended."


def keep_sealing(own: Sealer, places: list[Sink], every_s: float) -> None:
    """Run until stopped."""
    due = Every(ANCHOR_EVERY_S)

    def after() -> None:
        if places and due.is_due():
            for said in anchor_newest(own.database, places):
                click.echo(said)

    sealer.run(own, every_s=every_s, stop=stop_on_signals(), after=after)


def anchor(settings: Settings) -> str:
    """Copy the newest checkpoint to every place that lacks it."""
    places = sinks(settings)
    if not places:
        raise click.ClickException("ADMIN_AUDIT_ANCHOR_DIR is not set: there is no place to anchor in.")
    with opened(settings) as database:
        return "\n".join(anchor_newest(database, places)) or "Everything is anchored already."


def verified(settings: Settings, *, since: int | None, anchors: str | None, as_json: bool) -> tuple[str, int]:
    """Return the result as text and the status: 0 clean, 1 tampered, 2 inconclusive."""
    began = time.monotonic()
    with opened(settings) as database:
        report = verify(database, evidence(settings, anchors), since=since)
    if as_json:
        return json.dumps(report.words(), indent=2), EXIT[report.verdict]
    return "\n".join([*report.lines(), f"  It took {time.monotonic() - began:.1f} s."]), EXIT[report.verdict]


def evidence(settings: Settings, anchors: str | None = None) -> Evidence:
    """Return what this host can bring: the application's keys, the anchors, the signing key's name."""
    doubts: list[str] = []
    found: tuple[Anchor, ...] = ()
    if place := anchors or settings.audit_anchor_dir:
        try:
            found = tuple(read_anchors(Path(place)))
        except AnchorError as problem:
            doubts.append(str(problem))
    keys = AuditLog.of(settings).keys
    return Evidence(macs=keys.macs, anchors=found, pinned=own_key(settings), doubts=tuple(doubts))


def own_key(settings: Settings) -> tuple[str, ...]:
    """Return the name of the key in the key file; empty on a host that may not read it."""
    try:
        return (read_signer(Path(settings.audit_key_file)).id,) if settings.audit_key_file else ()
    except (SigningKeyError, PermissionError):
        return ()


def proof(settings: Settings, entry_id: UUID) -> str:
    """Return the proof of an entry as JSON."""
    with opened(settings) as database:
        try:
            return json.dumps(prove(database, entry_id), indent=2, ensure_ascii=False)
        except NotProvable as problem:
            raise click.ClickException(str(problem)) from None


def export(settings: Settings, form: str, wanted: Wanted, output: str | None) -> str:
    """Write the wanted entries to a file or the terminal, record that, and say how many."""
    from admin_core.audit.reports import write_report  # PDFs: not for every command

    if form == "pdf" and output is None:
        raise click.ClickException("A PDF is no text: name a file with --output.")
    with opened(settings) as database:
        with Path(output).open("wb") if output else nullcontext(sys.stdout.buffer) as file:
            count = write_report(database, form, wanted, file, (settings.product_name, frozenset()))
        return f"{count} entries.{recorded(settings, database, count)}"


def recorded(settings: Settings, database: Database, count: int) -> str:
    """Put into the log that entries were taken along; return a sentence when this role may only read."""
    from admin_core.audit.reports import exported

    try:
        with database.transaction() as session:
            AuditLog.of(settings).record(session, exported(count, "audit_entries", None))
    except ProgrammingError:
        return " This database role may only read: the log does not tell of this export."
    return ""


def begin_anew(settings: Settings, reason: str, anchors: str | None = None) -> str:
    """Begin a new log after a restore and say what it follows."""
    with opened_sealer(settings) as own:
        return beginning_anew.begin_anew(own, AuditLog.of(settings), evidence(settings, anchors), reason).words()


def prune(settings: Settings, before: datetime, reason: str) -> str:
    """Remove the bodies of old entries."""
    before = before.replace(tzinfo=UTC)
    with opened_sealer(settings) as own:
        return f"Removed {pruning.prune(own.database, own.signer, AuditLog.of(settings), before, reason)} entries."

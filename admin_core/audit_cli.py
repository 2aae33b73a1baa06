"""Names and options of `admin audit`; what they do is imported when they run."""

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from admin_core.settings import Settings

if TYPE_CHECKING:
    from admin_core.audit.filters import Filter

DAY = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])


def subject(_context: click.Context, _option: click.Parameter, value: str | None) -> tuple[str, str] | None:
    """Return KIND:KEY as two words."""
    if value is None:
        return None
    kind, colon, key = value.partition(":")
    if not (kind and colon and key):
        raise click.BadParameter("write KIND:KEY, e.g. customer:0192…")
    return kind, key


def chosen(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> "Filter":
    """Return NAME=VALUE pairs as the filter they are on the pages."""
    from admin_core.audit.filters import READERS, read_filter

    pairs = [value.partition("=") for value in values]
    if unknown := [name for name, equals, _ in pairs if not equals or name not in READERS]:
        raise click.BadParameter(f"{unknown[0]} is none of {', '.join(READERS)}; write NAME=VALUE.")
    read = read_filter({name: value for name, _, value in pairs})
    for name, sentence in read.errors.items():
        raise click.BadParameter(f"{name}: {sentence}")
    return read.wanted


def settings() -> Settings:
    """Return the settings of this process."""
    return Settings.from_environment(os.environ)


@click.group()
def audit() -> None:
    """Seal, verify, prove and export the audit log."""


@audit.command("init")
def init() -> None:
    """Make the signing key when there is none."""
    from admin_core.audit import commands

    click.echo(commands.init(settings()))


@audit.command("rotate-key")
def rotate_key() -> None:
    """Replace the signing key by a new one that the old one endorses."""
    from admin_core.audit import commands

    click.echo(commands.rotate(settings()))


@audit.command("seal")
@click.option("--every", "every_s", type=click.FloatRange(min=0.05), help="Go on, every so many seconds.")
def seal(every_s: float | None) -> None:
    """Seal the entries that wait; any number may run."""
    from admin_core.audit import commands

    click.echo(commands.seal(settings(), every_s))


@audit.command("anchor")
def anchor() -> None:
    """Copy the newest checkpoint outside."""
    from admin_core.audit import commands

    click.echo(commands.anchor(settings()))


@audit.command("verify")
@click.option("--full", is_flag=True, help="Everything (the default).")
@click.option("--since", type=click.IntRange(min=1), help="Only what came after this checkpoint.")
@click.option("--anchor", "anchors", type=click.Path(), help="Anchors: a file, or the directory it is in.")
@click.option("--json", "as_json", is_flag=True)
def verify(since: int | None, anchors: str | None, *, full: bool, as_json: bool) -> None:
    """Verify the log: status 0 clean, 1 tampered, 2 inconclusive."""
    from admin_core.audit import commands

    if full and since:
        raise click.UsageError("--full and --since exclude each other.")
    said, status = commands.verified(settings(), since=since, anchors=anchors, as_json=as_json)
    click.echo(said)
    raise SystemExit(status)


@audit.command("prove")
@click.argument("entry_id", type=click.UUID)
def prove(entry_id: UUID) -> None:
    """Print the proof that an entry is in the log."""
    from admin_core.audit import commands

    click.echo(commands.proof(settings(), entry_id))


@audit.command("export")
@click.option("--format", "form", type=click.Choice(["jsonl", "csv", "pdf"]), default="jsonl", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False), help="File to write. Default: print; a PDF needs one.")
@click.option("--from", "since", type=DAY, help="From this day or moment on, UTC.")
@click.option("--to", "until", type=DAY, help="Before this day or moment, UTC.")
@click.option("--actor", type=click.UUID)
@click.option("--subject", "about", callback=subject, metavar="KIND:KEY")
@click.option("--only", callback=chosen, multiple=True, metavar="NAME=VALUE", help="e.g. category=export, action=…")
def export(form: str, output: str | None, only: "Filter", about: tuple[str, str] | None, **limits: Any) -> None:
    """Write sealed entries: JSONL with proofs, CSV, or a PDF to sign off. Check JSONL with verify_audit_export.py."""
    from admin_core.audit import commands
    from admin_core.audit.proving import Wanted

    since, until = (in_utc(limits[name]) for name in ("since", "until"))
    wanted = Wanted(since=since, until=until, actor=limits["actor"], subject=about, more=only)
    click.echo(commands.export(settings(), form, wanted, output), err=True)


@audit.command("begin-anew")
@click.option("--reason", required=True, help="Why: which backup was restored, and when.")
@click.option("--anchor", "anchors", type=click.Path(), help="Anchors: a file, a saved mail, or their directory.")
def begin_anew(reason: str, anchors: str | None) -> None:
    """After a restore: end the log where the backup ends, and begin a new one that follows it."""
    from admin_core.audit import commands

    click.echo(commands.begin_anew(settings(), reason, anchors))


@audit.command("prune")
@click.option("--before", type=DAY, required=True)
@click.option("--reason", required=True)
def prune(before: datetime, reason: str) -> None:
    """Remove the bodies of old entries; their hashes stay, under a signed note."""
    from admin_core.audit import commands

    click.echo(commands.prune(settings(), before, reason))


def in_utc(moment: datetime | None) -> datetime | None:
    """Return a moment as UTC."""
    return moment.replace(tzinfo=UTC) if moment else None

"""Names and options of `admin source`; what they do is imported when they run."""

import os

import click

from admin_core.settings import Settings


@click.group()
def source() -> None:
    """Rows of the company's own database."""


@source.command("check")
def source_check() -> None:
    """Say what of the mapping no longer fits, and show its first rows masked; status 1 when something is wrong."""
    from admin_core.commands import sources as commands

    lines, failed = commands.check(Settings.from_environment(os.environ))
    click.echo("\n".join(lines))
    raise SystemExit(int(failed))


@source.command("columns")
@click.argument("table", required=False)
def source_columns(table: str | None) -> None:
    """List what of ours a mapping may fill: the tables, or the columns of one with what each takes."""
    from admin_core.commands import sources as commands

    click.echo("\n".join(commands.columns(Settings.from_environment(os.environ), table or "")))


@source.command("load")
@click.argument("mapping")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True))
@click.option("--check", is_flag=True, help="Only say what is wrong, and show the first rows masked.")
def source_load(mapping: str, file: str, check: bool) -> None:
    """Feed a mapping from a file: CSV, workbook or JSON lines. A job takes its rows, each once."""
    from admin_core.commands import sources as commands

    lines, failed = commands.load(Settings.from_environment(os.environ), mapping, file, is_check=check)
    click.echo("\n".join(lines))
    raise SystemExit(int(failed))

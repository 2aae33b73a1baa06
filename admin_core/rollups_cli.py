"""Names and options of `admin rollups`; what they do is imported when they run."""

import os

import click

from admin_core.settings import Settings


@click.group()
def rollups() -> None:
    """Numbers kept by day, so that no page reads a whole table."""


@rollups.command("list")
def rollups_list() -> None:
    """Print how each stands."""
    from admin_core.commands import rollups as commands

    click.echo(commands.listed(Settings.from_environment(os.environ)))


@rollups.command("refresh")
@click.argument("name", required=False)
def rollups_refresh(name: str | None) -> None:
    """Compute the days whose rows changed, of NAME or of all."""
    from admin_core.commands import rollups as commands

    for line in commands.refreshed(Settings.from_environment(os.environ), name):
        click.echo(line)


@rollups.command("rebuild")
@click.argument("name", required=False)
def rollups_rebuild(name: str | None) -> None:
    """Compute every day anew, of NAME or of all."""
    from admin_core.commands import rollups as commands

    for line in commands.refreshed(Settings.from_environment(os.environ), name, anew=True):
        click.echo(line)


@rollups.command("verify")
@click.argument("name", required=False)
def rollups_verify(name: str | None) -> None:
    """Compare what is kept with the rows and name the days that differ; status 1 when any does."""
    from admin_core.commands import rollups as commands

    for line in commands.verified(Settings.from_environment(os.environ), name):
        if isinstance(line, int):
            raise SystemExit(line)
        click.echo(line)

"""`admin plugin new` and `admin plugin check`: make a plugin, and see whether it keeps what every plugin must."""

import os
from collections.abc import Iterator
from pathlib import Path

import click
from sqlalchemy.exc import OperationalError

from admin_core import scaffold
from admin_core.conformance import Databases, Result, Stage, examine
from admin_core.conformance.databases import ProductionRefused, connected, refuse_production, thrown_away
from admin_core.settings import read_database_url, read_paths


def new(project: Path, name: str, path: Path | None) -> str:
    """Make a plugin and return what to do next."""
    try:
        made = scaffold.make(name, project, path)
    except scaffold.ScaffoldRefused as refusal:
        raise click.ClickException(str(refusal)) from None
    where = f"Add {made.folder} to ADMIN_PLUGIN_PATHS.\n" if made.is_outside else ""
    return (
        f"Made {made.folder}.\n{where}Look at it:  /admin/{name}/waiting, once the product was started anew.\n"
        f"Test it:     .venv/bin/python -m pytest {made.test}\n"
        f"Examine it:  .venv/bin/python -m admin_core.cli plugin check {name}"
    )


def check(name: str, server_url: str) -> Iterator[str]:
    """Yield one line per check of the conformance kit; the last one, about failures, is raised."""
    demand_place(server_url)
    paths = read_paths(os.environ.get("ADMIN_PLUGIN_PATHS", ""))
    demand_loaded(name, paths)
    failed = 0
    with thrown_away(server_url, paths) as databases:
        stage = Stage(name, databases, paths)
        for result in examine(stage):
            failed += not result.passed
            yield from lines(result)
        yield from (f"      {note}" for note in stage.notes)
        stage.close()
    if failed:
        raise click.ClickException(f"{name} does not keep {failed} of the checks.")
    yield f"{name} keeps what every plugin must."


def demand_place(server_url: str) -> None:
    """Refuse, with a sentence, a production and a server on which nothing can be made."""
    try:
        refuse_production(os.environ)
        if server_url:
            with connected(read_database_url(server_url)):
                pass
    except (ProductionRefused, ValueError) as refusal:
        raise click.ClickException(
            f"--database {refusal}" if isinstance(refusal, ValueError) else str(refusal)
        ) from None
    except OperationalError as error:
        raise click.ClickException(f"The database does not answer: {error.orig}") from None


def demand_loaded(name: str, paths: tuple[str, ...]) -> None:
    """Refuse, with a sentence, a plugin that does not load: nothing else about it could be examined."""
    if problems := Stage(name, Databases("postgresql+psycopg://", "postgresql+psycopg://"), paths).problems:
        raise click.ClickException(" ".join(problems))


def lines(result: Result) -> Iterator[str]:
    """Yield what came of a check: one line, and one for each thing that was found."""
    mark = "ok  " if result.passed else "FAIL"
    yield f"{mark}  {result.check.id}: {result.check.sentence}"
    yield from (f"      {finding}" for finding in result.findings)

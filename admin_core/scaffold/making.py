"""Writes the files of a new plugin, all of them or none."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from string import Template

from admin_core.plugin_sources import OUTSIDE
from admin_core.scaffold.naming import name_problem, taken_names

FILES = Path(__file__).parent / "files"
ROOMS = ("__init__.py", "plugin.py", "rules.py", "queries.py", "views.py", "actions.py", "jobs.py", "README.md")


class ScaffoldRefused(ValueError):
    """No plugin was made; the message says why and what to do."""


@dataclass(frozen=True)
class Made:
    """A new plugin's folder and its test file."""

    name: str
    folder: Path
    test: Path
    is_outside: bool


def make(name: str, project: Path, path: Path | None = None) -> Made:
    """Write a plugin into ``plugins/`` of the project, or into another folder; ScaffoldRefused when that cannot be."""
    home = project / "plugins"
    parent = (path or home).resolve()
    if problem := name_problem(name, taken_names()):
        raise ScaffoldRefused(problem)
    is_outside = parent != home.resolve()
    folder = parent / name
    test = (folder / "tests" if is_outside else project / "tests/plugins" / name) / "test_plugin.py"
    for place in (folder, test.parent):
        if place.exists():
            raise ScaffoldRefused(
                f"{place} exists already. Nothing was written; choose another name or another folder."
            )
    made = Made(name, folder, test, is_outside)
    write_all(files_of(made, project), (folder, test.parent))
    return made


def files_of(made: Made, project: Path) -> dict[Path, str]:
    """Return the text of every file of a new plugin, by its place."""
    words = {
        "name": made.name,
        "title": made.name.replace("_", " ").capitalize(),
        "package": f"{OUTSIDE if made.is_outside else 'plugins'}.{made.name}",
        "test": str(made.test if made.is_outside else made.test.relative_to(project)),
    }
    places = {room: made.folder / room for room in ROOMS}
    places["templates/page.html"] = made.folder / "templates" / made.name / "page.html"
    places["test_plugin.py"] = made.test
    if made.is_outside:
        places["conftest.py"] = made.test.with_name("conftest.py")
    return {
        place: Template((FILES / f"{file}.txt").read_text("utf-8")).substitute(words) for file, place in places.items()
    }


def write_all(texts: dict[Path, str], new: tuple[Path, ...]) -> None:
    """Write the files; when one cannot be written, the new folders are taken away again."""
    try:
        for place, text in texts.items():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, "utf-8")
    except OSError as error:
        for folder in new:
            shutil.rmtree(folder, ignore_errors=True)
        raise ScaffoldRefused(f"{error.filename} could not be written: {error.strerror}. Nothing was made.") from None

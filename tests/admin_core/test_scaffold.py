"""`admin plugin new`: what it makes passes every check of this repository, inside it and outside; what it refuses."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from admin_core import cli
from admin_core.scaffold import ScaffoldRefused, make, name_problem
from tests import house

ROOT = Path(__file__).parents[2]
COPIED = ("admin_core", "schema", "plugins", "tests", "docs", "pyproject.toml", "uv.lock", "wsgi.py", ".mypy_cache")
CACHES = shutil.ignore_patterns("node_modules", "var")
"""What is compiled is copied, too: a copy keeps the times by which Python knows that it is up to date."""
NAMES = ("late_tickets", "a", "a_name_of_twenty_4_signs")
RULES = (
    house.rooms, house.tables_of_contents, house.permissions, house.template_namespaces, house.commits, house.todos,
    house.private_places, house.vague_names, house.sizes,
)  # fmt: skip


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this repository with new plugins in it."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=CACHES)
        elif (ROOT / name).exists():
            shutil.copy2(ROOT / name, copy / name)
    for name in NAMES:
        make(name, copy)
    return copy


def run(folder: Path, *words: str) -> str:
    """Run a tool of ours and return what it said; fails when the tool does."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout[-4_000:]}{done.stderr[-2_000:]}"
    return done.stdout


def test_a_new_plugin_keeps_the_rules_of_the_house(tmp_path: Path) -> None:
    for name in NAMES:
        make(name, tmp_path)
    assert len(house.plugins(tmp_path)) == len(NAMES)
    assert [breach for rule in RULES for breach in rule(tmp_path)] == []


def test_a_new_plugin_is_formatted_linted_and_documented(checkout: Path) -> None:
    made = [str(folder) for name in NAMES for folder in (Path("plugins", name), Path("tests/plugins", name))]
    run(checkout, "ruff", "format", "--check", "--no-cache", *made)
    run(checkout, "ruff", "check", "--no-cache", *made)
    run(checkout, "interrogate", "--quiet", *(f"plugins/{name}" for name in NAMES))


@pytest.mark.timeout(600)
def test_a_new_plugin_is_strictly_typed_and_imports_what_it_may(checkout: Path) -> None:
    run(checkout, "mypy", *(word for name in NAMES for word in ("-p", f"plugins.{name}")))
    linter = str(Path(sys.executable).with_name("lint-imports"))
    done = subprocess.run([linter, "--no-cache"], cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3_000:]
    assert "0 broken" in done.stdout


@pytest.mark.timeout(600)
def test_a_new_plugin_passes_its_own_tests_and_the_kit(checkout: Path) -> None:
    said = run(checkout, "pytest", "-q", "-n", "0", f"tests/plugins/{NAMES[0]}")
    assert " passed" in said
    assert "failed" not in said


@pytest.mark.timeout(600)
def test_a_new_plugin_elsewhere_passes_its_own_tests_and_the_kit(tmp_path: Path) -> None:
    made = make("patience", ROOT, tmp_path)
    assert made.is_outside
    assert made.test == tmp_path / "patience/tests/test_plugin.py"
    said = run(ROOT, "pytest", "-q", "-n", "0", "-c", os.devnull, "--rootdir", str(tmp_path), str(made.test))
    assert " passed" in said
    assert "failed" not in said


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Late", "small letters"),
        ("late-tickets", "small letters"),
        ("9lives", "small letters"),
        ("", "small letters"),
        ("x" * 25, "1 to 24"),
        ("../late", "small letters"),
        ("class", "word of Python"),
        ("core", "word of core"),
        ("data", "word of core"),
        ("finance", "already"),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_a_sentence(name: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(ScaffoldRefused, match=says):
        make(name, ROOT, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_usual_name_is_not_refused() -> None:
    assert name_problem("late_tickets", {"finance"}) == ""


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "late").mkdir()
    (tmp_path / "late" / "mine.txt").write_text("mine")
    with pytest.raises(ScaffoldRefused, match="exists already"):
        make("late", ROOT, tmp_path)
    assert [path.name for path in tmp_path.rglob("*")] == ["late", "mine.txt"]


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(ScaffoldRefused, match="could not be written"):
        make("late", ROOT, tmp_path / "file")
    assert [path.name for path in tmp_path.rglob("*")] == ["file"]


def test_the_command_says_what_it_made_and_what_to_do_next(tmp_path: Path) -> None:
    answer = CliRunner().invoke(cli.admin, ["plugin", "new", "late", "--path", str(tmp_path)])
    assert answer.exit_code == 0, answer.output
    for words in (f"Made {tmp_path}/late.", "ADMIN_PLUGIN_PATHS", "/admin/late/waiting", "plugin check late"):
        assert words in answer.output
    again = CliRunner().invoke(cli.admin, ["plugin", "new", "late", "--path", str(tmp_path)])
    assert again.exit_code == 1
    assert again.output.startswith("Error: ")

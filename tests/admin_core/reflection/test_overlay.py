"""An overlay names and classifies reflected tables, and says what it does not understand."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from admin_core.cli import admin
from admin_core.policy import Person, sees
from admin_core.reflection.overlay import read_overlay
from admin_core.reflection.reflection import Reflection
from admin_core.settings import SettingsError

SAID = """
["public.plain"]
label = "Person of theirs"
title = ["email"]
listed = ["email", "created"]
["public.plain".columns.name]
pii = "identity"
label = "Full name"
["public.plain".columns.email]
pii = "none"
"""


def overlay(folder: Path, text: str) -> str:
    path = folder / "overlay.toml"
    path.write_text(text, "utf-8")
    return str(path)


def test_it_names_and_classifies(awkward_database: str, tmp_path: Path) -> None:
    found = Reflection.of(awkward_database, overlay(tmp_path, SAID))
    spec = found.spec("public.plain")
    assert (spec.label, spec.title, spec.listed) == ("Person of theirs", ("email",), ("email", "created"))
    assert (spec.columns["name"].pii, spec.columns["name"].label) == ("identity", "Full name")
    support = Person(id=None, name="Sam", permissions=frozenset({"pii:identity:read"}))  # type: ignore[arg-type]
    assert sees(support, spec.columns["name"]) == "clear"
    assert spec.columns["name"].help == "What they are called."
    assert spec.description == "People of the other program."
    assert found.spec("public.texts").label == "Texts"
    found.engine.dispose()


def test_the_example_of_the_documentation_is_understood(tmp_path: Path) -> None:
    text = Path("docs/reflection.md").read_text("utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    said = read_overlay(overlay(tmp_path, example))
    assert said["public.users"].title == ("full_name",)
    assert said["public.users"].of_column("plan") == {"pii": "none"}


@pytest.mark.parametrize(("text", "sentence"), [
    ("[", "cannot be read"),
    ('["public.plain"]\nlable = "x"', "public.plain has no word 'lable'; known: label, plural"),
    ('["public.plain".columns.name]\npii = "secretive"', "public.plain.name: ui(pii='secretive') is no class"),
    ('["public.plain".columns.name]\ncolour = "red"', "public.plain.name: ui() does not know ['colour']"),
    ('"public.plain" = 3', "public.plain must be a table of words"),
    ('["public.plain"]\nsubject = "customer"', "public.plain: subject is 'self' or nothing"),
    ('["public.plain"]\ncolumns = "name"', "public.plain: columns must be tables of words"),
])  # fmt: skip
def test_what_it_does_not_understand_is_said(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(sentence)):
        read_overlay(overlay(tmp_path, text))


def test_the_command_says_what_would_be_shown(awkward_database: str) -> None:
    said = CliRunner().invoke(admin, ["reflect", awkward_database]).output
    assert "Odd Schema: 1 table\n" in said
    assert "public: 2 partitioned tables\n" in said
    assert "public: 1 view\n" in said
    assert "ADMIN_REFLECT_WRITE=1: forms write." in said


@pytest.mark.parametrize("url", ["mysql://x/y", "postgresql://nobody@127.0.0.1:1/none"])
def test_a_database_that_cannot_be_read_is_a_sentence(url: str) -> None:
    found = CliRunner().invoke(admin, ["reflect", url])
    assert isinstance(found.exception, SettingsError)
    assert "must be an address" in str(found.exception) or "cannot be read" in str(found.exception)

"""docs/settings.md is true: it has a heading for every section, a line for every field, and no other."""

import re
from pathlib import Path

import pytest

from admin_core.configuration.sections import declared_sections
from admin_core.plugin_loading import load_plugins
from admin_core.setting_fields import SettingsSection

TEXT = (Path(__file__).parents[2] / "docs/settings.md").read_text(encoding="utf-8")
PARTS = {part.split("\n", 1)[0]: part for part in re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]}
SECTIONS = list(declared_sections(load_plugins()))
GENERAL = {"How it works", "System page"}


def test_every_section_has_a_heading_and_every_heading_a_section() -> None:
    assert set(PARTS) - GENERAL == {section.title for section in SECTIONS}


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_every_field_has_its_line(section: SettingsSection) -> None:
    described = re.findall(r"^\| ([^|]+) \| ", PARTS[section.title], re.MULTILINE)[1:]
    assert described == [field.label for field in section.fields]
    if section.test:
        assert "**Test**" in PARTS[section.title]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_what_is_needed_and_what_stands_there_at_first_is_said(section: SettingsSection) -> None:
    lines = dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", PARTS[section.title], re.MULTILINE))
    for field in section.fields:
        if field.required and field.default is None:
            assert "needed" in lines[field.label], field.name
        if field.name == "api_address":
            assert str(field.default) in lines[field.label]

"""docs/sources.md is true: each file in it is understood and fits our tables, and each word has its line."""

import re
from pathlib import Path
from textwrap import dedent

import pytest

from admin_core.generator.registry import Registry
from admin_core.sources.fitting import misfits
from admin_core.sources.mapping import KNOWN, read_source
from schema import load_models
from schema.base import Base

TEXT = (Path(__file__).parents[2] / "docs/sources.md").read_text(encoding="utf-8")
FILES = [dedent(found) for found in re.findall(r"^ *```toml\n(.*?)^ *```", TEXT, re.DOTALL | re.MULTILINE)]


@pytest.mark.parametrize("number", range(4))
def test_each_file_is_understood_and_fits(tmp_path: Path, number: int) -> None:
    load_models()
    path = tmp_path / "source.toml"
    path.write_text(FILES[number], "utf-8")
    assert misfits(read_source(str(path)), Registry.of(Base)) == []
    assert len(FILES) == 4


def test_each_word_has_its_line() -> None:
    described = {
        word for line in re.findall(r"^\| (.*?) \| ", TEXT, re.MULTILINE) for word in re.findall(r"`(\w+)`", line)
    }
    assert KNOWN["feed"].keys() | KNOWN["column"].keys() | KNOWN["write"].keys() == described | {"columns"}

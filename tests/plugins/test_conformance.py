"""Every plugin of this repository passes the conformance kit."""

from collections.abc import Iterator
from functools import cache

import pytest

import plugins
from admin_core.conformance import CHECKS, Check, Databases, Stage
from admin_core.plugin_sources import of_package


@pytest.fixture(scope="session")
def stages(plugin_databases: Databases) -> Iterator[dict[str, Stage]]:
    """One stage per plugin, each over the same two databases."""
    found = {name: Stage(name, plugin_databases) for name in names()}
    yield found
    for stage in found.values():
        stage.close()


@cache
def names() -> list[str]:
    return [source.name for source in of_package(plugins)]


@pytest.mark.parametrize("check", CHECKS, ids=str)
@pytest.mark.parametrize("name", names())
def test_every_plugin_conforms(stages: dict[str, Stage], name: str, check: Check) -> None:
    assert check.findings(stages[name]) == [], check.sentence

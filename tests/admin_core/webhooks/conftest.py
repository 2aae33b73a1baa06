"""One database for all tests of webhooks; commits are real, and it is emptied before each test."""

from collections.abc import Iterator

import pytest

from tests.admin_core.webhooks.world import Program, World, program
from tests.databases import clone, drop, unique_name


@pytest.fixture(scope="session")
def webhooks_world(server_url: str) -> Iterator[World]:
    name = unique_name("webhooks")
    world = World.open(clone(server_url, name))
    yield world
    world.database.engine.dispose()
    drop(server_url, name)


@pytest.fixture
def world(webhooks_world: World) -> World:
    webhooks_world.empty()
    return webhooks_world


@pytest.fixture
def shop() -> Iterator[Program]:
    """Yield the receiver of another program, running."""
    with program() as running:
        yield running

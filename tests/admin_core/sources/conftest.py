"""Two new databases: theirs with the mess of two generations, ours empty."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import text

from schema import load_models
from tests.admin_core.sources.world import SourceWorld
from tests.databases import address, drop, server, unique_name


@pytest.fixture
def world(server_url: str, make_database: Callable[[], str]) -> Iterator[SourceWorld]:
    load_models()
    name = unique_name("theirs")
    with server(server_url) as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    world = SourceWorld.open(make_database(), address(server_url, name))
    yield world
    world.close()
    drop(server_url, name)

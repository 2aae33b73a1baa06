"""One database for the tests of selections, whose commits are real."""

from collections.abc import Iterator

import pytest

from schema import load_models
from tests.admin_core.bulk.world import BulkWorld
from tests.admin_core.reflection.conftest import awkward_database
from tests.databases import clone, drop, unique_name

__all__ = ["awkward_database"]


@pytest.fixture(scope="session")
def bulk_world(server_url: str) -> Iterator[BulkWorld]:
    load_models()
    name = unique_name("bulk")
    world = BulkWorld.open(clone(server_url, name))
    yield world
    world.close()
    drop(server_url, name)


@pytest.fixture
def world(bulk_world: BulkWorld) -> BulkWorld:
    return bulk_world

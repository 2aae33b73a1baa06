"""A private Redis and one database with the workload's tables; both are emptied before each test."""

from collections.abc import Iterator

import pytest

from admin_core.supervisor.servers import start_redis
from schema import load_models
from tests.admin_core.jobs.world import World
from tests.databases import clone, drop, unique_name


@pytest.fixture(scope="session")
def private_redis() -> Iterator[str]:
    """Yield the address of a Redis that only these tests use."""
    running = start_redis()
    yield running.url
    running.stop()


@pytest.fixture(scope="session")
def jobs_world(server_url: str, private_redis: str) -> Iterator[World]:
    """Yield a world whose commits are real. One for all tests: making a database costs more than a test."""
    load_models()
    name = unique_name("jobs")
    world = World.open(clone(server_url, name), private_redis)
    yield world
    world.close()
    drop(server_url, name)


@pytest.fixture
def world(jobs_world: World) -> World:
    """Return the world, empty."""
    jobs_world.empty()
    return jobs_world

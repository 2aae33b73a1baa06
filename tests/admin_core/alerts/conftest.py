"""One database for the tests of alerts; commits are real, and it is emptied before each test."""

from collections.abc import Iterator

import pytest

from schema import load_models
from tests.admin_core.alerts.world import Chat, World
from tests.admin_core.mail.post_office import PostOffice, opened
from tests.admin_core.outgoing.receivers import receiver
from tests.databases import as_app, clone, drop, unique_name


@pytest.fixture(scope="session")
def alerts_world(server_url: str) -> Iterator[World]:
    load_models()
    name = unique_name("alerts")
    world = World.open(as_app(clone(server_url, name)))
    yield world
    world.database.engine.dispose()
    drop(server_url, name)


@pytest.fixture
def world(alerts_world: World) -> World:
    """Return the world, empty, in the role of web and workers."""
    alerts_world.empty()
    return alerts_world


@pytest.fixture
def chat() -> Iterator[Chat]:
    """Yield a chat's webhook, running."""
    made = Chat()
    with receiver(made) as running:
        made.port = running.port
        yield made


@pytest.fixture
def office(world: World) -> Iterator[PostOffice]:
    """Yield a mail server on this machine, configured."""
    made = PostOffice()
    with opened(made) as port:
        world.configure_mail(port)
        yield made

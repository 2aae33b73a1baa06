"""docs/plugins.md is true: it names every hook, and its example runs."""

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy.orm import Session

from admin_core import briefing
from admin_core.ciphers import Cipher
from admin_core.generator.context import Context
from admin_core.generator.registry import Registry
from admin_core.plugin_manager import Plugins, hook_names
from admin_core.policy import Person, PolicySession
from schema.base import Base
from schema.support import Ticket
from schema.views import SavedView
from tests.schema.core_rows import CoreMaker

TEXT = (Path(__file__).parents[2] / "docs/plugins.md").read_text(encoding="utf-8")
ADA = Person(uuid.UUID(int=1), "Ada", ("Owner",), frozenset({"*"}))


@pytest.fixture(scope="module")
def plugins() -> Plugins:
    """The example of the page, loaded as from its folder."""
    example = re.search(r"```python\n(.*?)```", TEXT, re.DOTALL)
    assert example is not None
    module = ModuleType("plugins.greetings.plugin")
    exec(compile(example[1], "docs/plugins.md", "exec"), vars(module))
    plugins = Plugins()
    plugins.load("greetings", lambda: module)
    return plugins


@pytest.fixture
def ctx(session: Session) -> Iterator[Context]:
    rows = CoreMaker(session)
    rows.add(Ticket)
    rows.add(Ticket, status="open")
    rows.add(Ticket, status="on_hold")
    rows.add(SavedView, shared=True)
    rows.add(SavedView, name="Own")
    connection = session.connection()
    with PolicySession(connection, person=ADA, join_transaction_mode="create_savepoint") as reading:  # type: ignore[arg-type]
        yield Context(reading, ADA, Registry.of(Base), Cipher(["k" * 32]), datetime.now(UTC))


def test_every_hook_has_a_heading_and_every_heading_a_hook() -> None:
    assert sorted(re.findall(r"^### (\w+)$", TEXT, re.MULTILINE)) == sorted(hook_names())


def test_the_example_is_a_plugin_that_runs(plugins: Plugins) -> None:
    (found,) = plugins
    assert found.error == ""
    assert [link.label for link in plugins.items("register_links")] == ["Say hello"]
    assert [segment.name for segment in plugins.items("register_segments")] == ["Urgent"]


def test_the_example_stands_on_home(plugins: Plugins, ctx: Context) -> None:
    (line,) = briefing.decisions(ctx, plugins.items("register_waiting"))
    assert (line.label, line.count) == ("Tickets to greet", 2)
    (tile,) = briefing.tiles(ctx, plugins.items("register_tiles"))
    assert (tile.value, tile.url) == ("1", "/admin/data/saved_views/?f.shared.eq=true")


def test_the_page_says_the_limits_that_hold() -> None:
    assert briefing.PART_MS == 1_000

"""The job behind the Test buttons, run by workers: twice is once, and whatever a test does ends as a sentence."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa

from admin_core import settings_store as store
from admin_core.ciphers import Cipher
from admin_core.configuration.testing import DEMO, SLUG
from admin_core.jobs import core_jobs
from admin_core.jobs.errors import JobError, JobFailed
from admin_core.plugin_manager import Plugins
from admin_core.plugin_switches import Switches
from admin_core.setting_fields import SettingField, SettingsSection, Value, Values, api_address
from schema.settings import IntegrationState, Setting
from tests.admin_core.jobs.conftest import jobs_world, private_redis, world
from tests.admin_core.jobs.world import World, with_jobs

__all__ = ["jobs_world", "private_redis", "world"]
KEY = "canary-0123456789-zebra"


def section(test: Callable[[Values], str]) -> SettingsSection:
    fields = (
        SettingField(name="key", label="Key", kind="secret", required=True),
        api_address("Shop", "https://shop.example"),
    )
    return SettingsSection(
        name="shop", title="Shop", description="", fields=fields, test=test, reaches="api_address", setup=True
    )


def works(values: Values) -> str:
    return f"It works at {values['api_address']}."


def raises(error: Exception) -> Callable[[Values], str]:
    def test(_values: Values) -> str:
        raise error

    return test


def quotes(values: Values) -> str:
    return f"Accepted {values['key']}."


@pytest.fixture
def clean(world: World) -> Iterator[World]:
    yield world
    with world.database.transaction() as session:
        for model in (Setting, IntegrationState):
            session.execute(sa.delete(model))


def opened(world: World, test: Callable[[Values], str], env: str = "test", **values: Value) -> World:
    """Return a world that knows one integration, its key stored."""
    shop = section(test)
    world = with_jobs(world, *core_jobs.CORE_JOBS)
    settings = replace(world.settings, env=env)  # type: ignore[arg-type]
    machine = replace(world.machine, sections=store.Sections.of([("shop", shop)]), settings=settings)
    with world.database.transaction() as session:
        store.write(session, machine.cipher, shop, {"key": KEY, **values})
    return replace(world, machine=machine)


def outcome(world: World) -> tuple[bool | None, str | None]:
    job = world.enqueue(SLUG, section="shop")
    world.settle()
    assert world.state(job) == "done"
    row = world.rows("SELECT last_test_ok, last_test_message FROM admin.integration_states WHERE name = 'shop'")[0]
    return row.last_test_ok, row.last_test_message


@pytest.mark.parametrize(
    ("test", "ok", "says"),
    [
        (works, True, "It works at https://shop.example."),
        (raises(JobFailed("The key is wrong.")), False, "The key is wrong."),
        (raises(JobError("Try later.")), False, "Try later."),
        (raises(RuntimeError(f"quotes {KEY}")), False, "RuntimeError at "),
        (raises(JobFailed(f"The key {KEY} is wrong.")), False, "The key ••• is wrong."),
        (quotes, True, "Accepted •••."),
    ],
)
def test_whatever_a_test_does_ends_as_a_sentence(
    clean: World, test: Callable[[Values], str], ok: bool, says: str
) -> None:
    found = outcome(opened(clean, test))
    assert found[0] is ok
    assert says in str(found[1])
    assert KEY not in str(clean.rows("SELECT to_jsonb(j)::text FROM admin.jobs j")) + str(found)


@pytest.mark.parametrize(("address", "ok"), [("https://shop.example", False), ("http://localhost:1", True)])
def test_the_demo_calls_only_this_machine(clean: World, address: str, ok: bool) -> None:
    found = outcome(opened(clean, works, env="demo", api_address=address))
    assert found == ((True, f"It works at {address}.") if ok else (False, DEMO))


def test_settings_that_changed_meanwhile_stay_untested(clean: World) -> None:
    def changes(_values: Values) -> str:
        with clean.database.transaction() as session:
            store.write(session, clean.machine.cipher, section(works), {"key": "another-key-0123456789"})
        return "It worked with the old key."

    assert outcome(opened(clean, changes)) == (None, None)


def test_a_key_that_cannot_be_decrypted_is_said_to_be_lost(clean: World) -> None:
    found = opened(clean, works)
    lost = replace(found, machine=replace(found.machine, cipher=Cipher(["z" * 32])))
    ok, message = outcome(lost)
    assert (ok, "ADMIN_OLD_SECRET_KEYS" in str(message)) == (False, True)


def test_a_test_whose_plugin_is_gone_fails_in_words(clean: World) -> None:
    found = opened(clean, works)
    gone = replace(found, machine=replace(found.machine, sections=store.Sections()))
    job = gone.enqueue(SLUG, section="shop")
    gone.settle()
    assert (gone.state(job), "disabled" in gone.job(job).error) == ("failed", True)


def test_a_test_whose_plugin_was_switched_off_meanwhile_gets_no_secret(clean: World) -> None:
    seen: list[Values] = []
    found = opened(clean, lambda values: str(seen.append(values)))
    plugins = Plugins(Switches(lambda: frozenset({"shop"})))
    off = replace(found, machine=replace(found.machine, plugins=plugins))
    job = off.enqueue(SLUG, section="shop")
    off.settle()
    assert (off.state(job), "switched off" in off.job(job).error, seen) == ("failed", True, [])

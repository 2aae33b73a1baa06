"""Fixtures for the tests of plugins. Name it in the ``conftest.py`` at the top of your tests:

``pytest_plugins = ("admin_core.conformance.pytest_plugin",)``

A test module says which plugin it is about by ``PLUGIN = "name"``. Databases are made on the server that
``ADMIN_TEST_POSTGRES`` names, else on one that is started for the run; every test after another finds what that one
committed, except through ``plugin_session``.
"""

import os
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool
from werkzeug.test import TestResponse

from admin_core.conformance.check import Check
from admin_core.conformance.databases import refuse_production, thrown_away
from admin_core.conformance.kit import CHECKS, LOADS
from admin_core.conformance.running import run_twice
from admin_core.conformance.stage import EVERYTHING, Databases, Stage, posted
from admin_core.database import Database
from admin_core.generator.ids import record_id
from admin_core.generator.urls import action_url
from admin_core.jobs.arguments import Argument
from admin_core.jobs.slots import latest_slot
from admin_core.menu import page_url
from schema.jobs import JobState

SEEN = re.compile(r'name="seen" value="([^"]+)"')
"""The plan that a page shows, as its form carries it."""


@pytest.fixture(scope="session")
def plugin_databases(plugin_paths: tuple[str, ...]) -> Iterator[Databases]:
    """Yield an empty database and one with invented records; made from nothing, dropped at the end."""
    refuse_production({name: word for name, word in os.environ.items() if name == "ADMIN_ENV"})
    with thrown_away(os.environ.get("ADMIN_TEST_POSTGRES", ""), plugin_paths) as databases:
        yield databases


@pytest.fixture(scope="module")
def plugin_name(request: pytest.FixtureRequest) -> str:
    """Return which plugin the tests of a module are about."""
    name = getattr(request.module, "PLUGIN", "")
    if not name:
        raise pytest.UsageError(f'{request.module.__name__} does not say which plugin it tests: PLUGIN = "name"')
    return str(name)


@pytest.fixture(scope="session")
def plugin_paths() -> tuple[str, ...]:
    """Return folders of plugins outside ``plugins/``; redefine it for a plugin that lies elsewhere."""
    return ()


@pytest.fixture(scope="module")
def plugin_stage(plugin_name: str, plugin_databases: Databases, plugin_paths: tuple[str, ...]) -> Iterator[Stage]:
    """Yield the whole product with the plugin, over both databases."""
    stage = Stage(plugin_name, plugin_databases, plugin_paths)
    yield stage
    stage.close()


@pytest.fixture(params=CHECKS, ids=str)
def conformance(request: pytest.FixtureRequest, plugin_stage: Stage) -> list[str]:
    """Return what breaks one check of the kit; a test with this fixture runs once per check."""
    check: Check = request.param
    if check is not LOADS and plugin_stage.problems:
        pytest.skip("The plugin does not load.")
    return check.findings(plugin_stage)


@pytest.fixture
def plugin_app(plugin_stage: Stage) -> Flask:
    """Return the application, over the invented records."""
    return plugin_stage.app


@pytest.fixture
def plugin_database(plugin_stage: Stage) -> Database:
    """Return the database of the application: what a test commits there, pages and jobs find."""
    return plugin_stage.machine.database


@pytest.fixture
def plugin_session(plugin_databases: Databases) -> Iterator[Session]:
    """Yield a session over the empty database; whatever is done with it is undone after the test."""
    engine = create_engine(plugin_databases.empty, poolclass=NullPool)
    with engine.connect() as connection, connection.begin() as transaction:
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
        transaction.rollback()


@pytest.fixture
def visit_page(plugin_stage: Stage) -> Callable[..., TestResponse]:
    """Return a function that opens a page by its slug or address: ``visit_page("tickets")`` as an Owner,
    ``visit_page("tickets", "stale:tickets:read")`` as somebody with these permissions; ``form=`` posts instead.
    """

    def visit(slug: str, *permissions: str, form: dict[str, str] | None = None) -> TestResponse:
        client = plugin_stage.browser(*permissions) if permissions else plugin_stage.owner
        url = slug if slug.startswith("/") else page_url(plugin_stage.plugin, slug)
        answer: TestResponse = client.get(url) if form is None else posted(client, url, form)
        return answer

    return visit


@pytest.fixture
def take_action(plugin_stage: Stage) -> Callable[..., TestResponse]:
    """Return a function that takes an action of the plugin on a record: ``take_action(ticket, "raise", reason="…")``.

    What it would do is looked at first, as people do. The keywords answer the action's questions; ``permissions=(…)``
    says who does it, an Owner unless given.
    """

    def take(record: Any, slug: str, permissions: tuple[str, ...] = (EVERYTHING,), **answers: str) -> TestResponse:
        registry = plugin_stage.machine.registry
        key = next(key for key in registry if registry.model(key) is type(record))
        url = action_url(key, record_id(registry.spec(key), record), f"{plugin_stage.plugin}.{slug}")
        client = plugin_stage.browser(*permissions)
        form = {f"q-{name}": value for name, value in answers.items()}
        shown = SEEN.search(posted(client, url, {**form, "step": "preview"}).text)
        answer: TestResponse = posted(client, url, {**form, "seen": shown[1]} if shown else form)
        return answer

    return take


@pytest.fixture
def run_job(plugin_stage: Stage) -> Callable[..., str]:
    """Return a function that runs a job twice and returns what it said it did: ``run_job("stale.raise-priority")``.

    It fails when the job fails, and when the second run changes a row. Keywords are the job's arguments.
    """

    def run(slug: str, **args: Argument) -> str:
        job = plugin_stage.machine.jobs[slug]
        given = {"slot": latest_slot(job.cron, datetime.now(UTC)), **args} if job.cron else args
        ran, changed = run_twice(plugin_stage.machine, job, given)
        assert ran.state is JobState.DONE, f"{slug} ended {ran.state}: {ran.error}"
        assert not changed, f"{slug}, run a second time, changed rows in: {', '.join(changed)}"
        return ran.summary

    return run

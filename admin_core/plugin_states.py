"""What the database remembers of plugins: found in which version, switched on or off, how often they failed.

Failures are written apart from any request's transaction: when a request has ended, at most once a minute per process,
and by a worker after each job that saw one.
"""

import logging
import time
from typing import Any

from flask import Flask
from sqlalchemy import case, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from admin_core.circuits import Failures
from admin_core.database import Database
from admin_core.plugin_manager import Plugins
from admin_core.plugin_switches import MARK
from schema.settings import PluginState

log = logging.getLogger(__name__)
TELL_EVERY_S = 60.0
QUIET = {"synchronize_session": False}


def note_found(session: Session, plugins: Plugins) -> None:
    """Make a row for every plugin that was found and keep its version; a new version starts with no failures."""
    for name, version in sorted({p.name: p.manifest.version if p.manifest else None for p in plugins}.items()):
        new = insert(PluginState).values(name=name[:80], version=version)
        is_new = PluginState.version.is_distinct_from(new.excluded.version)
        words = {
            "version": func.coalesce(new.excluded.version, PluginState.version),
            "failures": case((is_new, 0), else_=PluginState.failures),
            "last_seen_at": func.now(),
        }
        session.execute(new.on_conflict_do_update(index_elements=[PluginState.name], set_=words))


def install(app: Flask, database: Database, plugins: Plugins) -> None:
    """Tell the database of failures when a request has ended. Install before what closes the request's session."""
    due_at = 0.0

    @app.teardown_appcontext
    def tell(_error: BaseException | None) -> None:
        nonlocal due_at
        if plugins.circuits.is_untold() and time.monotonic() >= due_at:
            due_at = time.monotonic() + TELL_EVERY_S
            tell_failures(database, plugins)


def tell_failures(database: Database, plugins: Plugins) -> None:
    """Write down what failed since the last time; keep it for the next time when the database does not answer."""
    taken = plugins.circuits.take_untold()
    if not taken:
        return
    try:
        with database.transaction() as session:
            for name, failures in sorted(taken.items()):  # in one order, so that two processes cannot deadlock
                session.execute(telling(name, failures), execution_options=QUIET)
    except SQLAlchemyError as error:
        log.warning("failures of plugins could not be written down: %s", type(error).__name__)
        plugins.circuits.give_back(taken)


def telling(name: str, failures: Failures) -> Any:
    """Return the statement that adds failures to a plugin's row."""
    words: dict[str, Any] = {
        "failures": failures.count if failures.worked else PluginState.failures + failures.count,
    }
    if failures.last_error:
        words |= {"last_error": failures.last_error, "last_error_at": failures.last_at}
    return update(PluginState).where(PluginState.name == name).values(words).prefix_with(f"{MARK}\n")


def ensure_row(database: Database, name: str, version: str | None) -> None:
    """Make the plugin's row when it is missing: two people may press its switch at once."""
    with database.transaction() as session:
        session.execute(insert(PluginState).values(name=name, version=version).on_conflict_do_nothing())


def switch(session: Session, row: PluginState, *, enabled: bool, reason: str) -> None:
    """Switch a plugin on or off; a plugin that is switched on starts with no failures. The caller commits."""
    row.enabled = enabled
    row.disabled_reason = None if enabled else reason
    if enabled:
        row.failures = 0
    session.flush()

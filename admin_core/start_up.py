"""What a web process asks the database once, before it serves anybody: may its role rewrite the history?"""

import logging

from sqlalchemy.exc import SQLAlchemyError

from admin_core.changes.database_roles import owns_history
from admin_core.database import Database
from admin_core.settings import Settings

log = logging.getLogger(__name__)

OWNER = "The database role of the web owns the history and could rewrite it unseen."
REMEDY = (
    "Run `admin db roles` as the owner, and start web, worker, relay and scheduler with DATABASE_URL for admin_app:"
    " see docs/operating.md, Database roles."
)


class StartRefused(SystemExit):
    """The process must not serve like this; the message says what to do instead."""


def refuse_owner(settings: Settings, database: Database) -> None:
    """Raise StartRefused in production when the role owns the history; leave no connection behind.

    A database that is away is asked again by every /readyz.
    """
    if settings.env != "production":
        return
    try:
        with database.engine.connect() as connection:
            if owns_history(connection):
                raise StartRefused(f"admin: {OWNER} {REMEDY}")
    except SQLAlchemyError as error:
        log.warning("whose role this is cannot be asked yet: %s", type(error).__name__)
    finally:
        database.engine.dispose()

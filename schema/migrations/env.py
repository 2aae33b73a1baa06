"""Entry point of Alembic: runs revisions on the connection that ``admin_core.migrate`` hands over."""

from alembic import context
from alembic.script.base import ScriptDirectory
from alembic.script.revision import Revision, RevisionMap
from alembic.util import CommandError, to_tuple
from sqlalchemy import Connection, text

from schema.base import SCHEMA
from schema.migrations import PLUGIN_MARK
from schema.migrations.comparison import options


def run(connection: Connection) -> None:
    """Run the revisions; the schema comes first, because the table of versions stands in it."""
    connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
    connection.commit()
    settings = options(connection)
    connection.commit()
    present = set_branches_apart(context.script)
    context.configure(connection, **settings)
    for name in set(context.get_context().get_current_heads()) - present:
        # Applied, and its file is not here: a plugin that was removed, and whose tables stay.
        context.script.revision_map.add_revision(Revision(name, None))
    with context.begin_transaction():
        context.run_migrations()


def set_branches_apart(script: ScriptDirectory) -> set[str]:
    """Let a plugin's ``depends_on`` be a condition only; return the names of all revisions that are here.

    Core is migrated before any plugin, so the condition holds. Left to Alembic, the plugin's row in the table of
    versions would stand for core's as well, and nobody could read it that way once the plugin is gone.
    """
    found = list(script._load_revisions())  # noqa: SLF001 (there is no other door; test_plugin_migrations holds it)
    of_core = {each.revision for each in found if PLUGIN_MARK not in each.revision}
    for each in found:
        if PLUGIN_MARK in each.revision:
            if missing := set(to_tuple(each.dependencies, default=())) - of_core:
                wants = ", ".join(sorted(missing))
                raise CommandError(f"{each.revision} depends on {wants}, which this version of core does not have")
            each.dependencies = None
    script.revision_map = RevisionMap(lambda: found)
    return {each.revision for each in found}


run(context.config.attributes["connection"])

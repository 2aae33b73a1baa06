"""`admin reflect URL`: say what screens a database would get, and what an operator should know before. Reads only."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError

from admin_core.reflection.directory import Directory, Outline
from admin_core.reflection.reflection import Reflection
from admin_core.settings import SettingsError, read_database_url

NAMED = 10


def reflect(url: str) -> list[str]:
    """Return the lines to print; SettingsError when the database cannot be read."""
    try:
        found = Reflection.of(read_database_url(url))
        return list(told(found.directory))
    except ValueError as error:
        raise SettingsError([f"The address {error}."]) from error
    except SQLAlchemyError as error:
        sentence = f"The database cannot be read: {type(error).__name__}. Check address and role."
        raise SettingsError([sentence]) from error


def told(directory: Directory) -> Iterator[str]:
    """Yield what the database holds, by schema and kind, and what is noteworthy about it."""
    tables = directory.tables.values()
    for (schema, shape), number in sorted(Counter((each.schema, each.shape) for each in tables).items()):
        yield f"{schema}: {number} {shape}{'' if number == 1 else 's'}"
    yield f"{len(directory.foreign_keys)} references between them become links and lists of what belongs together."
    yield from noted("Our role may not read", [each for each in tables if not each.is_readable])
    yield from noted("Row security hides rows from our role in", [each for each in tables if each.is_secured])
    yield "Set ADMIN_REFLECT_URL to this address; the page Tables lists them. ADMIN_REFLECT_WRITE=1: forms write."


def noted(words: str, tables: list[Outline]) -> Iterator[str]:
    """Yield a line about some tables, the first of them by name."""
    if tables:
        names = ", ".join(f"{each.schema}.{each.name}" for each in tables[:NAMED])
        yield f"{words}: {names}{' …' if len(tables) > NAMED else ''} ({len(tables)})"

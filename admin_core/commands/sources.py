"""`admin source`: the declared mapping against our tables and the other database, and files for it."""

from pathlib import Path

from admin_core.generator.registry import Registry
from admin_core.machine import Machine
from admin_core.plugin_loading import load_plugins
from admin_core.settings import Settings, SettingsError
from admin_core.sources.checking import checked, checked_file
from admin_core.sources.listing import column_lines, table_lines
from admin_core.sources.loading import ask_to_load
from admin_core.sources.mapping import Feed, Source, read_source
from admin_core.sources.syncing import source_url
from schema.base import Base


def load(settings: Settings, name: str, path: str, *, is_check: bool) -> tuple[list[str], bool]:
    """Return the lines to print about a file, and whether it can't be taken; a job is asked for when it can."""
    parts = Machine.assemble(settings, pool_size=1)
    source = read_source(settings.source_file) if settings.source_file else Source()
    feed = source.named(name) or of_model(source, name)
    if feed is None or not feed.is_file:
        known = ", ".join(each.name for each in source.feeds if each.is_file) or "none"
        raise SettingsError([f'There is no mapping {name!r} with from = "csv" in the source file. There is: {known}.'])
    data = Path(path).read_bytes()
    lines, failed = checked_file(source, parts.registry, source_url(settings), feed, data)
    if not (failed or is_check):
        lines.append(
            f"Job {ask_to_load(parts, source, feed, data)} takes the rows. System > Sources shows what came of it."
        )
    return lines, failed


def of_model(source: Source, key: str) -> Feed | None:
    """Return the one mapping from files that feeds a table of ours, None unless there is exactly one."""
    found = [feed for feed in source.feeds if feed.is_file and feed.to == key]
    return found[0] if len(found) == 1 else None


def columns(settings: Settings, table: str) -> list[str]:
    """Return the lines to print about our tables, or about the columns of one."""
    load_plugins(paths=settings.plugin_paths)  # their tables may be fed, too
    registry = Registry.of(Base)
    if not table:
        return table_lines(registry)
    lines = column_lines(registry, table)
    if not lines:
        raise SettingsError([f"No mapping can feed {table!r}. Without a name, this command lists the tables."])
    return lines


def check(settings: Settings) -> tuple[list[str], bool]:
    """Return the lines to print, and whether something must be repaired."""
    if not settings.source_file:
        raise SettingsError(["ADMIN_SOURCE_FILE is not set: it names the file with the mapping."])
    load_plugins(paths=settings.plugin_paths)  # their tables may be fed, too
    return checked(read_source(settings.source_file), Registry.of(Base), source_url(settings))

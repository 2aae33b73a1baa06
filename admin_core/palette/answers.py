"""What the palette answers: the record at hand, what was opened lately, records by what identifies them, pages."""

from collections.abc import Iterator

from admin_core import menu
from admin_core.generator.context import Context
from admin_core.generator.urls import list_url
from admin_core.machine import Machine
from admin_core.navigation import sidebar
from admin_core.palette.entries import Entry, EntryGroup
from admin_core.palette.here import here
from admin_core.palette.recent import Place, recent
from admin_core.palette.records import records
from admin_core.policy import Person, may

PAGES = 8
LONGEST = 320


def palette_results(parts: Machine, ctx: Context, typed: str, place: Place | None = None) -> tuple[EntryGroup, ...]:
    """Return what the words name, and what can be done with the record at ``place``.

    Records stand first, since few words name one; unless a page's name starts with the words. Nothing typed: what was
    opened lately.
    """
    words = typed.strip()[:LONGEST].replace("\x00", "")
    named = sorted(pages(parts, ctx.person, words), key=lambda page: not begins(page, words))
    groups = [
        EntryGroup("This record", tuple(here(ctx, place, words) if place else ())),
        EntryGroup("Records", tuple(records(ctx, words))) if words else EntryGroup("Lately", tuple(recent(ctx, place))),
        EntryGroup("Pages", tuple(named[:PAGES])),
    ]
    if words and named and begins(named[0], words):
        groups.reverse()
    return tuple(group for group in groups if group.entries)


def begins(page: Entry, words: str) -> bool:
    """Return whether a page's name starts with the words."""
    return page.label.lower().startswith(words.lower())


def pages(parts: Machine, person: Person, words: str) -> Iterator[Entry]:
    """Yield the pages of the sidebar whose name holds the words; all of them when nothing was typed."""
    reflection = parts.reflection
    for group in sidebar(parts.registry, person, menu.entries(parts.plugins, reflects=reflection is not None)):
        for item in group.items:
            if words.lower() in f"{group.label} {item.label}".lower():
                yield Entry(item.label, item.url, group.label, item.icon)
    for table in reflection.named(words) if reflection is not None and words else ():
        if table.is_readable and may(person, "read", table):
            yield Entry(table.name, list_url(table.key), table.schema, "database")

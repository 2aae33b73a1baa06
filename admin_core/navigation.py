"""The sidebar: every model the person may read, by group, and what plugins link to. Cached per set of permissions."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from admin_core.contributions import Link
from admin_core.generator.registry import Registry
from admin_core.generator.spec import ModelSpec
from admin_core.generator.urls import list_url
from admin_core.menu import Entry
from admin_core.policy import Person, may
from admin_core.theme.frame import NavGroup, NavItem
from schema.tags import GROUPS

Rights = tuple[frozenset[str], frozenset[str] | None]
HOME = NavItem(label="Home", url="/admin/", icon="home", jump="h")


@dataclass
class Navigation:
    """Remembers the sidebar per set of permissions, since a hundred models are asked about on every page."""

    registry: Registry
    entries: tuple[Entry, ...] = ()
    known: dict[Rights, tuple[NavGroup, ...]] = field(default_factory=dict)

    def groups(self, person: Person, path: str) -> tuple[NavGroup, ...]:
        """Return the sidebar of a person, with the entry of the current address marked."""
        if person.rights not in self.known:
            self.known[person.rights] = sidebar(self.registry, person, self.entries)
        groups = self.known[person.rights]
        here = entry_of(groups, path)
        return tuple(marked(group, here) for group in groups)


def sidebar(registry: Registry, person: Person, entries: Iterable[Entry] = ()) -> tuple[NavGroup, ...]:
    """Return home and one group per heading, leaving out what the person may not read."""
    specs = [registry.spec(key) for key in registry]
    lists = [spec for spec in specs if not spec.options.hidden and may(person, "read", spec)]
    pages = [entry for entry in entries if person.has(entry.permission)]
    named = {spec.group for spec in lists} | {entry.group for entry in pages}
    groups = (group_of(heading, pages, lists) for heading in [*GROUPS, *sorted(named - GROUPS.keys())])
    return (NavGroup(label="", items=(HOME,)), *(group for group in groups if group.items))


def group_of(heading: str, pages: Iterable[Entry], specs: Iterable[ModelSpec]) -> NavGroup:
    """Return one heading: its pages in their order, then its lists by name."""
    own = [NavItem(e.label, e.url, e.icon, jump=e.jump) for e in pages if e.group == heading]
    lists = [
        NavItem(s.plural, list_url(s.key), s.options.icon, jump=s.options.jump) for s in specs if s.group == heading
    ]
    items = (*own, *sorted(lists, key=lambda item: item.label))
    return NavGroup(label=heading, icon=GROUPS.get(heading, "folder"), items=items)


def entry_of(groups: Iterable[NavGroup], path: str) -> NavItem | None:
    """Return the entry an address belongs to: the nearest one above it, None when there is none."""
    found = [item for group in groups for item in group.items if is_here(item, path)]
    return max(found, key=lambda item: len(item.url), default=None)


def is_here(item: NavItem, path: str) -> bool:
    """Return whether an address is an entry's, or lies below it."""
    below = f"{item.url.rstrip('/')}/"
    return path == item.url or (item is not HOME and path.startswith(below))


def marked(group: NavGroup, here: NavItem | None) -> NavGroup:
    """Return the group with this entry active; the same object when it is not among its own."""
    if here not in group.items:
        return group
    return replace(group, items=tuple(replace(i, active=True) if i == here else i for i in group.items))


def link_items(links: Iterable[Link]) -> tuple[NavItem, ...]:
    """Return the entries of the Links menu."""
    return tuple(NavItem(label=link.label, url=link.url, icon=link.icon, external=True) for link in links)

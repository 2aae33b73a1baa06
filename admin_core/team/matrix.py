"""Permissions against roles, side by side. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from admin_core.policy import covers
from admin_core.team.permissions import DEEDS, RECORDS, Known
from schema.staff import Role


@dataclass(frozen=True)
class Line:
    """One permission, or what may be done with the records of one table, and the answer for each role."""

    title: str
    name: str
    """The permission that "why" is asked about."""
    answers: tuple[str, ...]
    """In the order of the roles: a word, or nothing."""


def sections(known: Iterable[Known]) -> list[str]:
    """Return the sections in their order."""
    return list(dict.fromkeys(each.section for each in known))


def side_by_side(known: Sequence[Known], roles: Sequence[Role]) -> list[Line]:
    """Return the lines of one section."""
    patterns = [frozenset(role.permissions) for role in roles]
    if known and known[0].section.startswith(RECORDS):
        return tables(known, patterns)
    return [
        Line(each.label, each.name, tuple("yes" if covers(p, each.names) else "" for p in patterns)) for each in known
    ]


def tables(known: Iterable[Known], patterns: Sequence[frozenset[str]]) -> list[Line]:
    """Return one line for each table with the deeds of each role."""
    by_table: dict[str, list[Known]] = {}
    for each in known:
        by_table.setdefault(each.name.split(":")[1], []).append(each)
    return [
        Line(deeds[0].label.split(" ", 1)[1], deeds[0].name, tuple(words(deeds, p) for p in patterns))
        for deeds in by_table.values()
    ]


def words(deeds: Sequence[Known], patterns: frozenset[str]) -> str:
    """Return what a role may do with one table."""
    may = [each.label.split(" ", 1)[0] for each in deeds if covers(patterns, each.names)]
    return "everything" if len(may) == len(DEEDS) else ", ".join(may)

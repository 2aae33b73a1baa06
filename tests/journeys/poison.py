"""Markup in every text column of every table, of the kinds that become active in different places of a page."""

import re
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from admin_core.generator import urls
from admin_core.generator.ids import encode_key
from admin_core.generator.record_parts import collected_parts
from admin_core.surfaces import access_of
from schema.base import Base
from tests.journeys.site import Site

PAYLOADS = (
    "<img src=x onerror=alert(1)>{{7*7}}",
    "<script>alert(1)</script>{{7*7}}",
    "\"'><svg onload=alert(1)>{{7*7}}",
    "javascript:alert(1)//{{7*7}}<img src=x>",
    "<a href=javascript:alert(1)>x</a>{{7*7}}",
)
SHORT = "\"'><u>"
ACTIVE = re.compile(
    r"<img src=x|<u>|<script>alert|<svg onload|<a href=javascript"
    r"|\b(?:href|src|action|formaction|data-href|hx-get)=\"\s*javascript:|\b49\b(?:\}\}|<img)"
)
KEPT = {
    "staff_members.fs_uniquifier",
    "staff_members.email",
    "roles.name",
    "roles.permissions",
    "alembic_version.version_num",
}
"""Without these nobody could sign in any more."""


def poison(engine: sa.Engine) -> tuple[int, set[str]]:
    """Write markup into a row of every text column; return how many took it, and which refuse it by a check."""
    held, refused = 0, set()
    with engine.connect() as connection:
        connection.execute(sa.text("SET session_replication_role = replica"))  # no triggers, no foreign keys
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if is_text(column) and f"{table.name}.{column.name}" not in KEPT:
                    took = write(connection, table, column, PAYLOADS[held % len(PAYLOADS)])
                    held += took is True
                    refused |= {f"{table.name}.{column.name}"} if took is False else set()
        connection.commit()
    return held, refused


def is_text(column: sa.Column[object]) -> bool:
    """Return whether people or programs may write words into a column."""
    kind = column.type.item_type if isinstance(column.type, sa.ARRAY) else column.type
    return (
        isinstance(kind, sa.String) and not isinstance(kind, sa.Enum) and not column.primary_key and not column.computed
    )


def write(connection: sa.Connection, table: sa.Table, column: sa.Column[object], payload: str) -> bool | None:
    """Write markup into one row; None when the table is empty, False when the column refuses it."""
    kind = column.type.item_type if isinstance(column.type, sa.ARRAY) else column.type
    longest = getattr(kind, "length", None) or 1_000
    text = payload if longest >= len(payload) else SHORT[:longest]
    value = [text] if isinstance(column.type, sa.ARRAY) else text
    key = list(table.primary_key)
    first = sa.select(*key).order_by(*key).limit(1)
    try:
        with connection.begin_nested():
            row = connection.execute(first).one_or_none()
            if row is None:
                return None
            mine = sa.and_(*(c == part for c, part in zip(key, row, strict=True)))
            connection.execute(sa.update(table).where(mine).values({column.name: value}))
    except DBAPIError:
        return False
    return True


def first_record(site: Site, key: str) -> str | None:
    """Return the id of a model's first record, which is the poisoned one; None when there is none."""
    spec = site.machine.registry.spec(key)
    parts = [getattr(spec.model, name) for name in spec.primary_key]
    with site.machine.database.sessions() as session:
        row = session.execute(sa.select(*parts).order_by(*parts).limit(1)).first()
    return None if row is None else encode_key(tuple(row))


def pages_of(site: Site, key: str) -> Iterator[str]:
    """Yield the addresses of a model's pages and of its first record's."""
    spec, record = site.machine.registry.spec(key), first_record(site, key)
    yield urls.list_url(key)
    if record is None:
        return
    yield urls.record_url(key, record)
    yield f"{urls.record_url(key, record)}/history"
    yield urls.timeline_url(key, record)
    panels = [offered for offered in collected_parts(site.machine.plugins).panels if offered.panel.model == key]
    yield from (urls.panel_url(key, record, offered.name) for offered in panels)
    if spec.writes == "forms":
        yield urls.edit_url(key, record)
        yield urls.delete_url(key, record)
    yield from (urls.related_url(key, record, relation) for relation in list(spec.children)[::4])


def plain_pages(site: Site) -> list[str]:
    """Return the addresses of the team that need nothing filled in."""
    return sorted(
        rule.rule
        for rule in site.app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments
        and (access := access_of(site.app, rule.endpoint)) and access.surface == "admin"
    )  # fmt: skip

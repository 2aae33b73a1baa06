"""What is exported, in any format, and read in again, changes nothing: every model that forms write."""

from datetime import UTC, datetime
from functools import partial
from itertools import chain, islice
from typing import get_args

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import selectinload

from admin_core.access.members import person_of
from admin_core.changes.acting import Acting, acting
from admin_core.changes.rehearsal import rehearse
from admin_core.exports.files import content
from admin_core.exports.rows import batches, export_of
from admin_core.exports.texts import FORMATS
from admin_core.generator.context import Context
from admin_core.generator.list_state import ListState
from admin_core.imports.decoding import Unreadable
from admin_core.imports.mapping import Empty, Reading, fields_of, identity_for, proposals
from admin_core.imports.records import Work, carry
from admin_core.imports.tables import records, shape_of
from admin_core.machine import person_session
from admin_core.policy import PolicySession
from schema.audit import ActorKind
from schema.base import Base
from schema.changes import ChangeKind
from schema.staff import StaffMember
from schema.tags import options_of
from tests.journeys.site import Site

MODELS = sorted(
    str(m.local_table.name)
    for m in Base.registry.mappers
    if options_of(m.class_).writes == "forms"  # type: ignore[attr-defined]
)
WITHOUT_ROWS = {"column_classes", "staff_own_accounts"}
"""Empty in the demo."""
ENOUGH = 300
"""Rows of a model: costs of providers have thousands, all alike."""


def owner_context(site: Site, session: PolicySession, member: StaffMember) -> Context:
    parts = site.machine
    return Context(session, person_of(member), parts.registry, parts.cipher, datetime.now(UTC))


def exported(ctx: Context, key: str, name: str) -> bytes:
    """Return a file with every column of all records, or enough of them."""
    spec = ctx.registry.spec(key)
    columns = tuple(c.key for c in spec.columns.values() if c.pii != "secret" and c.kind not in {"bytes", "other"})
    found = export_of(ctx, spec, ListState(columns=columns))
    rows = islice(chain.from_iterable(batches(ctx, found)), ENOUGH)
    return b"".join(content(FORMATS[name], found.names, [[found.record(row) for row in rows]]))


@pytest.fixture(scope="module")
def member(site: Site, owner: FlaskClient) -> StaffMember:
    found = sa.select(StaffMember).where(StaffMember.id == site.member(owner))
    with site.machine.database.sessions() as session:
        return session.scalars(found.options(selectinload(StaffMember.roles))).one()


def is_unreadable(data: bytes) -> bool:
    """Return whether a file is refused, as one without rows is."""
    try:
        shape_of(data)
    except Unreadable:
        return True
    return False


@pytest.mark.parametrize("key", MODELS)
def test_nothing_changes(site: Site, member: StaffMember, key: str) -> None:
    for name in FORMATS:
        with person_session(site.machine, person_of(member)) as session:
            data = exported(owner_context(site, session, member), key, name)
        if key in WITHOUT_ROWS and is_unreadable(data):  # unless another test has made some
            continue
        with acting(Acting(kind=ChangeKind.IMPORT, actor_kind=ActorKind.MEMBER, actor_id=member.id)):
            ways = get_args(Empty) if name == "csv" else ("clear",)  # the stricter one
            rehearse(site.machine.database.engine, person_of(member), partial(read_back, site, member, key, data, ways))


def read_back(
    site: Site, member: StaffMember, key: str, data: bytes, ways: tuple[Empty, ...], session: PolicySession
) -> None:
    """Read a file in, with empty cells left or cleared, and find every row unchanged."""
    ctx, shape = owner_context(site, session, member), shape_of(data)
    fields = fields_of(ctx.person, ctx.registry.spec(key), ctx.registry)
    columns = tuple(each.key for each in proposals(fields, shape.headings, {}))
    assert set(fields.edit) <= {*columns}, "every field of the form is in the file"
    for empty in ways:
        work = Work.of(ctx, Reading(columns, "both", empty, identity_for(fields, columns)), shape.source, key)
        judged = carry(ctx, work, list(records(data, len(columns))))
        assert [(one.number, one.verdict, one.problems) for one in judged if one.verdict != "unchanged"] == []
        assert judged

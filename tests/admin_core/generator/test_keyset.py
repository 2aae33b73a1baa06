"""Pages of any sort order: every row once, in order, both ways, whatever is inserted meanwhile."""

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from admin_core.ciphers import Cipher
from admin_core.generator.cursors import open_cursor, seal_cursor
from admin_core.generator.errors import BadRequest
from admin_core.generator.keyset import SortKey, behind, read_page, segments
from tests.admin_core.generator.models import Colour, Reading, Thing
from tests.admin_core.generator.shapes_world import NOW, REGISTRY, add_things

SPEC = REGISTRY.spec("shapes.things")
COLUMNS = (
    "rank",
    "made_at",
    "colour",
    "amount",
    "ratio",
    "weight",
    "size",
    "is_live",
    "starts_on",
    "lasts",
    "local_at",
)
CIPHER = Cipher(["k" * 32])


def fill(session: Session) -> None:
    for n, thing in enumerate(add_things(session, 40)):
        thing.colour = [*Colour, None][n % 4]
        thing.amount = None if n % 3 == 0 else sa.literal(n % 5 / 8)  # type: ignore[assignment]  # SQL value
        thing.ratio, thing.weight = n % 4 / 3, None if n % 6 == 0 else n % 3 / 10
        thing.is_live = (True, False, None)[n % 3]
        thing.starts_on = NOW.date() if n % 2 else None
        thing.lasts = None if n % 4 == 0 else NOW - NOW.replace(hour=n % 4)
        thing.local_at = NOW.replace(tzinfo=None, microsecond=n % 3) if n % 5 else None
    session.flush()


@st.composite
def orders(draw: st.DrawFn) -> list[SortKey]:
    names = draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=3, unique=True))
    keys = []
    for name in [*names, "id"]:
        nullable = SPEC.columns[name].nullable
        first = draw(st.sampled_from([None, True, False])) if nullable else None
        keys.append(SortKey(getattr(Thing, name), name, desc=draw(st.booleans()), nullable=nullable, nulls_first=first))
    return keys


def values_of(keys: list[SortKey], row: Any) -> list[Any]:
    values = [getattr(row, key.name) for key in keys]
    return open_cursor(CIPHER, SPEC, keys, seal_cursor(CIPHER, SPEC, keys, values))  # as a link would carry them


def query(keys: list[SortKey]) -> sa.Select[Any]:
    return sa.select(Thing.id, *[key.column for key in keys if key.name != "id"])


def in_order(session: Session, keys: list[SortKey]) -> list[int]:
    return [row.id for row in session.execute(query(keys).order_by(*[key.order() for key in keys]))]


@given(keys=orders(), size=st.integers(1, 17))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_forward_then_backward_visits_each_row_once_in_order(shapes_session: Session, keys: Any, size: int) -> None:
    if not shapes_session.scalar(sa.select(sa.func.count(Thing.id))):
        fill(shapes_session)
    expected = in_order(shapes_session, keys)
    page = read_page(shapes_session, query(keys), keys, size)
    forward = [row.id for row in page.rows]
    last = page.rows
    while page.more:
        page = read_page(shapes_session, query(keys), keys, size, ranges=behind(keys, values_of(keys, page.rows[-1])))
        forward += [row.id for row in page.rows]
        last = page.rows
    assert forward == expected
    backward = [row.id for row in last]
    more = True
    while more:
        ranges = behind(keys, values_of(keys, last[0]), backwards=True)
        page = read_page(shapes_session, query(keys), keys, size, ranges=ranges, backwards=True)
        backward = [row.id for row in page.rows] + backward
        last, more = page.rows, page.more
    assert backward == expected
    end = read_page(shapes_session, query(keys), keys, size, backwards=True)
    assert [row.id for row in end.rows] == expected[-size:]


@given(keys=orders(), size=st.integers(1, 9), inserts=st.lists(st.integers(0, 40), max_size=6))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_inserted_between_pages_neither_hide_nor_repeat_others(
    shapes_session: Session, keys: Any, size: int, inserts: list[int]
) -> None:
    savepoint = shapes_session.begin_nested()
    fill(shapes_session)
    expected = in_order(shapes_session, keys)
    seen: list[int] = []
    page = read_page(shapes_session, query(keys), keys, size)
    while True:
        seen += [row.id for row in page.rows]
        if not page.more:
            break
        cursor = values_of(keys, page.rows[-1])
        if inserts:
            rank = inserts.pop()
            shapes_session.add(Thing(title="new", rank=rank, made_at=NOW, colour=Colour.SKY_BLUE))
            shapes_session.flush()
        page = read_page(shapes_session, query(keys), keys, size, ranges=behind(keys, cursor))
    assert [n for n in seen if n in set(expected)] == expected
    savepoint.rollback()
    shapes_session.expunge_all()


def test_one_direction_without_nulls_is_one_row_comparison() -> None:
    keys = [SortKey(Reading.at, "at", desc=True), SortKey(Reading.meter, "meter", desc=True)]
    assert len(segments(keys, [NOW, "m1"])) == 1


def test_no_segment_holds_an_or() -> None:
    keys = [SortKey(Thing.rank, "rank", nullable=True), SortKey(Thing.id, "id", desc=True)]
    assert not any(" OR " in str(part) for part in [*segments(keys, [3, 4]), *segments(keys, [None, 4])])


@pytest.mark.parametrize("text", ["", "x", "é", "gAAAAA", "\x00", "A" * 20_000])
def test_a_cursor_nobody_made_is_refused(text: str) -> None:
    keys = [SortKey(Thing.id, "id")]
    with pytest.raises(BadRequest, match="no longer valid"):
        open_cursor(CIPHER, SPEC, keys, text)


def test_a_cursor_of_another_order_is_refused() -> None:
    sealed = seal_cursor(CIPHER, SPEC, [SortKey(Thing.id, "id")], [7])
    with pytest.raises(BadRequest):
        open_cursor(CIPHER, SPEC, [SortKey(Thing.id, "id", desc=True)], sealed)


def test_a_cursor_shows_nothing_of_its_row() -> None:
    spec = REGISTRY.spec("shapes.topics")
    assert "Nomsa" not in seal_cursor(CIPHER, spec, [SortKey(Thing.title, "code")], ["Nomsa"])

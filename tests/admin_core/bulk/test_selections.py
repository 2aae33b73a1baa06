"""What is frozen: the rows the list holds, as the person sees them, by keys of any kind, and no later ones."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa

from admin_core.bulk import trying
from admin_core.bulk.deeds import CHANGED, Deed
from admin_core.bulk.deleting import Delete
from admin_core.bulk.editing import Edit
from admin_core.bulk.selections import freeze_matching, freeze_ticked, rows_behind
from admin_core.generator.ids import decode_key
from admin_core.generator.list_state import ListState
from admin_core.machine import Machine
from admin_core.policy import Person
from admin_core.reflection.reflection import Reflection
from schema.content import FaqEntry
from schema.views import Selection, SelectionKey
from tests.admin_core.bulk.world import BulkWorld, check_each_once
from tests.databases import until_waiting
from tests.rules import rule, ruled
from tests.running import run_once

ODD = ("a,b", "50 %", "ü/é?", "x y")
MADE = {
    "number_sequences": "INSERT INTO admin.number_sequences (key) SELECT k FROM unnest(:odd) k",
    "error_counts": "SELECT 1",
    "selection_keys": "SELECT 1",
    "size_samples": """INSERT INTO admin.size_samples (day, kind, name, size_bytes)
        SELECT d::date, 'table', k, 1
        FROM generate_series('2026-01-01'::date, '2026-01-03', '1 day') d, unnest(:odd) k""",
}


def category_of(world: BulkWorld, count: int) -> str:
    category = f"c-{uuid4().hex[:8]}"
    world.fill(category, count)
    return category


def keys_in(world: BulkWorld, selection: Selection) -> list[str]:
    words = "SELECT record_key FROM admin.selection_keys WHERE selection_id = :id ORDER BY position"
    return [row.record_key for row in world.rows(words, id=selection.id)]


def test_the_rows_of_the_filter_are_frozen_in_the_order_of_their_keys(world: BulkWorld) -> None:
    category = category_of(world, 30)
    selection = world.select(category)
    ids = [row.id for row in world.rows("SELECT id::text FROM admin.faq_entries WHERE category=:c", c=category)]
    assert keys_in(world, selection) == sorted(ids)
    assert (selection.total, selection.is_cut, len(selection.digest or "")) == (30, False, 64)
    assert world.select(category).digest == selection.digest
    world.fill(category, 1)
    assert world.select(category).digest != selection.digest
    assert len(keys_in(world, selection)) == 30


def test_a_selection_is_cut_at_its_most(world: BulkWorld) -> None:
    selection = world.select(category_of(world, 30), most=20)
    assert (selection.total, selection.is_cut, len(keys_in(world, selection))) == (20, True, 20)


def test_rows_that_a_rule_hides_are_never_frozen(world: BulkWorld) -> None:
    category = category_of(world, 10)
    ids = [row.id for row in world.rows("SELECT id FROM admin.faq_entries WHERE category = :c", c=category)]
    with world.owner.begin() as connection:
        connection.execute(sa.update(FaqEntry).where(FaqEntry.id.in_(ids[:4])).values(position=1))
    seen = sorted(map(str, ids[4:]))
    with ruled(rule(FaqEntry, lambda _person: FaqEntry.position == 0)):
        assert keys_in(world, world.select(category)) == seen
        with world.visit() as ctx:
            ticked = freeze_ticked(ctx, world.spec(), [str(each) for each in ids])
    assert keys_in(world, ticked) == seen


@pytest.mark.parametrize("key", MADE)
def test_keys_of_every_kind_are_frozen_and_read_back(world: BulkWorld, key: str) -> None:
    with world.owner.begin() as connection:
        if ":odd" in MADE[key]:
            connection.execute(sa.text(f"DELETE FROM admin.{key}"))
            connection.execute(sa.text(MADE[key]).bindparams(sa.bindparam("odd", list(ODD), sa.ARRAY(sa.Text))))
    if key == "selection_keys":
        world.select(category_of(world, 3))
    spec, table = world.spec(key), world.spec(key).table
    before = world.rows(f"SELECT count(*) AS n FROM admin.{key}")[0].n
    with world.visit() as ctx:
        selection = freeze_matching(ctx, spec, ListState(), 10_000)
        found = rows_behind(ctx, selection.id, 0, 10_000)
    assert len(found) == selection.total == before
    with world.owner.connect() as connection:
        stored = {tuple(row) for row in connection.execute(sa.select(*table.primary_key.columns))}
    assert {decode_key(spec, row.record) for row in found} <= stored


@pytest.fixture
def reflected(world: BulkWorld, awkward_database: str) -> Machine:
    settings = world.machine.settings
    return Machine.assemble(type(settings)(**{**vars(settings), "reflect_url": awkward_database}))


def test_keys_of_another_database_are_read_from_there_and_kept_here(world: BulkWorld, reflected: Machine) -> None:
    assert isinstance(reflected.reflection, Reflection)
    other = BulkWorld(world.url, reflected, world.owner, world.person)
    engine = reflected.reflection.engine
    checked = 0
    for key in [key for key in reflected.reflection.directory.tables if key in reflected.reflection]:
        spec = reflected.registry.spec(key)
        with other.visit() as ctx:
            selection = freeze_matching(ctx, spec, ListState(), 5_000)
        with engine.connect() as connection:
            there = connection.scalar(sa.select(sa.func.count()).select_from(spec.table))
        assert (selection.total, selection.is_cut) == (min(there or 0, 5_000), (there or 0) > 5_000), key
        checked += 1
    assert checked > 5
    engine.dispose()
    reflected.database.engine.dispose()


@pytest.mark.parametrize(
    "deed_of",
    [
        lambda world: Edit(world.spec("credit_packs"), {"amount_cents": "12,50"}),
        lambda world: Delete(world.spec("credit_packs")),
    ],
)
def test_what_is_counted_by_query_is_what_a_whole_try_counts(
    world: BulkWorld, monkeypatch: pytest.MonkeyPatch, deed_of: Callable[[BulkWorld], Deed]
) -> None:
    with world.owner.begin() as connection:
        connection.execute(sa.text("DELETE FROM admin.credit_packs"))
        connection.execute(sa.text(PACKS))
    deed = deed_of(world)
    with world.visit() as ctx:
        selection = freeze_matching(ctx, deed.spec, ListState(), 1_000)
    with world.owner.begin() as connection:
        connection.execute(sa.text("UPDATE admin.credit_packs SET name = 'Otherwise' WHERE key = 'k1'"))
        connection.execute(sa.text("DELETE FROM admin.credit_packs WHERE key = 'k2'"))
    with world.visit() as ctx:
        whole = trying.try_out(world.machine, ctx, deed, selection)
        monkeypatch.setattr(trying, "WHOLE", 0)
        counted = trying.try_out(world.machine, ctx, deed, selection)
    assert (whole.is_whole, counted.is_whole) == (True, False)
    assert counted.plan.outline == whole.plan.outline
    assert counted.left == whole.left
    assert sum(whole.left.values()) == 2
    assert whole.plan.outline.sums


PACKS = """
    INSERT INTO admin.credit_packs (id, key, name, product_line, credits, amount_cents, currency)
    SELECT gen_random_uuid(), 'k' || n, 'Pack', 'b2c', 1, n * 100, CASE WHEN n % 3 = 0 THEN 'USD' ELSE 'ZAR' END
    FROM generate_series(1, 12) n"""


def test_a_row_that_somebody_is_just_changing_is_waited_for_and_left_alone(world: BulkWorld) -> None:
    category = category_of(world, 5)
    selection = world.select(category)
    run = world.ask(Edit(world.spec(), {"locale": "zu-ZA"}), selection)
    held = keys_in(world, selection)[2]
    worker = threading.Thread(target=world.finish, args=(run.job_id,))
    with world.owner.begin() as connection:
        words = sa.text("UPDATE admin.faq_entries SET answer = 'Meanwhile.' WHERE id = :id")
        connection.execute(words, {"id": held})
        worker.start()
        until_waiting(connection)
    worker.join()
    found = check_each_once(world, run, selection)
    assert found.left == {held}
    words = "SELECT message FROM admin.job_outcomes WHERE job_id = :job AND record_key = :key"
    assert [row.message for row in world.rows(words, job=run.job_id, key=held)] == [CHANGED]


def test_old_selections_are_forgotten_and_reports_stay(world: BulkWorld) -> None:
    selection = world.select(category_of(world, 3))
    with world.owner.begin() as connection:
        connection.execute(
            sa.update(Selection).where(Selection.id == selection.id).values(expires_at=datetime(2026, 1, 1, tzinfo=UTC))
        )
    for _ in range(2):
        run_once(world.machine, "core.forget-selections")
    left = sa.select(SelectionKey.position).where(SelectionKey.selection_id == selection.id)
    with world.database.sessions() as session:
        assert session.get(Selection, selection.id) is None
        assert session.scalars(left).first() is None


def test_nobody_else_finds_a_selection(world: BulkWorld) -> None:
    selection = world.select(category_of(world, 3))
    stranger = Person(uuid4(), "Otto", (), frozenset({"*"}))
    with world.visit(stranger) as ctx:
        assert ctx.session.get(Selection, selection.id) is None

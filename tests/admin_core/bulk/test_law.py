"""A deed that changes the very field that was filtered by handles each selected row once: others write, workers die."""

import random
from pathlib import Path
from uuid import uuid4

import pytest

from admin_core.bulk.deleting import Delete
from admin_core.bulk.editing import Edit
from admin_core.jobs.failpoints import ONCE, VARIABLE
from tests.admin_core.bulk.world import BulkWorld, Writers, check_each_once
from tests.admin_core.jobs.world import KILLED, in_child

pytestmark = pytest.mark.timeout(120)
ROWS, KILLS = 400, 3


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Edit, "batch", 5)
    monkeypatch.setattr(Delete, "batch", 10)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("take", [False, True])
def test_an_edit_of_the_filtered_field_handles_each_row_once(world: BulkWorld, seed: int, *, take: bool) -> None:
    category, chance = f"c-{uuid4().hex[:8]}", random.Random(seed)
    world.fill(category, ROWS)
    selection = world.select(category)
    run = world.ask(Edit(world.spec(), {"category": f"{category}-x"}, take), selection)
    with Writers(world, category, seed).writing() as writers:
        died = sum(world.killed(run.job_id, chance.uniform(0.05, 0.15)) for _ in range(KILLS))
        world.finish(run.job_id)
    assert world.state_of(run.job_id) == "done"
    found = check_each_once(world, run, selection)
    assert died > 0
    assert (writers.changed > 0, len(found.selected)) == (True, ROWS)
    moved = world.rows("SELECT id::text FROM admin.faq_entries WHERE category = :c", c=f"{category}-x")
    assert {row.id for row in moved} <= found.done  # a row may be deleted after it was moved
    stayed = {row.id for row in world.rows("SELECT id::text FROM admin.faq_entries WHERE category = :c", c=category)}
    assert stayed & found.selected <= found.left
    assert not writers.added & found.selected  # what came later is in no selection
    if take:
        assert not stayed & found.selected


def test_a_deletion_handles_each_row_once(world: BulkWorld) -> None:
    category = f"c-{uuid4().hex[:8]}"
    world.fill(category, ROWS)
    selection = world.select(category)
    run = world.ask(Delete(world.spec()), selection)
    with Writers(world, category, 7).writing():
        for after_s in (0.1, 0.2):
            world.killed(run.job_id, after_s)
        world.finish(run.job_id)
    found = check_each_once(world, run, selection)
    there = {row.id for row in world.rows("SELECT id::text FROM admin.faq_entries WHERE category = :c", c=category)}
    assert not there & found.done


@pytest.mark.parametrize("place", ["chunk.before_commit", "chunk.after_commit", "step.before_commit"])
def test_a_power_cut_around_a_commit_repeats_nothing(world: BulkWorld, place: str, tmp_path: Path) -> None:
    category = f"c-{uuid4().hex[:8]}"
    world.fill(category, 20)
    selection = world.select(category)
    run = world.ask(Edit(world.spec(), {"category": f"{category}-x"}), selection)
    words = {VARIABLE: place, ONCE: str(tmp_path / "died")}
    assert in_child(world, lambda: world.perform(run.job_id), **words) == KILLED
    world.end_lease(run.job_id)
    world.finish(run.job_id)
    found = check_each_once(world, run, selection)
    assert (len(found.done), found.left) == (20, frozenset())

"""A power cut before and after every commit, and between a call and its answer: each effect happens exactly once."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from admin_core.artifacts.places import places
from admin_core.jobs import scheduler
from admin_core.jobs.failpoints import NAMES, ONCE, VARIABLE
from tests.admin_core.jobs.world import KILLED, World, in_child, until

OUTSIDE_THE_WORKER = {"relay", "reconcile", "declare", "schedule"}
IN_THE_WORKER = [n for n in NAMES if n.split(".")[0] not in {*OUTSIDE_THE_WORKER, "refusal", "artifact"}]
ABOUT_A_FILE = ("artifact.stored", "step.before_commit", "step.after_commit", "finish.before_commit")


def crash(world: World, name: str, marker: Path, work: Callable[[], Any]) -> None:
    assert in_child(world, work, **{VARIABLE: name, ONCE: str(marker)}) == KILLED
    assert marker.exists()


@pytest.mark.parametrize("name", IN_THE_WORKER)
def test_a_worker_killed_there_loses_nothing_and_repeats_nothing(world: World, name: str, tmp_path: Path) -> None:
    job_id = world.enqueue("test.work-through")
    crash(world, name, tmp_path / "crashed", lambda: world.runner().perform(job_id))
    world.settle()
    assert world.state(job_id) == "done"
    calls = 2 if name in {"external.called", "result.before_commit"} else 1
    assert world.value("SELECT count(*) FROM public.provider_calls") == calls, "only an unknown answer is asked again"
    world.check_effects()


@pytest.mark.parametrize("name", [n for n in NAMES if n.startswith("refusal.")])
def test_a_worker_killed_while_it_notes_a_refusal_ends_refused(world: World, name: str, tmp_path: Path) -> None:
    job_id = world.enqueue("test.refuse-outside")
    crash(world, name, tmp_path / "crashed", lambda: world.runner().perform(job_id))
    world.settle()
    assert (world.state(job_id), world.job(job_id).error) == ("failed", "The card was reported stolen.")
    assert world.rows("SELECT state FROM admin.job_steps") == [("failed",)]
    assert world.value("SELECT count(*) FROM public.provider") == 1


@pytest.mark.parametrize("name", ABOUT_A_FILE)
def test_a_worker_killed_around_a_file_leaves_one_file_and_at_most_one_to_be_swept(
    world: World, name: str, tmp_path: Path
) -> None:
    job_id = world.enqueue("test.make-file")
    crash(world, name, tmp_path / "crashed", lambda: world.runner().perform(job_id))
    world.settle()
    assert world.state(job_id) == "done"
    assert world.value("SELECT count(*) FROM admin.artifacts") == 1
    stored = len(list(places(world.settings)["local"].keys(datetime.max.replace(tzinfo=UTC))))
    assert stored == (2 if name in {"artifact.stored", "step.before_commit"} else 1)


@pytest.mark.parametrize("name", [n for n in NAMES if n.startswith("relay.")])
def test_a_relay_killed_there_loses_nothing_and_repeats_nothing(world: World, name: str, tmp_path: Path) -> None:
    jobs = [world.enqueue("test.work-through") for _ in range(3)]
    crash(world, name, tmp_path / "crashed", world.hand_over)
    world.settle()
    assert [world.state(job) for job in jobs] == ["done"] * 3
    world.check_effects()


@pytest.mark.parametrize("name", [n for n in NAMES if n.startswith("reconcile.")])
def test_a_reconciler_killed_there_loses_nothing(world: World, name: str, tmp_path: Path) -> None:
    job_id = world.enqueue("test.work-through")
    crash(world, "chunk.after_commit", tmp_path / "first", lambda: world.runner().perform(job_id))
    until(lambda: expired(world, job_id))
    crash(world, name, tmp_path / "second", world.reconcile)
    world.settle()
    assert world.job(job_id).crashes == 0, "progress forgives a crash"
    world.check_effects()


def expired(world: World, job_id: UUID) -> bool:
    return bool(world.value("SELECT lease_until < clock_timestamp() FROM admin.jobs WHERE id = :id", id=job_id))


@pytest.mark.parametrize("name", [n for n in NAMES if n.startswith("declare.")])
def test_a_scheduler_killed_while_it_declares_is_followed_by_one_that_does(
    world: World, name: str, tmp_path: Path
) -> None:
    crash(world, name, tmp_path / "crashed", lambda: scheduler.declare(world.database, world.registry))
    scheduler.declare(world.database, world.registry)
    assert world.value("SELECT count(*) FROM admin.job_schedules WHERE declared") == 1


@pytest.mark.parametrize("name", [n for n in NAMES if n.startswith("schedule.")])
def test_a_scheduler_killed_there_runs_the_slot_once(world: World, name: str, tmp_path: Path) -> None:
    scheduler.declare(world.database, world.registry)
    soon = world.value("SELECT now()") + timedelta(minutes=1)
    crash(world, name, tmp_path / "crashed", lambda: scheduler.schedule(world.database, world.registry, soon))
    scheduler.schedule(world.database, world.registry, soon)
    assert world.value("SELECT count(*) FROM admin.jobs") == 1
    assert world.value("SELECT count(*) FROM admin.job_slots WHERE job_id IS NOT NULL") == 1


def test_every_failpoint_named_in_the_code_is_listed_and_every_listed_one_is_in_the_code() -> None:
    sources = (path.read_text() for path in Path("admin_core/jobs").glob("*.py"))
    used = set(itertools.chain.from_iterable(source.split('failpoint("')[1:] for source in sources))
    assert {text.split('"')[0] for text in used} == set(NAMES)

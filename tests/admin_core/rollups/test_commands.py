"""`admin rollups …` against a real database: what it prints, what it keeps, what it refuses; and killed on its way."""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from admin_core import cli
from admin_core.rollups import marking, refreshing
from schema import load_models
from tests.admin_core.jobs.world import KILLED, in_child
from tests.admin_core.rollups.drill import RollupWorld, check_kept_equals_rows, writing
from tests.databases import clone, drop, unique_name

FALSIFY = "UPDATE admin.rollup_values SET amount = amount + 1 WHERE name = 'health.acts' AND day = :day"
CHECKS = "SELECT name, outcome::text, differences FROM admin.verifications ORDER BY checked_at DESC, name LIMIT :n"
LATE = """
    INSERT INTO admin.usage_events (id, event_key, name, occurred_at)
    SELECT gen_random_uuid(), gen_random_uuid(), 'opened', now() - n * interval '1 day' FROM generate_series(1, :n) n"""
EVENTS, DAYS, KILLS = 3_000, 60, 3


@pytest.fixture(scope="module")
def world(server_url: str) -> Iterator[RollupWorld]:
    load_models()
    name = unique_name("rollups")
    world = RollupWorld.open(clone(server_url, name))
    world.fill(EVENTS, DAYS)
    yield world
    world.close()
    drop(server_url, name)


def admin(url: str, *words: str) -> Result:
    environ = {
        "DATABASE_URL": url.replace("postgresql+psycopg", "postgresql"), "REDIS_URL": "unix:///nowhere",
        "ADMIN_SECRET_KEY": "k" * 40, "ADMIN_ENV": "test",
    }  # fmt: skip
    return CliRunner(env=environ).invoke(cli.admin, ["rollups", *words])


def said(world: RollupWorld, *words: str) -> dict[str, str]:
    """Return what a command says of each rollup."""
    answer = admin(world.url, *words)
    assert answer.exit_code == 0, answer.output
    lines = [tuple(line.replace(": ", "  ", 1).split("  ", 1)) for line in answer.output.strip().splitlines()]
    return dict(lines)


def write(world: RollupWorld, sql: str, **values: object) -> None:
    with world.owner.begin() as connection:
        connection.execute(sa.text(sql), values)


@pytest.mark.parametrize("place", ["keeping", "note"])
def test_a_kill_after_marks_are_taken_and_before_values_are_kept_loses_no_day(world: RollupWorld, place: str) -> None:
    world.refresh()
    write(world, LATE, n=3)

    def die_there() -> None:
        setattr(refreshing, place, lambda *_: os.kill(os.getpid(), KILLED))
        world.refresh()

    marked = world.marked
    assert marked > 0
    assert in_child(world, die_there) == KILLED
    assert world.marked == marked
    world.refresh()
    check_kept_equals_rows(world)


def test_kills_at_any_moment_leave_nothing_wrong(world: RollupWorld) -> None:
    chance, died = random.Random(7), 0
    with writing(world, seed=7) as done:
        for turn in range(20):
            died += world.killed(chance.uniform(0.1, 0.5), anew=turn % 5 == 0)
            if died == KILLS:
                break
        world.refresh()
    world.refresh()  # what was marked since
    assert (died, len(set(done)) > 1) == (KILLS, True)
    check_kept_equals_rows(world)


def test_what_is_kept_is_listed_refreshed_and_compared(world: RollupWorld) -> None:
    said(world, "refresh")
    names = set(said(world, "list"))
    assert names == set(world.machine.rollups.by_name)
    write(world, LATE, n=3)
    assert "  3 days marked  What customers did" in said(world, "list")["health.acts"]
    assert said(world, "verify", "health.acts")["health.acts"].endswith("values agree with the rows")
    assert said(world, "refresh", "health.acts") == {"health.acts": "3 days computed anew"}
    stands = said(world, "list")
    assert "  0 days marked  " in stands["health.acts"]
    assert "  3 days marked  " in stands["analytics.came"], "the others wait for their own turn"
    assert said(world, "refresh")["analytics.came"] == "3 days computed anew"
    check_kept_equals_rows(world)


def test_a_day_that_differs_is_named_written_down_and_rebuilt(world: RollupWorld) -> None:
    said(world, "refresh")
    day = world.rows("SELECT max(day) FROM admin.rollup_values WHERE name = 'health.acts'")[0][0]
    write(world, FALSIFY, day=day)
    answer = admin(world.url, "verify")
    assert answer.exit_code == 1
    assert f"health.acts: 1 days differ from the rows: {day}" in answer.output
    assert "analytics.came: " in answer.output, "the others are compared, too"
    checks = {
        name: (outcome, count) for name, outcome, count in world.rows(CHECKS, n=len(world.machine.rollups.by_name))
    }
    assert checks["health.acts"] == ("differs", 1)
    assert checks["analytics.came"] == ("agrees", 0)
    assert said(world, "refresh", "health.acts") == {"health.acts": "0 days computed anew"}, "nobody marked it"
    days = world.rows("SELECT count(DISTINCT day) FROM admin.rollup_values WHERE name = 'health.acts'")[0][0]
    assert said(world, "rebuild", "health.acts") == {"health.acts": f"{days} days computed anew"}
    check_kept_equals_rows(world)


@pytest.mark.parametrize("command", ["refresh", "rebuild", "verify"])
def test_a_name_that_nobody_keeps_is_refused_with_those_there_are(world: RollupWorld, command: str) -> None:
    answer = admin(world.url, command, "health.nothing")
    assert answer.exit_code == 1
    assert "There is no rollup 'health.nothing'. Known: ai_quality.decisions, " in answer.output


@pytest.mark.parametrize("words", [["list"], ["refresh"], ["rebuild", "health.acts"], ["verify"]])
def test_a_database_that_does_not_answer_is_said(words: list[str]) -> None:
    answer = admin("postgresql://nobody@127.0.0.1:1/nowhere", *words)
    assert answer.exit_code == 1
    assert "The database does not answer" in answer.output
    assert "Traceback" not in answer.output


def test_without_marks_nothing_is_kept_and_it_is_said(world: RollupWorld) -> None:
    with unmarked(world):
        for command in ("refresh", "rebuild"):
            assert "run admin db upgrade" in said(world, command, "health.acts")["health.acts"]
        assert said(world, "verify", "health.acts") == {"health.acts": "not kept yet"}
        assert said(world, "list")["health.acts"].startswith("not kept yet  Its source does not mark changed days")
    said(world, "refresh")
    check_kept_equals_rows(world)


@contextmanager
def unmarked(world: RollupWorld) -> Iterator[None]:
    """Take the triggers away while the block runs: a database that was not upgraded."""
    with world.owner.begin() as connection:
        marking.install(connection, [])
    yield
    with world.owner.begin() as connection:
        marking.install(connection, world.machine.rollups)

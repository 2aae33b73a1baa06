"""What is decided here stands in their rows: asked with the decision, written once, never what came from there."""

from collections.abc import Callable
from contextvars import Context
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from admin_core.jobs.reconcile import reconcile
from admin_core.machine import Machine
from admin_core.sources import taking
from admin_core.sources.checking import checked
from admin_core.sources.mapping import Write, read_source
from tests.admin_core.jobs.world import KILLED, in_child, until
from tests.admin_core.sources.world import TIMING, SourceWorld

pytestmark = pytest.mark.timeout(180)
WRITES = """
[[write]]
name = "state-2019"
mapping = "users-2019"
columns = ["status"]
values = { status = { suspended = "blocked", active = "active", trial = "trial" } }
sql = "UPDATE public.users SET state = :status, updated_at = now() WHERE id = CAST(:key AS int) AND mail IS NOT NULL"
settled = "SELECT state = :status FROM public.users WHERE id = CAST(:key AS int)"

[[write]]
name = "credits-2019"
mapping = "users-2019"
on = "credit_entries"
of = "customer_id"
columns = ["amount"]
ours = "SELECT coalesce(sum(amount), 0) AS credits FROM admin.credit_entries WHERE customer_id = :id"
sql = "UPDATE public.users SET credits = :credits WHERE id = CAST(:key AS int)"
"""
OF_P7 = "email = 'p7@example.test'"
GRANT = """INSERT INTO admin.credit_entries (id, customer_id, kind, unit, amount, occurred_at, source_key)
           SELECT gen_random_uuid(), id, 'free_grant', 'assessment', :amount, now(), :key FROM admin.customers
           WHERE email = 'p8@example.test'"""


@pytest.fixture
def told(world: SourceWorld, tmp_path: Path) -> SourceWorld:
    """Return a world in which decisions are written back; everything was read once."""
    path = tmp_path / "source.toml"
    path.write_text(Path(world.machine.settings.source_file).read_text("utf-8").replace(
        'active = "active"', 'active = "active", blocked = "suspended"') + WRITES, "utf-8")  # fmt: skip
    settings = replace(world.machine.settings, source_file=str(path), source_write=True)
    world.close()
    world.machine = Machine.assemble(settings)
    world.over_there("ALTER TABLE users ADD credits int; DELETE FROM users WHERE id > 40")
    world.sync()
    return world


def decide(world: SourceWorld, sql: str, **values: Any) -> None:
    """Change something of ours, as any action does."""
    with world.database.transaction() as session:
        session.execute(sa.text(sql), values)


def suspend(world: SourceWorld, where: str = OF_P7, status: str = "suspended") -> None:
    decide(world, f"UPDATE admin.customers SET status = '{status}' WHERE {where}")


def write_back(world: SourceWorld) -> None:
    job_id = world.ask("core.write-back")
    world.finish(job_id)
    assert world.state(job_id) == "done", world.rows("SELECT error FROM admin.jobs WHERE id = :id", id=job_id)


def over_there(world: SourceWorld, sql: str) -> Any:
    with world.theirs.connect() as connection:
        return connection.execute(sa.text(sql)).scalar()


def asked(world: SourceWorld) -> list[Any]:
    return [tuple(row) for row in world.rows("SELECT name, state, asks FROM admin.source_writes ORDER BY name")]


def test_a_decision_is_written_once_and_what_came_from_there_never(told: SourceWorld) -> None:
    assert asked(told) == [], "rows that were read are not written back"
    suspend(told)
    assert told.value("SELECT count(*) FROM admin.jobs WHERE name = 'core.write-back'") == 1, "asked with the decision"
    write_back(told)
    assert over_there(told, "SELECT state FROM users WHERE mail = 'p7@example.test'") == "blocked"
    assert asked(told) == [("state-2019", "done", 1)]
    assert told.sync()["users-2019"].rejected == 5
    assert told.value(f"SELECT status FROM admin.customers WHERE {OF_P7}") == "suspended"
    told.over_there("UPDATE users SET state = 'trial', updated_at = now() WHERE mail = 'p7@example.test'")
    told.sync()
    assert told.value(f"SELECT status FROM admin.customers WHERE {OF_P7}") == "trial"
    assert asked(told) == [("state-2019", "done", 1)], "an echo would never end"
    decide(told, f"UPDATE admin.customers SET city = 'Durban' WHERE {OF_P7}")
    assert asked(told) == [("state-2019", "done", 1)], "another column asks for nothing"
    entry = "SELECT object_type, row_count FROM admin.audit_entries WHERE action = 'customers.written-back'"
    assert told.rows(entry) == [("customers", 1)]


def test_rows_that_belong_to_a_record_ask_for_it(told: SourceWorld) -> None:
    for number in (5, 7):
        decide(told, GRANT, amount=number, key=f"k-{number}")
    write_back(told)
    assert over_there(told, "SELECT credits FROM users WHERE mail = 'p8@example.test'") == 12
    assert asked(told) == [("credits-2019", "done", 2)]


def test_what_cannot_be_written_waits_for_somebody_and_is_not_undone_by_a_reading(told: SourceWorld) -> None:
    told.over_there("UPDATE users SET mail = NULL WHERE mail = 'p7@example.test'")
    suspend(told)
    suspend(told, "email = 'p9@example.test'", "closed")
    write_back(told)
    errors = "SELECT error FROM admin.source_writes WHERE state = 'failed' ORDER BY 1"
    assert [row.error for row in told.rows(errors)] == [
        "The statement changed 0 rows, and one was expected: nothing was written.",
        "status has the word 'closed', for which the mapping names none of ours.",
    ]
    told.over_there(
        "UPDATE users SET state = 'active', mail = 'p7@example.test', updated_at = now() WHERE mail IS NULL"
    )
    told.sync()
    assert told.value(f"SELECT status FROM admin.customers WHERE {OF_P7}") == "suspended"
    [(key, why)] = [each for each in told.reasons("users-2019").items() if "decided here" in each[1]]
    assert (key, why.endswith("waits for the statement 'state-2019'. Look under Values written back.")) == ("14", True)
    decide(told, "UPDATE admin.source_writes SET name = 'one-of-an-older-file' WHERE state = 'failed'")
    told.sync()
    assert "14" not in told.reasons("users-2019"), "a statement that is gone holds nothing"
    assert told.value(f"SELECT status FROM admin.customers WHERE {OF_P7}") == "active"
    told.over_there("ALTER TABLE users RENAME state TO stage")
    lines, failed = checked(read_source(told.machine.settings.source_file), told.machine.registry,
                            told.machine.settings.source_url)  # fmt: skip
    assert failed
    assert '  wrong: sql: The other database refused: column "state" of relation "users" does not exist.' in lines


def read_while(told: SourceWorld, monkeypatch: pytest.MonkeyPatch, name: str, *decisions: Callable[[], None]) -> None:
    """Read a change of theirs; what is decided here falls between their row being read and ours being written."""
    waiting = [*decisions]
    told.over_there(f"UPDATE users SET full_name = '{name}', updated_at = now() WHERE mail = 'p7@example.test'")
    there = taking.found_here

    def slow(session: Session, *given: Any) -> Any:
        while waiting:
            Context().run(waiting.pop(0))  # somebody else's doing, not the reading's
        return there(session, *given)

    monkeypatch.setattr(taking, "found_here", slow)
    told.sync()
    monkeypatch.undo()


def test_a_decision_made_while_their_row_is_read_is_not_lost(
    told: SourceWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ours() -> tuple[str, str]:
        return tuple(told.rows(f"SELECT status, person_name FROM admin.customers WHERE {OF_P7}")[0])

    read_while(told, monkeypatch, "Seven", lambda: suspend(told))
    assert ours() == ("suspended", "Person 7")
    write_back(told)
    told.sync()
    assert ours() == ("suspended", "Seven")
    read_while(told, monkeypatch, "Person 7", lambda: suspend(told, OF_P7, "trial"), lambda: write_back(told))
    assert asked(told) == [("state-2019", "done", 2)], "it was written after the row had been read"
    assert ours() == ("trial", "Seven")
    told.sync()
    assert ours() == ("trial", "Person 7")


def test_a_question_of_ours_that_fails_says_so_and_is_asked_again_when_that_helps(
    told: SourceWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    suspend(told)
    with told.ours.begin() as somebody:
        somebody.exec_driver_sql("SELECT 1 FROM admin.customers FOR UPDATE")
        for question, state, error in (
            ("SELECT 1 AS status FROM generate_series(1, 2) WHERE :id IS NOT NULL", "failed", "more than one row"),
            ("SELECT 1 AS status FROM nowhere WHERE id = :id", "failed", "failed (SQLSTATE 42P01)"),
            ("SELECT status FROM admin.customers WHERE id = :id FOR UPDATE NOWAIT", "waiting", "Our own database did"),
        ):
            monkeypatch.setattr(Write, "question", question)
            decide(told, "UPDATE admin.source_writes SET state = 'waiting', next_at = now()")
            told.perform(told.ask("core.write-back"))
            [(found, said)] = told.rows("SELECT state, error FROM admin.source_writes")
            assert (found, error in said) == (state, True), said


def test_a_worker_killed_after_their_commit_says_it_once(told: SourceWorld) -> None:
    suspend(told)
    job_id = told.ask("core.write-back")
    assert in_child(told, lambda: told.perform(job_id), ADMIN_FAILPOINT="write.done") == KILLED
    assert asked(told) == [("state-2019", "waiting", 1)]
    until(lambda: reconcile(told.database, TIMING, told.machine.audit) or told.state(job_id) != "running")
    told.finish(job_id)
    assert (told.state(job_id), asked(told)) == ("done", [("state-2019", "done", 1)])
    assert over_there(told, "SELECT state FROM users WHERE mail = 'p7@example.test'") == "blocked"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ('sql = "DROP TABLE users"', "sql must be one statement"),
        ('sql = "UPDATE users SET a = 1 WHERE id = :key::int"', "sql must name the row by :key"),
        ('sql = "UPDATE u SET a = 1 WHERE id = :key"\nof = "customer_id"', "of needs ours"),
        ('sql = "UPDATE u SET a = 1 WHERE id = :key"\ncolour = "red"', "there is no word 'colour'"),
    ],
)
def test_a_statement_that_is_not_understood_is_named(tmp_path: Path, words: str, sentence: str) -> None:
    path, mapping = (
        tmp_path / "source.toml",
        '[[mapping]]\nname = "m"\nfrom = "a.b"\nto = "customers"\ncolumns.email = "t.a"\n',
    )
    path.write_text(f'{mapping}[[write]]\nname = "w"\nmapping = "m"\ncolumns = ["status"]\n{words}', "utf-8")
    with pytest.raises(Exception, match=sentence):
        read_source(str(path))

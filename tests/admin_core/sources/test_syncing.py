"""A messy database becomes rows of ours: each once, each equal, refusals with their reason, wherever it was killed."""

import random
from pathlib import Path

import pytest

from admin_core.jobs.reconcile import reconcile
from tests.admin_core.jobs.world import KILLED, in_child, until
from tests.admin_core.sources.world import TIMING, SourceWorld

pytestmark = pytest.mark.timeout(180)
PEOPLE = 1300
"""Without faults, made by the dozen in ``messy.sql``."""
KILLS = ("chunk.before_commit", "chunk.after_commit", "step.before_commit", "step.after_commit")
OF_NOMSA = """SELECT c.person_name, c.email, c.product_line, c.status, p.key, c.signup_at::text FROM admin.customers c
              JOIN admin.plans p ON p.id = c.plan_id WHERE c.email = 'nomsa@example.test'"""
OTTO = "SELECT company_name, email FROM admin.customers WHERE company_name LIKE 'Otto%'"
PAID = "SELECT external_id, amount_cents, status FROM admin.payments ORDER BY 1"


def check_each_once(world: SourceWorld, people: int = PEOPLE) -> None:
    """Each row of theirs is one of ours, whose values are as theirs; nothing is there that nobody sent."""
    twice = "SELECT source_key FROM admin.source_links GROUP BY mapping_id, source_key HAVING count(*) > 1"
    assert world.rows(twice) == []
    assert world.value("SELECT count(*) FROM admin.customers") == people + 4
    found = world.rows("SELECT person_name, email FROM admin.customers WHERE person_name LIKE 'Person %' ORDER BY 2")
    with world.theirs.connect() as connection:
        wanted = connection.exec_driver_sql(
            "SELECT full_name, mail FROM users WHERE full_name LIKE 'Person %%' ORDER BY 2"
        ).all()
    assert sorted(map(tuple, found)) == sorted(map(tuple, wanted))
    unlinked = "SELECT count(*) FROM admin.customers c WHERE id NOT IN (SELECT target_id FROM admin.source_links)"
    assert world.value(unlinked) == 0


def test_rows_come_once_as_theirs_and_refusals_say_why(world: SourceWorld) -> None:
    first = world.sync()
    check_each_once(world)
    assert {name: (row.state, row.inserted, row.updated, row.rejected) for name, row in first.items()} == {
        "users-2019": ("done", PEOPLE + 2, 0, 5),
        "accounts-2023": ("done", 2, 1, 0),
        "payments": ("done", 2, 0, 4),
    }
    assert world.rows(OF_NOMSA) == [
        ("Nomsa", "nomsa@example.test", "b2c", "active", "growth", "2019-04-01 07:30:00+00")
    ]
    assert world.rows(OTTO) == [("Otto Staffing (Pty) Ltd", "billing@otto.test")]
    assert world.rows(PAID) == [("p-1", 14_900, "succeeded"), ("p-2", 149_900, "succeeded")]
    assert world.reasons("users-2019") == {
        "3": "Plan refers to a row with this key that is not there, or was refused itself.",
        "4": "Status has the word 'gone fishing', for which the mapping names none of ours.",
        "5": "E-mail is empty and needed.",
        "6": "Person name has 300 characters; 200 fit.",
        "7": "Signup is no moment between the years 1 and 9999.",
    }
    assert world.reasons("payments") == {
        "p-3": "Customer refers to a row in users-2019 and accounts-2023 that is not there, or was refused itself.",
        "p-4": "Amount must be more than 0.00.",
        "p-5": "Amount is no whole number that fits.",
        "p-6": "Customer refers to a row in users-2019 and accounts-2023 that is not there, or was refused itself.",
    }


def test_what_is_written_is_one_change_of_the_source_and_one_entry_in_the_log(world: SourceWorld) -> None:
    world.sync()
    changes = world.rows(
        "SELECT actor_key, kind, actor_kind, undoable, title FROM admin.change_sets WHERE kind = 'job'"
    )
    assert sorted(map(tuple, changes)) == [
        (f"source:{name}", "job", "system", False, f"Rows of {name}")
        for name in ("accounts-2023", "payments", "users-2019")
    ]
    entries = "SELECT action, actor_key, row_count FROM admin.audit_entries WHERE action LIKE '%.fed' ORDER BY 1, 2"
    assert world.rows(entries) == [
        ("customers.fed", "source:accounts-2023", 3),
        ("customers.fed", "source:users-2019", PEOPLE + 2),
        ("payments.fed", "source:payments", 2),
    ]


def test_a_second_reading_writes_nothing_and_a_later_one_only_what_changed(world: SourceWorld) -> None:
    world.sync()
    before = world.value("SELECT count(*) FROM admin.change_rows")
    second = world.sync()
    assert all((row.inserted, row.updated) == (0, 0) for row in second.values())
    assert world.value("SELECT count(*) FROM admin.change_rows") == before
    world.over_there("UPDATE users SET state = 'ACTIVE', updated_at = '2026-02-01' WHERE mail = 'p7@example.test'")
    world.over_there("INSERT INTO users (full_name, mail, kind, state, updated_at)"
                     " VALUES ('Person new', 'new7@example.test', 'person', 'trial', '2026-02-01')")  # fmt: skip
    third = world.sync()["users-2019"]
    assert (third.inserted, third.updated) == (1, 1)
    assert world.sync()["users-2019"].rows_read == 2 + 5, "of the overlap, and those refused before"
    check_each_once(world, PEOPLE + 1)
    assert world.rows("SELECT status FROM admin.customers WHERE email = 'p7@example.test'") == [("active",)]


def test_the_newer_generation_wins_where_both_have_a_row(world: SourceWorld) -> None:
    world.sync()
    world.over_there("UPDATE users SET full_name = 'Otto of old', updated_at = '2026-02-01' WHERE id = 2")
    assert world.sync()["users-2019"].updated == 0
    assert world.rows(OTTO) == [("Otto Staffing (Pty) Ltd", "billing@otto.test")]
    world.over_there("UPDATE accounts SET company = 'Otto Group', updated_at = '2026-02-01' WHERE old_user_id = 2")
    world.sync()
    assert world.rows(OTTO) == [("Otto Group", "billing@otto.test")]


def test_refused_rows_are_tried_again_and_their_dependants_follow(world: SourceWorld) -> None:
    world.sync()
    world.run_in(world.ours, "INSERT INTO admin.plans (id, key, name, product_line)"
                             " VALUES (gen_random_uuid(), 'nowhere', 'Nowhere', 'b2c')")  # fmt: skip
    world.over_there("DELETE FROM users WHERE id = 5")
    world.sync()
    assert world.reasons("users-2019").keys() == {"4", "6", "7"}
    assert world.reasons("payments").keys() == {"p-3", "p-4", "p-5"}
    assert ("p-6", 1_000, "succeeded") in world.rows(PAID)
    assert world.value("SELECT max(times) FROM admin.source_rejects WHERE resolved_at IS NULL") == 2


@pytest.mark.parametrize("seed", range(2))
def test_killed_anywhere_it_goes_on_and_takes_each_row_once(world: SourceWorld, seed: int) -> None:
    chance, job_id, died = random.Random(seed), world.ask(), 0
    while world.state(job_id) in {"waiting", "running"} and died < 12:
        died += in_child(world, lambda: world.perform(job_id), ADMIN_FAILPOINT=chance.choice(KILLS)) == KILLED
        until(lambda: reconcile(world.database, TIMING, world.machine.audit) or world.state(job_id) != "running")
    world.finish(job_id)
    assert (world.state(job_id), died > 3) == ("done", True)
    check_each_once(world)
    counted = world.rows("SELECT sum(inserted), sum(updated) FROM admin.source_runs")
    assert counted == [(PEOPLE + 6, 1)]
    assert all((row.inserted, row.updated) == (0, 0) for row in world.sync().values())


def test_a_table_that_vanished_stops_its_mapping_and_what_hangs_on_it_alone(world: SourceWorld) -> None:
    world.over_there("DROP TABLE account_mails")
    job_id = world.ask()
    world.finish(job_id)
    [(state, error)] = world.rows("SELECT state, error FROM admin.jobs WHERE id = :id", id=job_id)
    assert state == "failed"
    assert 'accounts-2023: The other database refused: relation "public.account_mails" does not exist' in error
    assert "payments: Not read, because accounts-2023 was not." in error
    assert world.value("SELECT count(*) FROM admin.customers") == PEOPLE + 2
    assert world.rows("SELECT state FROM admin.source_runs ORDER BY started_at") == [("done",), ("failed",)]


def test_what_is_gone_over_there_is_done_as_the_mapping_says(world: SourceWorld) -> None:
    world.sync()
    world.over_there("DELETE FROM pay WHERE ref = 'p-1'")
    assert len(world.rows(PAID)) == 2, "only the nightly comparison knows"
    world.sync()
    assert len(world.rows(PAID)) == 2
    world.sync("core.compare-sources")
    assert [row.external_id for row in world.rows(PAID)] == ["p-2"]
    assert world.value("SELECT count(*) FROM admin.change_rows WHERE operation = 'delete'") == 1
    check_each_once(world)


def test_nothing_is_removed_when_far_too_much_is_gone(world: SourceWorld) -> None:
    world.sync()
    world.over_there("TRUNCATE pay")
    job_id = world.ask("core.compare-sources")
    world.finish(job_id)
    [(state, error)] = world.rows("SELECT state, error FROM admin.jobs WHERE id = :id", id=job_id)
    assert (state, len(world.rows(PAID))) == ("failed", 2)
    assert error.startswith("payments: 2 of 2 rows are gone over there, more than 50 %, so ours were left as they are.")


def test_who_is_gone_in_one_generation_stays_while_another_has_them(world: SourceWorld, tmp_path: Path) -> None:
    world.use(tmp_path, ('to = "customers"', 'to = "customers"\ngone = { status = "closed" }'))
    world.sync()
    world.over_there("DELETE FROM users WHERE id IN (2, 8)")
    world.sync("core.compare-sources")
    closed = world.rows("SELECT email FROM admin.customers WHERE status = 'closed'")
    assert closed == [("p1@example.test",)], "Otto is still an account of 2023"
    assert world.sync("core.compare-sources")["users-2019"].updated == 0
    world.over_there("INSERT INTO users (id, full_name, mail, kind, state)"
                     " VALUES (8, 'Person 1', 'p1@example.test', 'person', 'trial')")  # fmt: skip
    world.sync("core.compare-sources")
    assert world.rows("SELECT status FROM admin.customers WHERE email = 'p1@example.test'") == [("trial",)]
    check_each_once(world)


def test_a_changed_mapping_reads_everything_again(world: SourceWorld, tmp_path: Path) -> None:
    world.sync()
    world.use(tmp_path, ('trial = "trial"', 'trial = "active"'))
    assert world.sync()["users-2019"].updated == PEOPLE
    check_each_once(world)


def test_a_file_that_does_not_fit_ends_the_job_with_its_sentences(world: SourceWorld, tmp_path: Path) -> None:
    world.use(tmp_path, ('email = "lower(t.mail)"', 'mail = "lower(t.mail)"'))
    job_id = world.ask()
    world.finish(job_id)
    error = world.value("SELECT error FROM admin.jobs WHERE id = :id", id=job_id)
    assert "mapping 'users-2019': column email of customers is needed and not mapped" in error
    assert world.value("SELECT count(*) FROM admin.source_mappings") == 0

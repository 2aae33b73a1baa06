"""A file feeds a mapping as a table does: each row once, refusals by key or number, wherever the job was killed."""

import json
import random
from pathlib import Path
from uuid import UUID

import pytest

from admin_core.commands import sources as commands
from admin_core.jobs.reconcile import reconcile
from admin_core.sources.files import as_json, name_of
from admin_core.sources.loading import ask_to_load
from admin_core.sources.mapping import read_source
from tests.admin_core.jobs.world import KILLED, in_child, until
from tests.admin_core.sources.world import TIMING, SourceWorld

pytestmark = pytest.mark.timeout(180)
MAPPING = """
[[mapping]]
name = "leads"
from = "csv"
to = "customers"
key = "t.number"
join = "LEFT JOIN public.users u ON u.mail = t.e_mail_address"
types = { joined = "date" }

[mapping.columns]
product_line = { value = "b2c" }
person_name = "coalesce(t.full_name, u.full_name)"
email = "lower(t.e_mail_address)"
status = { sql = "t.state", values = { lead = "trial" } }
signup_at = "t.joined"
"""
HEAD = "Number;Full name;E-mail address;State;Joined\n"
GOOD = 1200
ROWS = "".join(f"{n};Lead {n};L{n}@example.test;LEAD;2026-01-0{1 + n % 9}\n" for n in range(GOOD))
BAD = ("x-1;;nobody@example.test;lead;2026-01-01\n"
       "x-2;Ada;ada@example.test;cold;2026-01-01\n"
       ";Finn;finn@example.test;lead;2026-01-01\n"
       "x-4;Otto;otto@x.test;lead;someday\n"
       "x-5;;NOMSA@example.test;lead;2026-01-01\n")  # fmt: skip


@pytest.fixture
def leads(world: SourceWorld, tmp_path: Path) -> SourceWorld:
    world.use(tmp_path)
    path = Path(world.machine.settings.source_file)
    path.write_text(path.read_text("utf-8") + MAPPING, "utf-8")
    return world


@pytest.mark.parametrize(
    ("heading", "name"), [("E-mail address", "e_mail_address"), ("x" * 70, "x" * 63), ("Ä " * 40, "")]
)
def test_a_heading_is_called_as_postgresql_would_call_it(heading: str, name: str) -> None:
    assert name_of(heading) == name


def test_objects_of_a_json_file_travel_as_json() -> None:
    rows = [(1, [{"a": [1, "é"]}, ["b"], "", True])]
    assert json.loads(as_json(["one", "two", "three", "four"], rows)) == [
        {"one": '{"a": [1, "\\u00e9"]}', "two": '["b"]', "four": "True", "file_row": "1"}
    ]


def ask(world: SourceWorld, text: str) -> UUID:
    source = read_source(world.machine.settings.source_file)
    feed = source.named("leads")
    assert feed is not None
    return ask_to_load(world.machine, source, feed, text.encode())


def load(world: SourceWorld, text: str) -> tuple[int, int, int]:
    """Load a file; return how many rows were new, changed and refused."""
    job_id = ask(world, text)
    world.finish(job_id)
    assert world.state(job_id) == "done", world.rows("SELECT error FROM admin.jobs WHERE id = :id", id=job_id)
    found = world.rows("SELECT inserted, updated, rejected FROM admin.source_runs WHERE job_id = :id", id=job_id)
    return tuple(found[0])


def test_a_file_is_taken_once_and_says_what_does_not_fit(leads: SourceWorld) -> None:
    assert load(leads, HEAD + ROWS + BAD) == (GOOD + 1, 0, 4)
    assert load(leads, HEAD + ROWS.replace("Lead 7;", "Lead seven;") + BAD) == (0, 1, 4)
    names = "SELECT person_name FROM admin.customers WHERE email IN ('l7@example.test', 'nomsa@example.test')"
    assert sorted(row[0] for row in leads.rows(names)) == ["Lead seven", "Nomsa"]
    assert leads.reasons("leads") == {
        "x-1": "Your records need a name. Give company name or person name."
        if "Your records" in leads.reasons("leads")["x-1"]
        else leads.reasons("leads")["x-1"],
        "x-2": "Status has the word 'cold', for which the mapping names none of ours.",
        f"row {GOOD + 4}": "It has no key: t.number is empty.",
        f"row {GOOD + 5}": "A cell has not the form that types or the expressions ask for (SQLSTATE 22007).",
    }
    assert (
        load(leads, HEAD + BAD.replace("cold", "lead").replace("\n;", "\nx-3;").replace("someday", "2026-01-01"))[2]
        == 1
    )
    assert list(leads.reasons("leads")) == ["x-1"], "the mended rows are resolved"
    leads.sync()
    assert leads.value("SELECT count(*) FROM admin.source_runs WHERE state <> 'done'") == 0, "a file is not read again"


def test_a_killed_load_goes_on_where_it_stopped(leads: SourceWorld) -> None:
    job_id, chance, died = ask(leads, HEAD + ROWS), random.Random(5), 0
    for _ in range(6):
        kill = chance.choice(["chunk.before_commit", "chunk.after_commit", "step.before_commit"])
        died += in_child(leads, lambda: leads.perform(job_id), ADMIN_FAILPOINT=kill) == KILLED
        until(lambda: reconcile(leads.database, TIMING, leads.machine.audit) or leads.state(job_id) != "running")
    leads.finish(job_id)
    assert (leads.state(job_id), died > 2) == ("done", True)
    assert leads.rows("SELECT inserted, rows_read FROM admin.source_runs WHERE job_id = :id", id=job_id) == [
        (GOOD, GOOD)
    ]
    assert leads.value("SELECT count(DISTINCT email) FROM admin.customers") == GOOD


def test_the_command_names_a_column_that_the_file_lacks_and_shows_rows_masked(
    leads: SourceWorld, tmp_path: Path
) -> None:
    file, settings = tmp_path / "leads.csv", leads.machine.settings
    file.write_text(HEAD.replace("State", "Status") + ROWS[:100], "utf-8")
    lines, failed = commands.load(settings, "leads", str(file), is_check=True)
    assert failed
    assert lines[1] == "wrong: column status: The other database refused: column t.state does not exist."
    file.write_text(HEAD + ROWS[:100], "utf-8")
    lines, failed = commands.load(settings, "customers", str(file), is_check=True)
    assert (failed, "email: •••" in lines[-1]) == (False, True)
    assert leads.value("SELECT count(*) FROM admin.jobs") == 0

"""`admin jobs …` against a real database: what it prints, what it changes, what it refuses."""

from uuid import uuid4

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, text

from admin_core import cli


@pytest.fixture
def url(fresh_database: str) -> str:
    return fresh_database


def admin(url: str, *words: str) -> Result:
    environ = {
        "DATABASE_URL": url.replace("postgresql+psycopg", "postgresql"), "REDIS_URL": "unix:///nowhere",
        "ADMIN_SECRET_KEY": "k" * 40, "ADMIN_ENV": "test",
    }  # fmt: skip
    return CliRunner(env=environ).invoke(cli.admin, ["jobs", *words])


def said(url: str, *words: str) -> str:
    answer = admin(url, *words)
    assert answer.exit_code == 0, answer.output
    return answer.output.strip()


def change(url: str, sql: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(sql))
    engine.dispose()


def test_a_job_is_asked_for_shown_held_and_ended(url: str) -> None:
    assert said(url, "list") == "No jobs."
    job_id = said(url, "run", "core.expire-files")
    assert f"{job_id}  " in said(url, "list")
    assert "core.expire-files" in said(url, "list", "--state", "waiting")
    assert said(url, "list", "--state", "failed") == "No jobs."
    assert '"slot": "20' in said(url, "show", job_id)
    assert "paused" in said(url, "pause", job_id)
    assert "paused" in said(url, "list")
    assert "goes on" in said(url, "resume", job_id)
    assert "cancelled" in said(url, "cancel", job_id)
    refused = admin(url, "cancel", job_id)
    assert (refused.exit_code, "there is nothing left to stop" in refused.output) == (1, True)
    change(url, "UPDATE admin.jobs SET state = 'failed', error = 'The disk is full.'")
    assert "The disk is full." in said(url, "list", "--state", "failed")
    assert "last checkpoint" in said(url, "retry", job_id)
    assert "waiting" in said(url, "show", job_id)


def test_queues_are_shown_paused_and_resumed(url: str) -> None:
    said(url, "run", "core.expire-files")
    assert "low        paused  1 waiting, 0 later, 0 running" in said(url, "queues", "--pause", "low")
    assert "low        served  1 waiting" in said(url, "queues", "--resume", "low")
    assert "There is no queue vip." in admin(url, "queues", "--pause", "vip").output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("show", "7"), "'7' is no id of a job"),
        (("retry", str(uuid4())), "There is no job"),
        (("run", "core.nothing"), "No job is called core.nothing."),
        (("run", "core.expire-files", "oops"), "write name=value"),
        (("run", "core.expire-files", "who=Nomsa Dlamini"), "text that may be about a person"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(url: str, words: tuple[str, ...], sentence: str) -> None:
    answer = admin(url, *words)
    assert answer.exit_code == 1
    assert sentence in answer.output
    assert "Traceback" not in answer.output

"""In production a web process whose role could rewrite the history does not start, and says what to do."""

import subprocess
import sys
from dataclasses import replace

import pytest

from admin_core.app import create_app
from admin_core.database import open_database
from admin_core.settings import Settings
from admin_core.start_up import StartRefused, refuse_owner
from tests.databases import as_app

SETTINGS = Settings(
    database_url="",
    redis_url="redis://x",
    secret_key="k" * 40,
    public_url="https://admin.example.com",
    env="production",
)
NOWHERE = "postgresql+psycopg://nobody@127.0.0.1:1/none"


def test_an_owner_does_not_start_in_production(fresh_database: str) -> None:
    with pytest.raises(StartRefused, match="Run `admin db roles` as the owner"):
        refuse_owner(SETTINGS, open_database(fresh_database, pool_size=1))


@pytest.mark.parametrize("env", ["test", "development", "demo"])
def test_elsewhere_the_owner_may_serve(fresh_database: str, env: str) -> None:
    refuse_owner(replace(SETTINGS, env=env), open_database(fresh_database, pool_size=1))  # type: ignore[arg-type]  # literals


def test_the_role_that_owns_nothing_starts_and_leaves_no_connection(fresh_database: str) -> None:
    database = open_database(as_app(fresh_database), pool_size=1)
    refuse_owner(SETTINGS, database)
    assert database.engine.pool.checkedin() == 0  # type: ignore[attr-defined]  # of a QueuePool


def test_a_database_that_is_away_is_asked_later_by_readyz(fresh_database: str) -> None:
    refuse_owner(SETTINGS, open_database(NOWHERE, pool_size=1))
    answers = []
    for url in (fresh_database, as_app(fresh_database)):
        app = create_app(replace(SETTINGS, database_url=url))
        answers.append(app.test_client().get("/readyz"))
        app.extensions["admin_core"].database.engine.dispose()
    assert [answer.status_code for answer in answers] == [503, 200]
    assert "admin db roles" in answers[0].text


def test_no_process_pays_for_workbooks_before_it_has_one() -> None:
    asked = "import admin_core.app, sys; print(*{'openpyxl', 'xlsxwriter'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""

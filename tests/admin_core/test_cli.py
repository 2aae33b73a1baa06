"""The `admin` command: what it names, what it refuses, and a database from nothing to migrated and ready."""

from collections.abc import Iterator

import psycopg
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import make_url

from admin_core import cli, demo_mark, migrate
from admin_core.app import create_app
from admin_core.settings import Settings
from tests.databases import address, drop, unique_name

KEY = "k" * 48


@pytest.fixture
def missing_database(server_url: str) -> Iterator[str]:
    """The address of a database that does not exist yet."""
    name = unique_name("cli")
    yield address(server_url, name).replace("postgresql+psycopg", "postgresql")
    drop(server_url, name)


def admin(*words: str, url: str, env: str = "production") -> Result:
    environ = {"DATABASE_URL": url, "REDIS_URL": "unix:///nowhere", "ADMIN_SECRET_KEY": KEY, "ADMIN_ENV": env}
    return CliRunner(env=environ).invoke(cli.admin, words)


def test_every_command_of_the_guide_is_there() -> None:
    assert set(cli.admin.commands) >= {"db", "demo", "worker", "relay", "scheduler", "jobs", "check", "seed", "staff"}
    assert set(cli.db.commands) == {"init", "upgrade", "roles", "current"}
    assert set(cli.demo.commands) == {"sign-in", "environment", "prepare"}


def test_wrong_settings_are_named_together_and_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["admin", "db", "current"])
    monkeypatch.setattr("os.environ", {"ADMIN_ENV": "live", "REDIS_URL": "http://cache"})
    with pytest.raises(SystemExit) as refusal:
        cli.main()
    for name in ("DATABASE_URL", "ADMIN_SECRET_KEY", "ADMIN_ENV is 'live'", "REDIS_URL must be"):
        assert name in str(refusal.value)


def test_init_makes_and_migrates_a_database_that_does_not_exist_and_may_run_again(missing_database: str) -> None:
    for _ in range(2):
        answer = admin("db", "init", url=missing_database)
        assert answer.exit_code == 0, answer.output
        assert answer.output == f"The database is at migration {migrate.head()}.\n"
    assert f"newest: {migrate.head()}" in admin("db", "current", url=missing_database).output


def test_a_process_is_ready_only_once_its_database_is_migrated(missing_database: str) -> None:
    settings = Settings(
        database_url=missing_database.replace("postgresql:", "postgresql+psycopg:"), redis_url="unix:///nowhere",
        secret_key=KEY, env="test",
    )  # fmt: skip
    app = create_app(settings)
    client = app.test_client()
    assert client.get("/healthz").status_code == 200
    no_database = client.get("/readyz")
    assert (no_database.status_code, no_database.text) == (503, "The database does not answer.\n")
    assert admin("db", "init", url=missing_database).exit_code == 0
    assert (client.get("/readyz").status_code, client.get("/readyz").text) == (200, "ready\n")

    forget_migrations(missing_database)
    behind = client.get("/readyz")
    assert (behind.status_code, behind.text) == (503, "The database is behind this version. Run: admin db upgrade\n")
    set_migration(missing_database, "from_a_newer_version")
    assert client.get("/readyz").status_code == 200
    app.extensions["admin_core"].database.engine.dispose()


def forget_migrations(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("delete from admin.alembic_version")


def set_migration(url: str, revision: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("insert into admin.alembic_version values (%s)", [revision])


def test_a_demo_does_not_touch_a_database_that_was_not_made_for_one(missing_database: str) -> None:
    assert admin("db", "init", url=missing_database).exit_code == 0
    for words in (("db", "init"), ("seed",)):
        answer = admin(*words, url=missing_database, env="demo")
        assert answer.exit_code == 1
        assert "not made for a demo" in answer.output


def test_invented_data_are_refused_outside_a_demo(missing_database: str) -> None:
    answer = admin("seed", url=missing_database)
    assert answer.exit_code == 1
    assert "ADMIN_ENV is production" in answer.output


def test_a_demo_database_is_seeded_once(missing_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN_DISABLED_PLUGINS", "demo")
    assert admin("db", "init", url=missing_database, env="demo").exit_code == 0
    assert "stays empty" in admin("seed", url=missing_database, env="demo").output
    with psycopg.connect(missing_database) as connection:
        connection.execute(f"comment on schema admin is '{demo_mark.SEEDED}'")
    again = admin("seed", url=missing_database, env="demo")
    assert again.exit_code == 1
    assert "has its demo data already" in again.output
    assert admin("seed", "--if-empty", url=missing_database, env="demo").output == "The demo data are there already.\n"


def test_a_database_that_does_not_answer_is_a_sentence(missing_database: str) -> None:
    url = make_url(missing_database).set(host="127.0.0.1", port=9, query={}).render_as_string(hide_password=False)
    answer = admin("db", "current", url=url)
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: The database does not answer: ")

"""What `admin db …` says when it has nothing to do."""

from admin_core.changes.database_roles import ROLES
from admin_core.commands import database
from admin_core.settings import Settings
from tests.databases import APP_PASSWORD


def test_roles_that_exist_are_counted(fresh_database: str) -> None:
    settings = Settings(database_url=fresh_database, redis_url="redis://x", secret_key="k" * 40, env="test")
    said = database.make_roles(settings, {})
    assert len(ROLES) == 3
    assert said.startswith("All 3 roles exist; their passwords are as they were.\nRights are granted.")


def test_a_password_that_is_given_is_set_and_not_printed(fresh_database: str) -> None:
    settings = Settings(database_url=fresh_database, redis_url="redis://x", secret_key="k" * 40, env="test")
    said = database.make_roles(settings, {"ADMIN_APP_PASSWORD": APP_PASSWORD})
    assert "admin_app  with the password that was given" in said
    assert "password app" not in said

"""What `admin db …` says when it has nothing to do."""

from admin_core.changes.database_roles import ROLES
from admin_core.commands import database
from admin_core.settings import Settings


def test_roles_that_exist_are_counted(fresh_database: str) -> None:
    settings = Settings(database_url=fresh_database, redis_url="redis://x", secret_key="k" * 40, env="test")
    said = database.make_roles(settings)
    assert len(ROLES) == 3
    assert said.startswith("All 3 roles exist; their passwords are as they were.\nRights are granted.")

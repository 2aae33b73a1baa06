"""What a web process knows about migrations without Alembic is what Alembic knows."""

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from admin_core import health, migrate


def test_the_older_migrations_are_those_that_alembic_names() -> None:
    scripts = ScriptDirectory(str(migrate.SCRIPTS))
    known = {step.revision for step in scripts.walk_revisions()}
    assert health.older_migrations() == known - {migrate.head()}


@pytest.mark.parametrize(
    ("line", "older"),
    [
        ("down_revision: str | None = None", set()),
        ("down_revision: str | None = '0001'", {"0001"}),
        ('down_revision = "0001"', {"0001"}),
        ("down_revision: str | None = ('0002', '0003')", {"0002", "0003"}),
    ],
)
def test_every_spelling_of_what_came_before_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, older: set[str]
) -> None:
    (tmp_path / "0004_some.py").write_text(f"revision: str = '0004'\n{line}\nbranch_labels = 'none'\n", "utf-8")
    monkeypatch.setattr(health, "MIGRATIONS", tmp_path)
    health.older_migrations.cache_clear()
    assert health.older_migrations() == older
    health.older_migrations.cache_clear()

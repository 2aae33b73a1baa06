"""A plugin from outside with tables: its branch of migrations runs beside ours, and can be taken back alone."""

from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.pool import NullPool

from admin_core import cli, health, migrate, plugin_models
from admin_core.app import create_app
from admin_core.plugin_loading import load_plugins
from admin_core.plugin_manager import Plugins
from admin_core.plugin_migrations import Branch, Revision, branch_of, branch_problems
from admin_core.plugin_sources import OUTSIDE, forget_modules
from admin_core.settings import Settings
from schema.base import Base

KEY = "k" * 48
PLUGIN = '''
"""Hats."""

from admin_core.contributions import Manifest

MANIFEST = Manifest(name="hats", title="Hats", description="A test.")
'''
MODELS = '''
"""One table."""

from sqlalchemy import ForeignKey, Column, Table, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship
from uuid import UUID

from schema.base import Base, Identified, Slug
from schema.staff import StaffMember
from schema.tags import AdminOptions


class Hat(Identified, Base):
    """A hat."""

    __tablename__ = "hats_hats"
    __admin__ = AdminOptions(group="System")

    colour: Mapped[Slug]{more}
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("admin.staff_members.id"))

    owner: Mapped[StaffMember | None] = relationship()


hat_boxes = Table("hats_boxes", Base.metadata, Column("hat_id", Uuid, primary_key=True))
'''
FIRST = '''
"""Hats."""

import sqlalchemy as sa
from alembic import op

revision = "hats.0001"
down_revision = None
branch_labels = "hats"
depends_on = "0001"


def upgrade():
    op.create_table(
        "hats_hats",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("colour", sa.String(80), nullable=False),
        sa.Column("owner_id", sa.Uuid()),
        sa.PrimaryKeyConstraint("id", name="pk_hats_hats"),
        sa.ForeignKeyConstraint(["owner_id"], ["admin.staff_members.id"], name="fk_hats_hats_owner_id_staff_members"),
        schema="admin",
    )
    op.create_table(
        "hats_boxes",
        sa.Column("hat_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("hat_id", name="pk_hats_boxes"),
        schema="admin",
    )


def downgrade():
    op.drop_table("hats_boxes", schema="admin")
    op.drop_table("hats_hats", schema="admin")
'''
SECOND = '''
"""Sizes."""

import sqlalchemy as sa
from alembic import op

revision: str = "hats.0002"
down_revision: str | None = "hats.0001"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("hats_hats", sa.Column("size", sa.String(80)), schema="admin")


def downgrade():
    op.drop_column("hats_hats", "size", schema="admin")
'''
UPGRADED = f"0 The database is at migration {migrate.head()}, hats.0001.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A plugin on the disk; its models leave our metadata when the test ends."""
    hats = tmp_path / "hats"
    written(hats / "plugin.py", PLUGIN)
    written(hats / "models.py", MODELS.replace("{more}", ""))
    written(hats / "migrations/versions/0001_hats.py", FIRST)
    yield hats
    plugin_models.take_back(f"{OUTSIDE}.hats")
    forget_modules(f"{OUTSIDE}.hats")


def written(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text).lstrip("\n"))


def loaded(folder: Path) -> Plugins:
    plugins = load_plugins(paths=[str(folder)])
    assert [each.error for each in plugins if each.error] == []
    return plugins


def tables(url: str) -> set[str]:
    engine = sa.create_engine(url, poolclass=NullPool)
    return {name for name in sa.inspect(engine).get_table_names(schema="admin") if name.startswith("hats_")}


def admin(url: str, folder: Path | None, *words: str) -> str:
    environ = {"DATABASE_URL": url, "REDIS_URL": "unix:///nowhere", "ADMIN_SECRET_KEY": KEY}
    environ["ADMIN_PLUGIN_PATHS"] = str(folder) if folder else ""
    answer = CliRunner(env=environ).invoke(cli.admin, words, catch_exceptions=False)
    return f"{answer.exit_code} {answer.output}"


def ready(url: str, folder: Path) -> str:
    settings = Settings(
        database_url=url, redis_url="unix:///nowhere", secret_key=KEY, env="test", plugin_paths=(str(folder),)
    )
    app = create_app(settings)
    answer = app.test_client().get("/readyz").text
    app.extensions["admin_core"].database.engine.dispose()
    return answer.strip()


def test_the_branch_runs_beside_ours_and_agrees_with_the_models(folder: Path, fresh_database: str) -> None:
    (branch,) = loaded(folder).branches()
    assert ready(fresh_database, folder) == "The database lacks tables of a plugin. Run: admin db upgrade"
    assert admin(fresh_database, folder, "db", "upgrade") == UPGRADED
    assert tables(fresh_database) == {"hats_hats", "hats_boxes"}
    assert migrate.differences(fresh_database) == []
    assert ready(fresh_database, folder) == "ready"
    assert migrate.current(fresh_database) == migrate.head()
    assert f"newest: {migrate.head()}, hats.0001." in admin(fresh_database, folder, "db", "current")
    migrate.downgrade_branch(fresh_database, branch)
    assert tables(fresh_database) == set()
    assert migrate.all_current(fresh_database) == (migrate.head(),)
    assert "hats.0001" in admin(fresh_database, folder, "db", "upgrade")
    assert tables(fresh_database) == {"hats_hats", "hats_boxes"}


def test_a_newer_version_of_the_plugin_needs_its_migration_first(folder: Path, fresh_database: str) -> None:
    admin(fresh_database, folder, "db", "upgrade")
    written(folder / "migrations/versions/0002_sizes.py", SECOND)
    assert "lacks tables of a plugin" in ready(fresh_database, folder)
    assert f"{migrate.head()}, hats.0002." in admin(fresh_database, folder, "db", "upgrade")
    assert ready(fresh_database, folder) == "ready"
    (branch,) = loaded(folder).branches()
    migrate.downgrade_branch(fresh_database, branch, "hats.0001")
    assert migrate.all_current(fresh_database) == (migrate.head(), "hats.0001")


def test_a_plugin_that_is_gone_leaves_its_tables_and_stands_in_nobodys_way(folder: Path, fresh_database: str) -> None:
    admin(fresh_database, folder, "db", "upgrade")
    plugin_models.take_back(f"{OUTSIDE}.hats")
    assert admin(fresh_database, None, "db", "upgrade") == UPGRADED
    assert tables(fresh_database) == {"hats_hats", "hats_boxes"}
    forget_modules(f"{OUTSIDE}.hats")
    assert "hats.0001" in admin(fresh_database, folder, "db", "upgrade")


def test_a_migration_that_fails_costs_its_plugin_only_and_says_so(folder: Path, fresh_database: str) -> None:
    path = folder / "migrations/versions/0001_hats.py"
    path.write_text(path.read_text().replace("def upgrade():", "def upgrade():\n    raise RuntimeError('no room')"))
    said = admin(fresh_database, folder, "db", "upgrade")
    assert said.startswith("1 Error: The migrations of plugin hats failed: RuntimeError: no room.")
    assert "ADMIN_DISABLED_PLUGINS=hats" in said
    assert migrate.all_current(fresh_database) == (migrate.head(),)
    assert tables(fresh_database) == set()


def test_a_plugin_for_a_newer_core_says_which_migration_it_misses(folder: Path, fresh_database: str) -> None:
    path = folder / "migrations/versions/0001_hats.py"
    path.write_text(path.read_text().replace('depends_on = "0001"', 'depends_on = ("0001", "0999")'))
    said = admin(fresh_database, folder, "db", "upgrade")
    assert "hats.0001 depends on 0999, which this version of core does not have" in said
    assert tables(fresh_database) == set()


def test_a_refused_plugins_tables_are_in_nobodys_metadata(folder: Path) -> None:
    models = folder / "models.py"
    models.write_text(models.read_text().replace("hats_boxes", "boxes"))
    plugins = load_plugins(paths=[str(folder)])
    (error,) = [each.error for each in plugins if each.name == "hats"]
    assert error == "the table 'boxes' must begin with the plugin's name: hats_boxes"
    assert not [name for name in Base.metadata.tables if name in {"admin.hats_hats", "admin.boxes"}]


def test_one_class_is_disposed_of_as_sqlalchemy_disposes_of_a_registry() -> None:
    class Own(DeclarativeBase):
        """A registry of its own."""

    class Good(Own):
        __tablename__ = "good"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Bad(Own):
        __tablename__ = "bad"
        id: Mapped[int] = mapped_column(primary_key=True)
        other: Mapped["Missing"] = relationship()  # type: ignore[name-defined]  # noqa: F821 (that is the point)

    with pytest.raises(sa.exc.InvalidRequestError):
        Own.registry.configure()
    plugin_models.dispose(Own, Bad.__mapper__)
    Own.registry.configure()
    assert [mapper.class_ for mapper in Own.registry.mappers] == [Good]
    assert sa.orm.class_mapper(Good).configured


def branch(*revisions: Revision) -> Branch:
    return Branch("hats", Path("hats"), revisions)


BASE = Revision("0001_a.py", "hats.0001", (), ("hats",))
NEXT = Revision("0002_b.py", "hats.0002", ("hats.0001",))


@pytest.mark.parametrize(
    ("found", "problems"),
    [
        (branch(BASE), []),
        (branch(BASE, NEXT), []),
        (branch(Revision("a.py", "0001", (), ("hats",))), ["a.py is called '0001'; its name must begin with hats."]),
        (branch(Revision("a.py", "hats.0001")), ["'hats.0001' must say branch_labels = 'hats'"]),
        (branch(Revision("a.py", "hats.0001", (), ("caps",))), ["must say branch_labels = 'hats'"]),
        (branch(BASE, Revision("b.py", "hats.0002", ("0001",))), ["comes after '0001'", "hats.0001 and hats.0002"]),
        (branch(BASE, NEXT, Revision("c.py", "hats.0003", ("hats.0001",))), ["end in hats.0002 and hats.0003"]),
        (branch(BASE, Revision("b.py", "hats.0002", (), ("hats",))), ["2 migrations have no down_revision", "end in"]),
        (branch(Revision("a.py", f"hats.{'1' * 30}", (), ("hats",))), ["more than 32 characters"]),
    ],
)
def test_a_branch_stays_apart_from_ours_and_from_others(found: Branch, problems: list[str]) -> None:
    said = branch_problems(found)
    assert len(said) == len(problems)
    for sentence, part in zip(said, problems, strict=True):
        assert part in sentence


@pytest.mark.parametrize(
    ("text", "says"), [("down_revision = None\n", "names no revision"), ("revision =\n", "invalid syntax")]
)
def test_a_file_that_says_too_little_is_named(tmp_path: Path, text: str, says: str) -> None:
    written(tmp_path / "migrations/versions/0001_a.py", text)
    with pytest.raises((ValueError, SyntaxError), match=says):
        branch_of("hats", tmp_path)


@pytest.mark.parametrize(
    ("current", "older", "behind"),
    [
        ([], [], True),
        (["hats.0001"], [], False),
        (["hats.0001"], ["hats.0001"], True),
        (["hats.0009"], ["hats.0001"], False),  # a newer version is being rolled out beside us
    ],
)
def test_behind_is_what_was_never_migrated_or_has_a_successor(
    current: list[str], older: list[str], behind: bool
) -> None:
    assert health.is_behind(current, older) is behind

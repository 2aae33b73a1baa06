"""`admin check`: each id is provoked once, names where, and says what to do; our own schema provokes none."""

from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import ForeignKey, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

import schema
from admin_core.checks import findings
from admin_core.generator.registry import Registry
from admin_core.plugin_manager import Plugins
from schema.base import Base
from schema.tags import AdminOptions, Retention, ui


class Loose(DeclarativeBase):
    """Models with one mistake each."""

    metadata = MetaData(schema="loose")


class Untagged(Loose):
    __tablename__ = "untagged"
    __admin__ = AdminOptions(group="System")
    id: Mapped[int] = mapped_column(primary_key=True)
    remark: Mapped[str] = mapped_column(String(80))


class Misnamed(Loose):
    __tablename__ = "misnamed"
    __admin__ = AdminOptions(
        group="System",
        title=("nam",),
        listed=("id", "colour"),
        default_sort="-born",
        retention=Retention("died", 1, "x"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)


class Inlined(Loose):
    __tablename__ = "inlined"
    __admin__ = AdminOptions(group="System", inlines=("misnamed", "nothing"))
    id: Mapped[int] = mapped_column(primary_key=True)
    misnamed_id: Mapped[int] = mapped_column(ForeignKey("loose.misnamed.id"))
    misnamed: Mapped[Misnamed] = relationship()


class Unwritten(Loose):
    __tablename__ = "unwritten"
    __admin__ = AdminOptions(group="Oddities", writes="actions")
    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(String(5), info=ui(pii="none"))


FOUND = [(f.id, f.where, str(f)) for f in findings(Registry.of(Loose), [])]


@pytest.mark.parametrize(
    ("id_", "where", "says"),
    [
        ("core.E001", "loose.untagged.remark", "not classified"),
        ("core.E002", "loose.misnamed", "title names 'nam'"),
        ("core.E002", "loose.misnamed", "listed names 'colour'"),
        ("core.E002", "loose.misnamed", "default_sort names 'born'"),
        ("core.E002", "loose.misnamed", "retention names 'died'"),
        ("core.E003", "loose.inlined", "inlines names 'misnamed'"),
        ("core.E003", "loose.inlined", "inlines names 'nothing'"),
        ("core.E004", "loose.unwritten", "written by actions"),
        ("core.W003", "loose.unwritten", "'Oddities' has no place"),
    ],
)
def test_a_mistake_is_found_where_it_is(id_: str, where: str, says: str) -> None:
    assert any(found[:2] == (id_, where) and says in found[2] for found in FOUND), FOUND


def test_a_disabled_plugin_is_a_warning_with_its_reason() -> None:
    def gone() -> ModuleType:
        raise ImportError("no module named gone")

    plugins = Plugins()
    plugins.load("gone", gone)
    (found,) = findings(Registry.of(type("None", (DeclarativeBase,), {})), plugins)
    assert (found.id, found.level, found.where) == ("core.W001", "warning", "plugins.gone")
    assert "no module named gone" in found.sentence


def test_errors_come_before_warnings() -> None:
    levels: list[Any] = [found[0][5] for found in FOUND]
    assert levels == sorted(levels)


def test_our_own_schema_is_clean() -> None:
    schema.load_models()
    assert [str(found) for found in findings(Registry.of(Base), [])] == []

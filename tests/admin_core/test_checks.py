"""`admin check`: each id is provoked once, names where, and says what to do; our own schema provokes none."""

from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import ForeignKey, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

import schema
from admin_core.api.routes import Offered
from admin_core.checks import findings, of_routes
from admin_core.contributions import ApiRoute, MailTemplate
from admin_core.generator.registry import Registry
from admin_core.mail.templates import OfferedTemplate, Templates
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


@pytest.mark.parametrize(
    ("id_", "words", "says"),
    [
        ("core.E030", {"scope": "hats:read"}, "nobody says what the scope hats:read lets a key do"),
        ("core.E031", {"run": "plugins.shop.views.gone"}, "No module named"),
        ("core.E031", {"run": "admin_core.api.core_routes.gone"}, "no attribute 'gone'"),
        ("core.E031", {"method": "POST", "run": len}, "it cannot be served"),
    ],
)
def test_an_operation_that_cannot_be_served_is_found(id_: str, words: dict[str, Any], says: str) -> None:
    sound = {"method": "GET", "path": "/hats", "summary": "List hats", "run": "admin_core.api.core_routes.show_key"}
    (found,) = of_routes([Offered("shop", ApiRoute(**{**sound, **words}))])
    assert (found.id, found.level) == (id_, "error")
    assert says in str(found)


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


def test_a_mail_template_that_could_not_be_sent_is_found_at_start_up() -> None:
    broken = MailTemplate(key="shop.hello", title="Hello", mail_class="service", subject="Hello {{ nmae }}", text="Hi")
    nothing = Registry.of(type("None", (DeclarativeBase,), {}))
    (found,) = findings(nothing, [], Templates.of([OfferedTemplate("shop", broken)]))
    assert (found.id, found.level, found.where) == ("core.E032", "error", "mail template shop.hello")
    assert "uses nmae without declaring it" in found.sentence

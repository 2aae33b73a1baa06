"""What every model keeps to, whoever writes it. Each rule names the tables or models that break it."""

import uuid
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import (
    ARRAY,
    JSON,
    Column,
    Enum,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import CIDR, INET
from sqlalchemy.orm import DeclarativeBase, Mapped, Mapper, mapped_column, registry, relationship

from schema import load_models
from schema.base import NAMING, Base
from schema.tags import PII_CLASSES, AdminOptions, Retention, options_of

load_models()

GROUPS = {"Customers", "Finance", "AI quality", "Usage", "Support", "Privacy", "Health", "Content"}
GROUPS |= {"Catalog", "Reports", "System"}
TELLING = (String, JSON, ARRAY, LargeBinary, INET, CIDR)
LONGEST_NAME = 63


def unclassified(metadata: MetaData, _mappers: list[Mapper]) -> Iterator[str]:
    for table in metadata.sorted_tables:
        for column in table.columns:
            tells = isinstance(column.type, TELLING) and not isinstance(column.type, Enum)
            if tells and not column.foreign_keys and column.info.get("pii") not in PII_CLASSES:
                yield f"{table.name}.{column.name}"


def foreign_keys_without_index(metadata: MetaData, _mappers: list[Mapper]) -> Iterator[str]:
    for table in metadata.sorted_tables:
        starts = index_starts(table)
        for key in table.foreign_key_constraints:
            names = tuple(column.name for column in key.columns)
            if not any(start[: len(names)] == names for start in starts):
                yield f"{table.name}.{'+'.join(names)}"


def enums_without_check(metadata: MetaData, _mappers: list[Mapper]) -> Iterator[str]:
    for table in metadata.sorted_tables:
        checks = {str(constraint.name) for constraint in table.constraints}
        for column in table.columns:
            if isinstance(column.type, Enum) and f"ck_{table.name}_{column.name}_known" not in checks:
                yield f"{table.name}.{column.name}"


def names_postgres_would_cut(metadata: MetaData, _mappers: list[Mapper]) -> Iterator[str]:
    for table in metadata.sorted_tables:
        parts = [table, *table.columns, *table.constraints, *table.indexes]
        yield from (str(part.name) for part in parts if len(str(part.name).encode()) > LONGEST_NAME)


def foreign_keys_without_rule(metadata: MetaData, _mappers: list[Mapper]) -> Iterator[str]:
    for table in metadata.sorted_tables:
        for key in table.foreign_key_constraints:
            if key.ondelete not in {"RESTRICT", "CASCADE", "SET NULL"}:
                yield str(key.name)


def impossible_set_null(metadata: MetaData, _mappers: list[Mapper]) -> Iterator[str]:
    for table in metadata.sorted_tables:
        for key in table.foreign_key_constraints:
            if key.ondelete == "SET NULL" and not all(column.nullable for column in key.columns):
                yield str(key.name)


def models_without_words(_metadata: MetaData, mappers: list[Mapper]) -> Iterator[str]:
    for mapper in mappers:
        own = vars(mapper.class_)
        options = options_of(mapper.class_)
        if "__admin__" not in own or not own.get("__doc__") or options.group not in GROUPS:
            yield mapper.class_.__name__


def models_that_hide_their_writer(_metadata: MetaData, mappers: list[Mapper]) -> Iterator[str]:
    for mapper in mappers:
        options = options_of(mapper.class_)
        if (options.writes == "forms") == bool(options.written_by):
            yield mapper.class_.__name__


def names_that_are_no_attributes(_metadata: MetaData, mappers: list[Mapper]) -> Iterator[str]:
    for mapper in mappers:
        options = options_of(mapper.class_)
        retention = (options.retention.after,) if options.retention else ()
        sort = (options.default_sort.removeprefix("-"),) if options.default_sort else ()
        for name in (*options.title, *options.listed, *options.inlines, *retention, *sort):
            if name not in mapper.attrs:
                yield f"{mapper.class_.__name__}.{name}"


def subjects_that_lead_nowhere(_metadata: MetaData, mappers: list[Mapper]) -> Iterator[str]:
    for mapper in mappers:
        at: Mapper | None = mapper
        subject = options_of(mapper.class_).subject
        for part in subject.split(".") if subject not in {"", "self"} else ():
            found = at.relationships.get(part) if at is not None else None
            if found is None:
                yield f"{mapper.class_.__name__}: {part}"
            at = found.mapper if found is not None else None


def sorts_without_index(_metadata: MetaData, mappers: list[Mapper]) -> Iterator[str]:
    for mapper in mappers:
        name = options_of(mapper.class_).default_sort.removeprefix("-")
        if name in mapper.column_attrs:
            column = mapper.column_attrs[name].columns[0].name
            if not any(start[0] == column for start in index_starts(mapper.local_table)):
                yield f"{mapper.class_.__name__}.{name}"


def relationships_that_unlink(_metadata: MetaData, mappers: list[Mapper]) -> Iterator[str]:
    for mapper in mappers:
        for related in mapper.relationships:
            if related.uselist and not related.passive_deletes and not related.viewonly:
                yield f"{mapper.class_.__name__}.{related.key}"


def index_starts(table: Table) -> list[tuple[str | None, ...]]:
    """Return the columns of everything that finds rows by its first columns: whole b-trees, keys, unique columns."""
    keys = [constraint for constraint in table.constraints if isinstance(constraint, UniqueConstraint)]
    starts: list[tuple[str | None, ...]] = [tuple(column.name for column in table.primary_key.columns)]
    starts += [tuple(column.name for column in key.columns) for key in keys]
    for index in table.indexes:
        words = index.dialect_options["postgresql"]
        if words["where"] is None and words["using"] in {False, None, "", "btree"}:
            starts.append(tuple(getattr(expression, "name", None) for expression in index.expressions))
    return starts


RULES: list[Callable[[MetaData, list[Mapper]], Iterator[str]]] = [
    unclassified,
    foreign_keys_without_index,
    enums_without_check,
    names_postgres_would_cut,
    foreign_keys_without_rule,
    impossible_set_null,
    models_without_words,
    models_that_hide_their_writer,
    names_that_are_no_attributes,
    subjects_that_lead_nowhere,
    sorts_without_index,
    relationships_that_unlink,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_no_model_breaks_the_rule(rule: Callable[[MetaData, list[Mapper]], Iterator[str]]) -> None:
    assert sorted(rule(Base.metadata, list(Base.registry.mappers))) == []


def broken_models() -> tuple[MetaData, list[Mapper]]:
    """Return two models that break every rule at least once."""

    class Bad(DeclarativeBase):
        metadata = MetaData(naming_convention=NAMING)
        registry = registry()

    class Parent(Bad):
        __tablename__ = "parents"
        id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
        children: Mapped[list["Child"]] = relationship(back_populates="parent", foreign_keys="Child.parent_id")

    class Child(Bad):
        """A child."""

        __tablename__ = "children"
        __table_args__ = (Index("x" * 64, "note"),)
        __admin__ = AdminOptions(
            group="System",
            writes="append",
            title=("nobody",),
            default_sort="mood",
            subject="parent.owner",
            retention=Retention("gone_at", 1, "none"),
        )
        id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
        note: Mapped[str]
        mood: Mapped[str] = mapped_column(Enum("good", "bad", native_enum=False, create_constraint=False))
        parent_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("parents.id", ondelete="SET NULL"))
        other_id = Column(Uuid(), ForeignKey("parents.id"))
        parent: Mapped[Parent] = relationship(back_populates="children", foreign_keys=parent_id)

    Bad.registry.configure()
    return Bad.metadata, list(Bad.registry.mappers)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_rule_bites(rule: Callable[[MetaData, list[Mapper]], Iterator[str]]) -> None:
    assert list(rule(*broken_models()))

"""What indexes allow, as tables of cases; no database but for the last ones."""

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from admin_core.generator import catalog
from admin_core.generator.capabilities import Ability, capabilities, capabilities_of, refusal
from admin_core.generator.indexes import IndexSpec, Part, read_index, read_indexes
from schema.base import NAMING
from tests.admin_core.generator.models import Reading, Thing
from tests.admin_core.generator.shapes_world import REGISTRY, World, add_owners

LARGE = 1_000_000
THINGS = REGISTRY.spec("shapes.things")
OWNERS = REGISTRY.spec("shapes.owners")


def able(column: str, index: IndexSpec, rows: int = LARGE) -> Ability:
    return capabilities(THINGS, [index], rows).columns[column]


def btree(*columns: str, **words: bool) -> IndexSpec:
    return IndexSpec("ix", tuple(Part(column) for column in columns), **words)  # type: ignore[arg-type]  # flags only


SORTS: list[tuple[str, IndexSpec, tuple[str, ...]]] = [
    ("rank", btree("rank", "id"), ("rank", "id")),
    ("rank", btree("rank"), ("rank", "id")),
    ("colour", btree("colour"), ()),
    ("is_live", btree("is_live"), ()),
    ("colour", btree("colour", "made_at", "id"), ("colour", "made_at", "id")),
    ("colour", btree("colour", "made_at"), ("colour", "made_at", "id")),
    ("made_at", btree("colour", "made_at", "id"), ()),
    ("id", btree("id", unique=True), ("id",)),
    ("token", btree("token", unique=True), ("token", "id")),
    ("title", btree("title", "id", "rank"), ("title", "id")),
    ("rank", btree("rank", "id", partial=True), ()),
    ("rank", IndexSpec("ix", (Part("rank"),), "hash"), ()),
    ("rank", IndexSpec("ix", (Part("rank"),), "brin"), ()),
    ("title", IndexSpec("ix", (Part("title", ops="text_pattern_ops"),)), ()),
    ("title", IndexSpec("ix", (Part("title", lowered=True),)), ()),
    ("title", IndexSpec("ix", (Part("title", ops="gin_trgm_ops"),), "gin"), ()),
    ("extra", btree("extra", "id"), ()),
]


@pytest.mark.parametrize(("column", "index", "order"), SORTS)
def test_a_sort_is_offered_where_an_index_gives_it(column: str, index: IndexSpec, order: tuple[str, ...]) -> None:
    ability = able(column, index)
    assert tuple(term.column for term in ability.order) == order


CROWDED: list[tuple[str, IndexSpec, tuple[str, ...]]] = [
    ("owner_id", btree("owner_id"), ()),
    ("token", btree("token", unique=True), ()),
    ("owner_id", btree("owner_id", "id"), ("owner_id", "id")),
    ("owner_id", btree("owner_id", "made_at", "id"), ("owner_id", "made_at", "id")),
    ("rank", btree("rank"), ("rank", "id")),
    ("id", btree("id", unique=True), ("id",)),
]


@pytest.mark.parametrize(("column", "index", "order"), CROWDED)
def test_values_that_crowds_share_need_an_index_that_sorts_the_crowd(
    column: str, index: IndexSpec, order: tuple[str, ...]
) -> None:
    found = capabilities(THINGS, [index], LARGE, frozenset({"owner_id", "token", "id"})).columns[column]
    assert tuple(term.column for term in found.order) == order


SERVED: list[tuple[str, IndexSpec, str]] = [
    ("rank", btree("rank"), "eq gt gte lt lte between empty filled"),
    ("rank", btree("title", "rank"), ""),
    ("rank", IndexSpec("ix", (Part("rank"),), "hash"), "eq empty"),
    ("rank", IndexSpec("ix", (Part("rank"),), "brin"), "gt gte lt lte between filled"),
    ("colour", btree("colour", "id"), "eq ne empty filled"),
    ("owner_id", btree("owner_id"), "eq empty filled"),
    ("meta", IndexSpec("ix", (Part("meta", ops="text_pattern_ops"),)), "eq starts empty"),
    ("meta", IndexSpec("ix", (Part("meta", lowered=True),)), "eq"),
    ("meta", IndexSpec("ix", (Part("title", ops="gin_trgm_ops"), Part("meta", ops="gin_trgm_ops")), "gin"),
     "contains starts"),
    ("meta", IndexSpec("ix", (Part("meta", ops="gist_trgm_ops"),), "gist"), "contains starts"),
    ("labels", IndexSpec("ix", (Part("labels"),), "gin"), "has"),
    ("made_at", btree("made_at", partial=True), ""),
]  # fmt: skip


@pytest.mark.parametrize(("column", "index", "operators"), SERVED)
def test_an_operator_is_offered_where_an_index_serves_it(column: str, index: IndexSpec, operators: str) -> None:
    assert sorted(able(column, index).operators) == sorted(operators.split())


def test_small_tables_may_do_everything_that_makes_sense() -> None:
    found = capabilities(THINGS, [], 20_000)
    unordered = {key for key, ability in found.columns.items() if not ability.order}
    assert unordered == {"extra", "labels", "blob", "span"}
    assert "contains" in found.columns["notes"].operators
    assert not capabilities(THINGS, [], 20_001).columns["notes"].operators


def test_secret_columns_can_do_nothing() -> None:
    assert "password" not in capabilities(OWNERS, [], 1).columns


def test_the_refusal_names_the_index_that_would_serve() -> None:
    _, remedy = refusal(THINGS, THINGS.columns["amount"])
    assert remedy == "CREATE INDEX CONCURRENTLY ON shapes.things (amount, id)"


def test_declared_and_reflected_indexes_say_the_same(world: World) -> None:
    for model in (Thing, Reading):
        spec = REGISTRY.spec(f"shapes.{model.__tablename__}")
        reflected = sa.Table(
            model.__tablename__, sa.MetaData(), schema="shapes", autoload_with=world.session.connection()
        )
        declared = {i.name: i for i in read_indexes(spec) if not i.name.startswith("constraint:")}
        columns = {column.name: key for key, column in spec.columns.items()}

        found = {str(i.name): read_index(i, columns) for i in reflected.indexes if str(i.name) in declared}
        assert found == declared


def test_directions_and_nulls_follow_the_index() -> None:
    indexes = read_indexes(THINGS)
    order = capabilities(THINGS, indexes, LARGE).columns["made_at"].order
    assert [(term.column, term.desc, term.nulls_first) for term in order] == [
        ("made_at", False, True),  # declared DESC NULLS LAST: ascending, NULLs come first
        ("id", True, True),
    ]


def test_long_index_names_are_known_as_the_database_cut_them() -> None:
    table = sa.Table("t", sa.MetaData(naming_convention=NAMING), sa.Column("a" * 40, sa.Integer), sa.Column("b" * 40))
    index = sa.Index(None, *table.columns)
    created = str(sa.schema.CreateIndex(index).compile(dialect=pg.dialect()))  # type: ignore[no-untyped-call]
    assert len(str(index.name)) > 63
    assert f" {read_index(index, {}).name} " in created


def test_indexes_that_are_missing_or_invalid_serve_nothing(world: World) -> None:
    add_owners(world.session, 3)
    facts = catalog.table_facts(world.session, OWNERS.table)
    assert "ix_owners_name_trgm" in facts.indexes
    world.session.connection().exec_driver_sql("DROP INDEX shapes.ix_owners_name_trgm")
    world.session.connection().exec_driver_sql(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'shapes.ix_owners_phone'::regclass"
    )
    catalog.forget(world.session)
    found = catalog.table_facts(world.session, OWNERS.table)
    assert not {"ix_owners_name_trgm", "ix_owners_phone"} & found.indexes
    assert "similar" not in capabilities_of(world.session, OWNERS).columns["name"].serves


def test_a_table_nobody_analysed_is_counted_to_the_limit_only(world: World) -> None:
    add_owners(world.session, 7)
    assert catalog.table_facts(world.session, OWNERS.table).rows == 7
    world.session.connection().exec_driver_sql(
        "INSERT INTO shapes.readings (at, meter, level) SELECT now(), n::text, 1 FROM generate_series(1, 20100) n"
    )
    catalog.forget(world.session)
    assert catalog.table_facts(world.session, REGISTRY.spec("shapes.readings").table).rows == catalog.SMALL + 1


def test_statistics_tell_which_values_crowds_share(world: World) -> None:
    world.session.connection().exec_driver_sql(
        "INSERT INTO shapes.readings (at, meter, level)"
        " SELECT now() - n * interval '1 second', mod(n, 2)::text, n FROM generate_series(1, 25000) n"
    )
    world.session.connection().exec_driver_sql("ANALYZE shapes.readings")
    catalog.forget(world.session)
    crowded = catalog.table_facts(world.session, REGISTRY.spec("shapes.readings").table).crowded
    assert "meter" in crowded
    assert not {"at", "level"} & crowded

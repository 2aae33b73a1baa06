"""What a list may offer: sorts, filters and search that an index serves; small tables may do everything.

Pure functions of a model's spec, its indexes and its size. ``capabilities_of`` asks the database for the last two.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.orm import Session

from admin_core.generator.catalog import SMALL, current, table_facts
from admin_core.generator.indexes import IndexSpec, Part, read_indexes
from admin_core.generator.operators import OPERATORS_OF, Operator, fits
from admin_core.generator.spec import ColumnSpec, ModelSpec

Service = Literal["equal", "lower", "range", "prefix", "contains", "similar", "member"]
UNORDERED = {"json", "array", "bytes", "range", "other"}
FEW_VALUES = {"enum", "boolean"}
TEXTS = {"text", "longtext"}
NEEDS: Mapping[Operator, frozenset[Service]] = {
    "eq": frozenset({"equal", "lower"}),
    "ne": frozenset({"equal"}),
    "contains": frozenset({"contains"}),
    "starts": frozenset({"prefix", "contains"}),
    "gt": frozenset({"range"}),
    "gte": frozenset({"range"}),
    "lt": frozenset({"range"}),
    "lte": frozenset({"range"}),
    "between": frozenset({"range"}),
    "within": frozenset({"range"}),
    "empty": frozenset({"equal"}),
    "filled": frozenset({"range"}),
    "has": frozenset({"member"}),
}
"""Which services of an index can carry an operator; one of them is enough."""


@dataclass(frozen=True)
class Term:
    """One column of a sort order."""

    column: str
    desc: bool = False
    nulls_first: bool = False


@dataclass(frozen=True)
class Ability:
    """What one column can do."""

    serves: frozenset[Service]
    operators: tuple[Operator, ...]
    order: tuple[Term, ...]
    """Ascending; reversed as a whole for descending. Empty: not sortable."""


@dataclass(frozen=True)
class Capabilities:
    """What one model's list can do today."""

    rows: int
    """Estimate."""
    small: bool
    indexes: tuple[IndexSpec, ...]
    columns: Mapping[str, Ability]
    crowded: frozenset[str] = frozenset()
    """Names of columns in which one value stands for so many rows that they can't be sorted among themselves."""


def capabilities_of(session: Session, spec: ModelSpec) -> Capabilities:
    """Return what the list can do on this database, remembered as long as the catalog is."""
    remembered = current(session, spec.table).concluded
    if spec.model not in remembered:
        facts = table_facts(session, spec.table)
        serving = [i for i in read_indexes(spec) if i.name.startswith("constraint:") or i.name in facts.indexes]
        remembered[spec.model] = capabilities(spec, serving, facts.rows, facts.crowded)
    found: Capabilities = remembered[spec.model]
    return found


def capabilities(
    spec: ModelSpec, indexes: Iterable[IndexSpec], rows: int, crowded: frozenset[str] = frozenset()
) -> Capabilities:
    """Return what a table of this size can do with these indexes; partial ones serve only lists that repeat them."""
    whole = tuple(index for index in indexes if not index.partial)
    small = rows <= SMALL
    columns = {
        key: ability(spec, column, whole, small=small, crowded=crowded)
        for key, column in spec.columns.items()
        if column.pii != "secret"
    }
    return Capabilities(rows, small, whole, columns, crowded)


def ability(
    spec: ModelSpec, column: ColumnSpec, indexes: tuple[IndexSpec, ...], *, small: bool, crowded: frozenset[str]
) -> Ability:
    """Return what one column can do."""
    serves = services(column, indexes) | (free_services(column) if small else frozenset())
    operators = tuple(op for op in OPERATORS_OF[column.kind] if fits(op, column) and served(op, column, serves, small))
    return Ability(serves, operators, sort_order(spec, column, indexes, small=small, crowded=crowded))


def services(column: ColumnSpec, indexes: Iterable[IndexSpec]) -> frozenset[Service]:
    """Return what the indexes do for a column."""
    found: set[Service] = set()
    for index in indexes:
        for part in index.parts if index.method in {"gin", "gist"} else index.parts[:1]:
            if part.column == column.key:
                found |= part_services(column, index, part)
    return frozenset(found)


def part_services(column: ColumnSpec, index: IndexSpec, part: Part) -> set[Service]:
    """Return what one part of an index does for its column."""
    if index.method in {"gin", "gist"}:
        if part.ops.endswith("trgm_ops"):
            return {"contains", "similar"}
        return {"member"} if index.method == "gin" and column.kind in {"array", "json"} else set()
    if part.lowered:
        return {"lower"}
    if part.ops.endswith("pattern_ops"):
        return {"equal", "prefix"}
    services_of: Mapping[str, set[Service]] = {"btree": {"equal", "range"}, "hash": {"equal"}, "brin": {"range"}}
    return services_of.get(index.method, set())


def free_services(column: ColumnSpec) -> frozenset[Service]:
    """Return what reading all of a small table does for a column."""
    if column.kind in TEXTS:
        return frozenset({"equal", "lower", "range", "prefix", "contains"})
    return frozenset({"equal", "range", "member"})


def served(operator: Operator, column: ColumnSpec, serves: frozenset[Service], small: bool) -> bool:
    """Return whether an operator is quick. "Is not" is only so where it can be said as "is one of the others"."""
    if operator == "ne" and not small and not column.choices:
        return False
    return bool(NEEDS[operator] & serves)


def sort_order(
    spec: ModelSpec,
    column: ColumnSpec,
    indexes: Iterable[IndexSpec],
    *,
    small: bool,
    fixed: frozenset[str] = frozenset(),
    crowded: frozenset[str] = frozenset(),
) -> tuple[Term, ...]:
    """Return the columns to sort by, ending in the key; ``fixed`` columns are held to one value by a filter."""
    if column.kind in UNORDERED:
        return ()
    orders = [order for index in indexes if (order := index_order(spec, column, index, fixed, crowded))]
    if orders:
        return min(orders, key=len)
    return with_key(spec, (Term(column.key),)) if small else ()


def index_order(
    spec: ModelSpec, column: ColumnSpec, index: IndexSpec, fixed: frozenset[str], crowded: frozenset[str]
) -> tuple[Term, ...]:
    """Return the sort order an index gives from a column on, empty when it gives none."""
    parts = list(index.parts)
    while parts and parts[0].column in fixed and parts[0].column != column.key:
        parts.pop(0)
    readable = all(part.column and not part.lowered and not part.ops for part in parts)
    if index.method != "btree" or not parts or parts[0].column != column.key or not readable:
        return ()
    flip = parts[0].desc
    terms = tuple(Term(p.column, p.desc != flip, p.nulls_first != flip) for p in parts)
    few = column.kind in FEW_VALUES and not index.unique
    if len(parts) == 1 and (few or column.name in crowded) and column.key not in spec.primary_key:
        return ()  # a value stands for a large part of the table: sorting within it is a full sort
    if index.unique and not any(spec.columns[term.column].nullable for term in terms):
        return terms
    return with_key(spec, terms)


def with_key(spec: ModelSpec, terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """Return the order cut behind the key, or with what is missing of the key at its end."""
    named = [term.column for term in terms]
    if set(spec.primary_key) <= set(named):
        last = max(named.index(key) for key in spec.primary_key)
        return terms[: last + 1]
    return terms + tuple(Term(key) for key in spec.primary_key if key not in named)


def reversed_order(order: tuple[Term, ...]) -> tuple[Term, ...]:
    """Return the order walked from its end."""
    return tuple(Term(term.column, not term.desc, not term.nulls_first) for term in order)


def refusal(spec: ModelSpec, column: ColumnSpec) -> tuple[str, str]:
    """Return why a column can't be sorted by, and the index that would change it."""
    if column.kind in UNORDERED:
        return "Values of this kind have no order.", ""
    names = dict.fromkeys([column.name, *(spec.columns[key].name for key in spec.primary_key)])
    columns = ", ".join(names)
    table = spec.table.fullname
    remedy = f"CREATE INDEX CONCURRENTLY ON {table} ({columns})"
    return "No index serves this order, and the table is too large to sort without one.", remedy

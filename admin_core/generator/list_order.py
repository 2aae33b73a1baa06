"""Which order a list stands in: what the address asks for where it is served, else the model's own."""

from collections.abc import Iterable
from dataclasses import dataclass

from admin_core.generator.capabilities import Capabilities, Term, refusal, reversed_order, sort_order
from admin_core.generator.errors import BadRequest
from admin_core.generator.filters import Condition
from admin_core.generator.keyset import SortKey
from admin_core.generator.list_columns import resolve
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.generator.values import shortened
from admin_core.policy import Person, may_probe

NEWEST = ("created_at", "at", "occurred_at", "create_datetime")
SINGLE = 1


@dataclass(frozen=True)
class Order:
    """The column a list is sorted by, and the keys that make it total."""

    column: str
    desc: bool
    keys: tuple[SortKey, ...]

    @property
    def word(self) -> str:
        """The order as it stands in an address."""
        return f"-{self.column}" if self.desc else self.column


@dataclass(frozen=True)
class Sorting:
    """What orders are open to a person in a list with these filters."""

    spec: ModelSpec
    able: Capabilities
    person: Person
    fixed: frozenset[str] = frozenset()

    def terms(self, column: ColumnSpec) -> tuple[Term, ...]:
        """Return the order by a column, empty when there is none: an order by masked values would tell them."""
        if column.key not in self.able.columns or not may_probe(self.person, column):
            return ()
        terms = self.able.columns[column.key].order
        if not terms and self.fixed:
            terms = sort_order(
                self.spec,
                column,
                self.able.indexes,
                small=self.able.small,
                fixed=self.fixed,
                crowded=self.able.crowded,
            )
        probed = all(may_probe(self.person, self.spec.columns[term.column]) for term in terms)
        return terms if probed else ()

    def why_not(self, column: ColumnSpec) -> str:
        """Return why a column can't be sorted by, with the index that would serve it."""
        if not may_probe(self.person, column):
            return "You may not see these values in clear, and so not sort by them."
        reason, remedy = refusal(self.spec, column)
        return f"{reason} It would take {remedy}." if remedy else reason


def fixed_by(conditions: Iterable[Condition]) -> frozenset[str]:
    """Return the columns that the filters hold to one value."""
    found = list(conditions)
    if any(condition.group != SINGLE for condition in found):
        return frozenset()
    return frozenset(c.column for c in found if c.op == "eq" and len(c.values) == SINGLE)


def order_of(sorting: Sorting, word: str) -> Order:
    """Return the order a word asks for, the model's own when it asks for none; BadRequest for one that is not open."""
    if not word:
        return own_order(sorting)
    name, desc = word.removeprefix("-"), word.startswith("-")
    column = resolve(sorting.spec, name)
    if column is None or column.pii == "secret":
        raise BadRequest(f"{sorting.spec.plural} have no column “{shortened(name)}” to sort by.", "Clear the sorting.")
    terms = sorting.terms(column)
    if not terms:
        raise BadRequest(f"{sorting.spec.plural} can't be sorted by {column.label}.", sorting.why_not(column))
    return ordered(sorting, column, terms, desc=desc)


def own_order(sorting: Sorting) -> Order:
    """Return the declared order where an index serves it, else newest first, else by key."""
    spec = sorting.spec
    declared = spec.options.default_sort
    wanted = [declared, *(f"-{name}" for name in NEWEST), *(f"-{key}" for key in spec.primary_key)]
    for word in wanted:
        column = resolve(spec, word.removeprefix("-")) if word else None
        terms = sorting.terms(column) if column else ()
        if column and terms:
            return ordered(sorting, column, terms, desc=word.startswith("-"))
    first = spec.columns[spec.primary_key[0]]  # a key nobody may see in clear still orders: nothing else is unique
    return ordered(sorting, first, tuple(Term(key) for key in spec.primary_key), desc=True)


def ordered(sorting: Sorting, column: ColumnSpec, terms: tuple[Term, ...], *, desc: bool) -> Order:
    """Return the order with its keys."""
    spec = sorting.spec
    chosen = reversed_order(terms) if desc else terms
    keys = tuple(
        SortKey(
            getattr(spec.model, term.column),
            term.column,
            desc=term.desc,
            nullable=spec.columns[term.column].nullable,
            nulls_first=term.nulls_first,
        )
        for term in chosen
    )
    return Order(column.key, desc, keys)

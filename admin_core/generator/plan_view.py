"""A plan as people read it: what changes in which records, how much money moves, what is sent; masked like the records.

No Flask here. What the numbers are and how they are counted stands in ``changes``.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import Table

from admin_core.changes.plan import Asked, Outline, Sum, TableChange
from admin_core.changes.rehearsal import Money
from admin_core.generator.cells import currency_column, fixed_currency
from admin_core.generator.context import Context
from admin_core.generator.history import FieldChange, field_changes, past_fields
from admin_core.generator.ids import decode_key, encode_key
from admin_core.generator.registry import Registry
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.generator.urls import record_url
from admin_core.policy import may, sees
from admin_core.theme.formats import money, number
from schema.access_log import AccessKind
from schema.changes import ChangeRow, RowOperation

DEEDS = {RowOperation.INSERT: "is created", RowOperation.UPDATE: "changes", RowOperation.DELETE: "is deleted"}
UNSEEN = "Records that your roles do not see"
Title = Callable[[Asked], str]
"""Returns what an effect is called."""


@dataclass(frozen=True)
class PlanLine:
    """What happens to the records of one kind."""

    label: str
    counts: str
    fields: str = ""
    """The fields that change."""
    sums: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlanRow:
    """One record before and after."""

    label: str
    deed: str
    url: str
    """Empty for a record that is not there yet."""
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class PlanView:
    """What stands under "What will happen"."""

    lines: tuple[PlanLine, ...]
    effects: tuple[str, ...] = ()
    rows: tuple[PlanRow, ...] = ()
    total: int = 0
    sentence: str = ""
    """What the action would say afterwards."""

    @property
    def more(self) -> str:
        """How many records are not shown one by one; empty when all are."""
        return (
            f"The first {number(len(self.rows))} of {number(self.total)} rows." if self.total > len(self.rows) else ""
        )


def view_of(
    ctx: Context, outline: Outline, title: Title, rows: Iterable[ChangeRow] = (), sentence: str = ""
) -> PlanView:
    """Return a plan as this person may see it."""
    shown = [row for row in rows if spec_to_show(ctx, row.table_name) is not None]
    return PlanView(
        lines=tuple(line_of(ctx, each) for each in outline.tables),
        effects=tuple(effect_words(each, title) for each in outline.effects),
        rows=tuple(plan_row(ctx, row) for row in shown),
        total=sum(each.rows for each in outline.tables if spec_to_show(ctx, each.table) is not None),
        sentence=sentence,
    )


def line_of(ctx: Context, change: TableChange) -> PlanLine:
    """Return what happens in one table, in words; of records the person does not see only how many."""
    spec = spec_to_show(ctx, change.table)
    numbers = (("created", change.inserted), ("changed", change.updated), ("deleted", change.deleted))
    counts = ", ".join(f"{number(count)} {deed}" for deed, count in numbers if count)
    if spec is None:
        return PlanLine(UNSEEN, counts)
    columns = {column.name: column for column in spec.columns.values()}
    labels = [columns[name].label for name in change.columns if name in columns]
    sums = (sum_words(ctx, columns[each.column], each) for each in change.sums if each.column in columns)
    return PlanLine(spec.plural, counts, ", ".join(labels), tuple(sums))


def sum_words(ctx: Context, column: ColumnSpec, each: Sum) -> str:
    """Return how much money moves in a column: by how much it rises or falls, and how much of that evens out."""
    if sees(ctx.person, column) != "clear":
        return f"{column.label}: not shown to your roles"
    sign = "+" if each.net > 0 else ""
    evened = "" if abs(each.net) == each.moved else f" ({money(each.moved, each.currency)} in all)"
    return f"{column.label}: {sign}{money(each.net, each.currency)}{evened}"


def effect_words(asked: Asked, title: Title) -> str:
    """Return what is asked to happen afterwards."""
    kinds = {"job": "Job", "mail": "E-mail", "webhook": "Webhook"}
    times = f", {number(asked.times)} times" if asked.times > 1 else ""
    return f"{kinds[asked.kind]}: {title(asked)}{times}"


def plan_row(ctx: Context, row: ChangeRow) -> PlanRow:
    """Return one record before and after."""
    spec = ctx.registry.spec(row.table_name)
    names = [spec.columns[key].name for key in spec.primary_key]
    found = encode_key(tuple(row.record_key[name] for name in names))
    is_new = row.operation == RowOperation.INSERT
    parsed = None if is_new else decode_key(spec, found)
    ctx.reads.note(spec, AccessKind.LIST, past_fields(ctx.person, spec, row), [parsed] if parsed else [])
    url = "" if is_new else record_url(spec.key, found)
    return PlanRow(spec.label, DEEDS[RowOperation(row.operation)], url, tuple(field_changes(ctx, spec, row)))


def spec_to_show(ctx: Context, table: str) -> ModelSpec | None:
    """Return the model of a table, None when the person may not see its records."""
    spec = ctx.registry.spec(table) if table in ctx.registry else None
    return spec if spec is not None and may(ctx.person, "read", spec) else None


def known_tables(registry: Registry) -> Callable[[str], tuple[Table, tuple[Money, ...]] | None]:
    """Return what counting asks: the table of a name, with its columns of money."""

    def known(name: str) -> tuple[Table, tuple[Money, ...]] | None:
        if name not in registry:
            return None
        spec = registry.spec(name)
        columns = [column for column in spec.columns.values() if column.widget == "money" and column.kind == "integer"]
        return spec.table, tuple(money_column(spec, column) for column in columns)

    return known


def money_column(spec: ModelSpec, column: ColumnSpec) -> Money:
    """Return where an amount and its currency stand."""
    beside = currency_column(spec, column)
    return Money(column.name, spec.columns[beside].name) if beside else Money(column.name, "", fixed_currency(column))

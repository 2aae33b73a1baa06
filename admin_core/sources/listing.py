"""`admin source columns`: what of ours a mapping may fill, for whoever writes one. Pure."""

from collections.abc import Iterator

from admin_core.generator.forms.constraints import rules_of
from admin_core.generator.registry import Registry
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.sources.fitting import may_be_fed, writable

KINDS = {
    "longtext": "text",
    "enum": "a word",
    "integer": "whole number",
    "decimal": "number",
    "float": "number",
    "boolean": "yes or no",
    "moment": "moment",
    "json": "JSON",
}
"""What a kind is called where its own name says too little."""


def table_lines(registry: Registry) -> list[str]:
    """Return our tables that a mapping may feed, each with what its rows are called."""
    fed = [spec for spec in map(registry.spec, registry) if "." not in spec.key and may_be_fed(spec)]
    return [f"{spec.key}: {spec.plural}" for spec in sorted(fed, key=lambda spec: spec.key)]


def column_lines(registry: Registry, table: str) -> list[str]:
    """Return the columns of a table, each with what it takes, then what a row has to keep; empty for no such table."""
    if table not in registry or "." in table or not may_be_fed(registry.spec(table)):
        return []
    spec = registry.spec(table)
    needed = [key for key in writable(spec) if is_needed(spec.columns[key])]
    lines = [line_of(spec.columns[key]) for key in (*needed, *(key for key in writable(spec) if key not in needed))]
    return [*lines, *(f"rule: {sentence}" for sentence in rules(spec))]


def is_needed(column: ColumnSpec) -> bool:
    """Return whether a mapping has to fill a column."""
    return not (column.nullable or column.has_default or column.generated)


def line_of(column: ColumnSpec) -> str:
    """Return a column in words."""
    return f"{column.key}: {', '.join(words_of(column))}{f'. {column.help}' if column.help else ''}"


def words_of(column: ColumnSpec) -> Iterator[str]:
    """Yield what is to be known of a column."""
    if is_needed(column):
        yield "needed"
    if column.reference:
        yield f"one of {column.reference.model} (link or find)"
    elif column.choices:
        yield f"one of {' '.join(value for value, _ in column.choices)}"
    else:
        yield (
            "whole cents"
            if column.widget == "money" and column.kind == "integer"
            else KINDS.get(column.kind, column.kind)
        )
    if column.max_length and not column.choices:
        yield f"up to {column.max_length} characters"
    if column.unique:
        yield "unique"
    if column.unit and ":" not in column.unit:
        yield f"in {column.unit}"


def rules(spec: ModelSpec) -> list[str]:
    """Return what the table demands of a row beyond its single columns."""
    checks = rules_of(spec)
    said = [sentence for name, (keys, sentence) in checks.broken.items() if name.startswith("ck_") and len(keys) > 1]
    one_of = [f"Only one row may have the same {', '.join(u.keys)}." for u in checks.uniques if len(u.keys) > 1]
    return sorted({*said, *one_of})

"""Makes the class and the spec of a reflected table: what the catalog says, in the words of the generator."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import registry

from admin_core.database import ENGINE, UNSTAMPED
from admin_core.generator.forms.elsewhere import WRITER, Writer
from admin_core.generator.reading import MAX_LISTED, read_model
from admin_core.generator.spec import ModelSpec, Reference, RelationSpec, label_of
from admin_core.reflection.directory import Directory, ForeignKey, Outline
from admin_core.reflection.naming import class_name, key_of_column
from admin_core.reflection.overlay import Words
from admin_core.reflection.tables import DIGEST, PLACE
from schema.tags import AdminOptions

READ_ONLY = "This table belongs to another program. Here it is only read."
SHARED = "The form here, and the program that the table belongs to."
HIDDEN_KEYS = frozenset({PLACE, DIGEST})
BULKY = frozenset({"json", "bytes", "array", "range", "other"})


@dataclass(frozen=True)
class Hands:
    """Who reads the rows of reflected tables, and who writes them, if anybody does."""

    engine: sa.Engine
    writer: Writer | None = None


class Reflected:
    """Every class of a reflected table is one of these: sessions know by it which database to ask."""


def read_reflected(table: sa.Table, outline: Outline, directory: Directory, hands: Hands, words: Words) -> ModelSpec:
    """Return the spec of a table that was read."""
    table.info[ENGINE] = hands.engine
    if hands.writer is not None and may_be_written(table, outline):
        table.info[WRITER] = hands.writer
    table.info[UNSTAMPED] = outline.shape in {"view", "foreign table"}
    references = {key.columns[0]: key for key in directory.leading_from.get(outline.key, ()) if len(key.columns) == 1}
    referring = {column.name for column in table.columns if key_of_column(column.name) in references}
    for column in table.columns:
        said = {"label": label_of(column.name, refers=column.name in referring)}
        column.info.update({**said, **column.info, **words.of_column(column.name)})
    model = mapped(table, outline, words)
    spec = read_model(sa.inspect(model))
    columns = {
        key: replace(column, reference=reference_of(references[key])) if key in references else column
        for key, column in spec.columns.items()
    }
    return replace(
        spec,
        key=outline.key,
        columns=columns,
        children=children_of(directory, outline.key),
        listed=spec.options.listed or default_listed(spec),
    )


def may_be_written(table: sa.Table, outline: Outline) -> bool:
    """Return whether rows can be told apart for good, and our role may change them."""
    keys = {column.name for column in table.primary_key.columns}
    return outline.shape in {"table", "partitioned table"} and outline.is_writable and not keys & HIDDEN_KEYS


def default_listed(spec: ModelSpec) -> tuple[str, ...]:
    """Return what a list shows when nobody said: the title, then columns in their order; texts may be of any length."""
    shown = {key for key, c in spec.columns.items() if c.kind not in BULKY and c.name not in HIDDEN_KEYS}
    chosen = [key for key in (*spec.title, *spec.columns) if key in shown]
    return tuple(dict.fromkeys(chosen))[:MAX_LISTED] or spec.primary_key


def mapped(table: sa.Table, outline: Outline, words: Words) -> type[Any]:
    """Return a class mapped to the table, its attributes named after its columns."""
    label = words.label or label_of(outline.name)
    is_written = WRITER in table.info
    options = AdminOptions(
        group=outline.group,
        label=label,
        plural=words.plural or words.label or label,
        description=words.description or outline.comment.partition("\n")[0],
        writes="elsewhere" if is_written else "none",
        written_by=SHARED if is_written else READ_ONLY,
        capture="batch",
        title=tuple(key_of_column(name) for name in words.title),
        listed=tuple(key_of_column(name) for name in words.listed),
        subject=words.subject,
        hidden=True,
        icon="database" if outline.shape == "table" else "eye",
    )
    model = type(class_name(outline.key), (Reflected,), {"__admin__": options})
    properties: Mapping[str, Any] = {key_of_column(column.name): column for column in table.columns}
    # A registry of its own: a table that is read again has a second class of the same name.
    registry().map_imperatively(model, table, properties=properties)
    return model


def reference_of(key: ForeignKey) -> Reference:
    """Return where a foreign key of one column points."""
    return Reference(key.to_model, key.to_columns[0], "")


def children_of(directory: Directory, key: str) -> dict[str, RelationSpec]:
    """Return the lists of rows that point to a table's rows."""
    found = {}
    for each in directory.leading_to.get(key, ()):
        label = label_of(directory.tables[each.model].name)
        siblings = [k for k in directory.leading_to[key] if k.model == each.model]
        if len(siblings) > 1:
            label = f"{label} ({', '.join(label_of(column, refers=True) for column in each.columns)})"
        name = f"{each.model}.{'.'.join(each.columns)}"
        found[name] = RelationSpec(name, label, each.model, to_many=True, columns=each.columns, remote=each.to_columns)
    return found

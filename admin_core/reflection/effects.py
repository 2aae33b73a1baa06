"""What deleting a row of another database would touch, counted along its foreign keys, bounded."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from admin_core.generator.forms.kinds import column_of
from admin_core.generator.forms.radius import DEEPEST, MOST, MOST_PATHS, Effect, Rule
from admin_core.generator.spec import ModelSpec, label_of
from admin_core.reflection.directory import ForeignKey
from admin_core.reflection.reflection import Reflection

RULES: Mapping[str, Rule] = {"c": "delete", "n": "clear", "d": "clear"}
ORDER: Sequence[Rule] = ("block", "delete", "clear")


@dataclass(frozen=True)
class Way:
    """One way along foreign keys to rows of a table."""

    key: ForeignKey
    depth: int
    above: sa.Select[Any]
    """The values that the key's columns must have."""

    @property
    def rule(self) -> Rule:
        """What happens to the rows."""
        return RULES.get(self.key.on_delete, "block")


def effects_of(reflection: Reflection, spec: ModelSpec, record: Any) -> list[Effect]:
    """Return the effects; rows of tables that our role may not read are said to be there, uncounted."""
    found = []
    with reflection.engine.connect() as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 5000")
        for way in ways_from(reflection, spec, record):
            label = label_of(reflection.directory.tables[way.key.model].name)
            if way.key.model not in reflection:
                found.append(Effect(way.rule, label, 0, capped=True, depth=way.depth))
            elif count := len(connection.execute(rows_of(reflection, way, sa.literal(1)).limit(MOST + 1)).all()):
                found.append(Effect(way.rule, label, min(count, MOST), capped=count > MOST, depth=way.depth))
    return sorted(found, key=lambda each: (ORDER.index(each.rule), each.depth, each.label))


def ways_from(reflection: Reflection, spec: ModelSpec, record: Any) -> Iterator[Way]:
    """Yield every way from a row, nearest first; cascades are followed to a depth, circles included."""
    pointing = reflection.directory.leading_to
    level = [
        Way(
            key,
            1,
            sa.select(*(sa.literal(getattr(record, name), column_of(spec, name).type) for name in key.to_columns)),
        )
        for key in pointing.get(spec.key, ())
    ]
    seen = 0
    while level and seen < MOST_PATHS:
        yield from level
        seen += len(level)
        level = [
            Way(key, way.depth + 1, rows_of(reflection, way, *columns_of(reflection, key.to_model, key.to_columns)))
            for way in level
            if way.rule == "delete" and way.depth < DEEPEST and way.key.model in reflection
            for key in pointing.get(way.key.model, ())
        ]


def rows_of(reflection: Reflection, way: Way, *wanted: Any) -> sa.Select[Any]:
    """Return the question for the rows of a way."""
    columns = columns_of(reflection, way.key.model, way.key.columns)
    met = columns[0].in_(way.above) if len(columns) == 1 else sa.tuple_(*columns).in_(way.above)
    return sa.select(*wanted).select_from(reflection.spec(way.key.model).table).where(met)


def columns_of(reflection: Reflection, model: str, keys: Sequence[str]) -> list[sa.Column[Any]]:
    """Return columns of a table by their keys."""
    spec = reflection.spec(model)
    return [column_of(spec, key) for key in keys]

"""The row rules of one person as one option on a statement: the only module that knows SQLAlchemy's loader criteria.

SQLAlchemy has one option per model and asks each for its cache key on every execution. There are rules on dozens of
models, so one option holds all of them here, and its key is made once. What a criterion asks of another model is not
restricted by the rules in turn: "not among the restricted ones" would else find none to leave out.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import LoaderCriteriaOption, Mapper

SHAPES: dict[Any, int] = {}
"""A small number for each structure of rules, whoever they are for: keys as long as theirs take time to compare."""


class RowCriteria(LoaderCriteriaOption):
    """Loader criteria for several models; they also follow a join to an alias with its own ON clause.

    SQLAlchemy 2.1 leaves a plain expression on the original table there: the alias would show every row.
    """

    inherit_cache = False

    def __init__(self, by_mapper: Mapping[Mapper[Any], ColumnElement[bool]]) -> None:
        whole = and_(*by_mapper.values())
        super().__init__(next(iter(by_mapper)).class_, whole, include_aliases=True)
        self.by_mapper = dict(by_mapper)
        key = whole._generate_cache_key()  # noqa: SLF001 - keeps the statement cache
        assert key is not None  # criteria are made of columns and values
        self.values = key.bindparams
        self.shape = SHAPES.setdefault((tuple(by_mapper), key.key), len(SHAPES))

    def _gen_cache_key(self, _anon_map: Any, bindparams: list[Any]) -> tuple[Any, ...]:
        """Tell statements of different rules apart, and hand over this person's values."""
        bindparams.extend(self.values)
        return RowCriteria, self.shape

    def _all_mappers(self) -> Iterator[Mapper[Any]]:
        for mapper in self.by_mapper:
            yield from mapper.self_and_descendants

    def _should_include(self, compile_state: Any) -> bool:
        return not compile_state._containing_loader_criteria  # noqa: SLF001

    def _resolve_where_criteria(self, ext_info: Any) -> ColumnElement[bool]:
        ruled = next(mapper for mapper in ext_info.mapper.iterate_to_root() if mapper in self.by_mapper)
        option = LoaderCriteriaOption(ruled.class_, self.by_mapper[ruled])
        criterion = option._resolve_where_criteria(ext_info)  # noqa: SLF001
        return ext_info._adapter.traverse(criterion) if ext_info.is_aliased_class else criterion  # noqa: SLF001

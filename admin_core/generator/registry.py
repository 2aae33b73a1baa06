"""All models the admin shows, by key. A spec is read when first asked for: thousands of tables cost no start-up."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from sqlalchemy.orm import DeclarativeBase, Mapper

from admin_core.generator.reading import model_key, read_model
from admin_core.generator.spec import ModelSpec
from admin_core.policy.decisions import Named


class Others(Protocol):
    """Models that are not declared: those of a reflected database."""

    def __contains__(self, key: str) -> bool:
        """Whether there is a model of this key."""

    def outline(self, key: str) -> Named:
        """What is known of a model before it is read."""

    def spec(self, key: str) -> ModelSpec:
        """Everything, read when first asked for."""


class Registry:
    """Mapped classes by key, and their specs once somebody has looked.

    Walking it yields declared models alone; ``spec`` and ``in`` answer for reflected ones too.
    """

    def __init__(
        self,
        mappers: Iterable[Mapper[Any]],
        hidden: Callable[[], frozenset[str]] = frozenset,
        others: Others | None = None,
    ) -> None:
        self._others = others
        self._mappers = {model_key(m.local_table): m for m in mappers}  # type: ignore[arg-type]  # mapped to tables only
        self._specs: dict[str, ModelSpec] = {}
        self._hidden = hidden

    @classmethod
    def of(
        cls,
        base: type[DeclarativeBase],
        hidden: Callable[[], frozenset[str]] = frozenset,
        others: Others | None = None,
    ) -> "Registry":
        """Return the registry of every class mapped on one declarative base, by table name.

        ``hidden`` answers with the keys that are left out now: the tables of plugins that are switched off.
        """
        return cls(sorted(base.registry.mappers, key=lambda m: str(m.local_table)), hidden, others)

    def __contains__(self, key: str) -> bool:
        if key in self._mappers:
            return key not in self._hidden()
        others = self.others_for(key)
        return others is not None and key in others

    def __iter__(self) -> Iterator[str]:
        hidden = self._hidden()
        return (key for key in self._mappers if key not in hidden)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def spec(self, key: str) -> ModelSpec:
        """Return the spec of a model; KeyError when there is no such model."""
        if (others := self.others_for(key)) is not None:
            return others.spec(key)
        if key not in self._specs:
            self._specs[key] = read_model(self._mappers[key])
        return self._specs[key]

    def outline(self, key: str) -> Named:
        """Return what tells whether somebody may read a model, without reading a reflected one."""
        others = self.others_for(key)
        return self.spec(key) if others is None else others.outline(key)

    def others_for(self, key: str) -> Others | None:
        """Return who knows a model that is not declared; None when it is, or when nobody does.

        Their keys name a schema: for every other word nobody asks another database.
        """
        return self._others if "." in key and key not in self._mappers else None

    def model(self, key: str) -> type[Any]:
        """Return the mapped class; KeyError when there is no such model."""
        return self.spec(key).model if self.others_for(key) is not None else self._mappers[key].class_

    def read_all(self) -> None:
        """Read every spec now."""
        for key in self._mappers:
            self.spec(key)

"""All models the admin shows, by key. A spec is read when first asked for: thousands of tables cost no start-up."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlalchemy.orm import DeclarativeBase, Mapper

from admin_core.generator.reading import model_key, read_model
from admin_core.generator.spec import ModelSpec


class Registry:
    """Mapped classes by key, and their specs once somebody has looked."""

    def __init__(self, mappers: Iterable[Mapper[Any]], hidden: Callable[[], frozenset[str]] = frozenset) -> None:
        self._mappers = {model_key(m.local_table): m for m in mappers}  # type: ignore[arg-type]  # mapped to tables only
        self._specs: dict[str, ModelSpec] = {}
        self._hidden = hidden

    @classmethod
    def of(cls, base: type[DeclarativeBase], hidden: Callable[[], frozenset[str]] = frozenset) -> "Registry":
        """Return the registry of every class mapped on one declarative base, by table name.

        ``hidden`` answers with the keys that are left out now: the tables of plugins that are switched off.
        """
        return cls(sorted(base.registry.mappers, key=lambda m: str(m.local_table)), hidden)

    def __contains__(self, key: str) -> bool:
        return key in self._mappers and key not in self._hidden()

    def __iter__(self) -> Iterator[str]:
        hidden = self._hidden()
        return (key for key in self._mappers if key not in hidden)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def spec(self, key: str) -> ModelSpec:
        """Return the spec of a model; KeyError when there is no such model."""
        if key not in self._specs:
            self._specs[key] = read_model(self._mappers[key])
        return self._specs[key]

    def model(self, key: str) -> type[Any]:
        """Return the mapped class; KeyError when there is no such model."""
        return self._mappers[key].class_

    def read_all(self) -> None:
        """Read every spec now."""
        for key in self._mappers:
            self.spec(key)

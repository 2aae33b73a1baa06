"""All models the admin shows, by key. A spec is read when first asked for: thousands of tables cost no start-up."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy.orm import DeclarativeBase, Mapper

from admin_core.generator.reading import model_key, read_model
from admin_core.generator.spec import ModelSpec


class Registry:
    """Mapped classes by key, and their specs once somebody has looked."""

    def __init__(self, mappers: Iterable[Mapper[Any]]) -> None:
        self._mappers = {model_key(m.local_table): m for m in mappers}  # type: ignore[arg-type]  # mapped to tables only
        self._specs: dict[str, ModelSpec] = {}

    @classmethod
    def of(cls, base: type[DeclarativeBase]) -> "Registry":
        """Return the registry of every class mapped on one declarative base, by table name."""
        return cls(sorted(base.registry.mappers, key=lambda m: str(m.local_table)))

    def __contains__(self, key: str) -> bool:
        return key in self._mappers

    def __iter__(self) -> Iterator[str]:
        return iter(self._mappers)

    def __len__(self) -> int:
        return len(self._mappers)

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
        for key in self:
            self.spec(key)

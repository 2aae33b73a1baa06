"""A reflected database as the registry sees it: known by name at the start, read table by table when first opened."""

import logging
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from admin_core.generator.forms.elsewhere import Writer
from admin_core.generator.spec import ModelSpec
from admin_core.reflection.database import open_catalog, open_reflected
from admin_core.reflection.directory import Directory, Outline, read_directory
from admin_core.reflection.models import Hands, read_reflected
from admin_core.reflection.overlay import NOTHING, Words, read_overlay
from admin_core.reflection.tables import read_table

log = logging.getLogger(__name__)
MOST_FOUND = 200
PATIENCE_S = 10.0


@dataclass
class Reflection:
    """Tables and views of a database. Their list is read when first asked for, and again by a new process."""

    engine: Engine
    """Reads rows."""
    catalog: Engine
    """Reads what tables look like."""
    overlay: Mapping[str, Words] = field(default_factory=dict)
    specs: dict[str, ModelSpec] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    known: Directory | None = None
    written: Engine | None = None
    """The engine that writes, and who does; None while it is only read."""
    writer: Writer | None = None
    refused: tuple[float, OperationalError] | None = None
    """When it last did not answer: for some seconds nobody waits for it again."""

    @classmethod
    def of(cls, url: str, overlay: str = "") -> Self:
        """Return the reflection of a database; nothing is asked of it yet."""
        return cls(open_reflected(url), open_catalog(url), read_overlay(overlay) if overlay else {})

    @property
    def directory(self) -> Directory:
        """What the database holds."""
        with self.lock:
            if self.known is None:
                self.known = self.read()
            return self.known

    def read(self) -> Directory:
        """Read what the database holds; OperationalError, for some seconds at once, when it does not answer."""
        if self.refused is not None and time.monotonic() - self.refused[0] < PATIENCE_S:
            raise self.refused[1]
        try:
            with self.catalog.connect() as connection:
                return read_directory(connection)
        except OperationalError as error:
            self.refused = time.monotonic(), error
            raise

    def __contains__(self, key: str) -> bool:
        found = self.directory.tables.get(key)
        return found is not None and found.is_readable

    def outline(self, key: str) -> Outline:
        """Return what is known of a table without opening it; KeyError when there is none."""
        return self.directory.tables[key]

    def spec(self, key: str) -> ModelSpec:
        """Return the spec of a table, read from the database the first time; KeyError when there is none."""
        with self.lock:
            if key not in self.specs:
                outline = self.outline(key)
                words = self.overlay.get(f"{outline.schema}.{outline.name}", NOTHING)
                table = read_table(self.catalog, outline)
                self.specs[key] = read_reflected(table, outline, self.directory, Hands(self.engine, self.writer), words)
            return self.specs[key]

    def forget(self) -> None:
        """Read everything again when it is next asked for: a table is not as it was."""
        with self.lock:
            self.known = self.refused = None
            self.specs.clear()

    def named(self, words: str) -> Iterable[Outline]:
        """Return the tables whose name holds the words, those that start with them first.

        None while the database does not answer: our own pages go on without it.
        """
        wanted = words.lower()
        try:
            known = self.directory.tables.values()
        except OperationalError:
            log.warning("the reflected database does not answer")
            return []
        tables = [each for each in known if wanted in f"{each.schema}.{each.name}".lower()]
        return sorted(tables, key=lambda each: (not each.name.lower().startswith(wanted), each.schema, each.name))

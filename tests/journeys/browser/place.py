"""The served application as journeys know it: its address, sign-in links, and records by the shape they need."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.serving import make_server

from admin_core.access import sign_in_link
from admin_core.app import create_app
from admin_core.generator.ids import encode_key
from admin_core.generator.urls import model_url, record_url
from admin_core.machine import Machine
from admin_core.settings import Settings


@dataclass
class Place:
    """One served application and its database."""

    app: Flask
    url: str = ""

    @property
    def machine(self) -> Machine:
        found: Machine = self.app.extensions["admin_core"]
        return found

    def link(self, role: str) -> str:
        """Return a one-use link's path for somebody with this role."""
        with self.machine.database.transaction() as session:
            link = sign_in_link(session, role)
        return link.removeprefix("http://localhost")

    def record(self, key: str, **values: Any) -> str:
        """Return the address of a record of a model whose columns have these values."""
        spec = self.machine.registry.spec(key)
        keys = [getattr(spec.model, name) for name in spec.primary_key]
        query = sa.select(*keys).filter_by(**values).order_by(*keys).limit(1)
        with self.machine.database.sessions() as session:
            found = session.execute(query).one()
        return record_url(key, encode_key(tuple(found)))

    def value(self, key: str, column: str, **values: Any) -> Any:
        """Return one column of some record of a model."""
        model = self.machine.registry.spec(key).model
        attribute = getattr(model, column)
        query = sa.select(attribute).filter_by(**values).where(attribute.is_not(None)).order_by(attribute).limit(1)
        with self.machine.database.sessions() as session:
            return session.execute(query).scalar_one()

    def add(self, model: type[Any], **values: Any) -> str:
        """Insert a record and return its address."""
        with self.machine.database.transaction() as session:
            row = model(**values)
            session.add(row)
            session.flush()
            key, found = self.key_of(model), encode_key((row.id,))
        return record_url(key, found)

    def key_of(self, model: type[Any]) -> str:
        """Return a model's key in addresses."""
        registry = self.machine.registry
        return next(key for key in registry if registry.spec(key).model is model)

    def list(self, key: str) -> str:
        """Return the address of a list."""
        return f"{model_url(key)}/"


@contextmanager
def served(place: Place) -> Iterator[Place]:
    """Yield the place while it answers browsers."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, place.app, threaded=True)
    place.url = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield place
    server.shutdown()
    thread.join()
    server.server_close()
    place.machine.database.engine.dispose()


def make_place(database_url: str, **words: Any) -> Place:
    """Return the application over a database; ``words`` are further settings."""
    settings = Settings(
        database_url=database_url,
        redis_url="redis://localhost:1/0",
        secret_key="k" * 40,
        env="demo",
        public_url="http://localhost",
        **words,
    )
    return Place(create_app(settings))

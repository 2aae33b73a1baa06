"""The database: plain SQLAlchemy models, one module per business area. Imports nothing of ours."""

import gc
import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import configure_mappers


def load_models() -> None:
    """Import every module of this package, so that the metadata is complete and relationships resolve."""
    with without_collections():
        for module in pkgutil.iter_modules(__path__, f"{__name__}."):
            if not module.name.endswith(".migrations"):
                importlib.import_module(module.name)
        configure_mappers()


@contextmanager
def without_collections() -> Iterator[None]:
    """Hold the garbage collector back: half a million objects are made to stay, and it would walk them each time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()

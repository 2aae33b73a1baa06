"""The database: plain SQLAlchemy models, one module per business area. Imports nothing of ours."""

import importlib
import pkgutil

from sqlalchemy.orm import configure_mappers


def load_models() -> None:
    """Import every module of this package, so that the metadata is complete and relationships resolve."""
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        if not module.name.endswith(".migrations"):
            importlib.import_module(module.name)
    configure_mappers()

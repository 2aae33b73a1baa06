"""Values of a customer as the note of a merge keeps them, and back."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import inspect

from schema.customers import Customer


def as_kept(value: Any) -> Any:
    """Return a value as JSON holds it."""
    if isinstance(value, enum.Enum):
        return value.value
    return value.isoformat() if isinstance(value, datetime) else str(value) if isinstance(value, UUID) else value


def as_was(name: str, kept: Any) -> Any:
    """Return the value of a customer's column that JSON holds."""
    wanted = inspect(Customer).columns[name].type.python_type
    if kept is None or wanted is int:
        return kept
    return datetime.fromisoformat(kept) if wanted is datetime else wanted(kept)

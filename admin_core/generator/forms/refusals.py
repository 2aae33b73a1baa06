"""Turns what the database refused into sentences. Never its SQL, and never the values of any row."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import DBAPIError

from admin_core.generator.forms.constraints import rules_of
from admin_core.generator.spec import ModelSpec

GENERAL: dict[str, str] = {
    "23503": "Another record is still needed here, or still points here.",
    "23505": "Another record has the same values already.",
    "23514": "A rule of the database forbids these values together.",
    "23P01": "It overlaps another record, which the database forbids.",
    "23502": "A value is missing that the database demands.",
    "22001": "A text is longer than its column.",
    "22003": "A number is larger than its column can hold.",
    "P0001": "A rule of the database refused this change.",
    "42501": "The database does not let this application write here.",
    "428C9": "The database writes one of these columns itself.",
}
"""By SQLSTATE; all of class 22 are malformed values."""


@dataclass(frozen=True)
class Refusal:
    """A refusal in words."""

    keys: tuple[str, ...]
    """Columns concerned; empty when the database did not say."""
    sentence: str


def refusal_of(error: DBAPIError, spec: ModelSpec) -> Refusal | None:
    """Return the refusal, or None for an error that no other value would mend (lost connection, dead lock …)."""
    state = str(getattr(error.orig, "sqlstate", None) or "")
    diagnosis: Any = getattr(error.orig, "diag", None)
    constraint = getattr(diagnosis, "constraint_name", None) or ""
    if constraint in (broken := rules_of(spec).broken) and is_about(diagnosis, spec):
        keys, sentence = broken[constraint]
        return Refusal(keys, sentence)
    column = getattr(diagnosis, "column_name", None) or ""
    named = tuple(key for key, spot in spec.columns.items() if spot.name == column and is_about(diagnosis, spec))
    if state in GENERAL:
        return Refusal(named, "Fill this in." if state == "23502" and named else GENERAL[state])
    if state.startswith("22"):
        return Refusal((), "The database can't read one of these values.")
    return Refusal((), "The database refused these values.") if state.startswith("23") else None


def is_about(diagnosis: Any, spec: ModelSpec) -> bool:
    """Return whether the error comes from this model's table: a trigger or a cascade may have touched another."""
    return getattr(diagnosis, "table_name", None) in {spec.table.name, None}

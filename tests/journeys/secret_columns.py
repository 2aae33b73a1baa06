"""Which columns hold what proves who somebody is, and which statements bring their values into the process."""

import re

import schema
from admin_core.generator.registry import Registry
from schema.base import Base

schema.load_models()
REGISTRY = Registry.of(Base)
SECRETS = {
    f"{spec.table.name}.{column.name}"
    for spec in map(REGISTRY.spec, REGISTRY)
    for column in spec.columns.values()
    if column.pii == "secret"
}
NAMED = re.compile(r"\b(\w+?)(?:_\d+)?\.(\w+)\b(?! IS)")


def fetched_secrets(statement: str) -> set[str]:
    """Return the secret columns whose values a statement brings here; the sign-in alone reads its own."""
    fetched = statement.partition("\nFROM ")[0]
    if not fetched.startswith("SELECT") or "staff_sessions.token_hash" in fetched:
        return set()
    return {f"{table}.{name}" for table, name in NAMED.findall(fetched)} & SECRETS

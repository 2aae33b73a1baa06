"""Makes the rules of what is declared, and follows the declaration where the team has tuned nothing."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from admin_core.alerts.registry import AlertRegistry
from admin_core.contributions import Alert
from schema.alerts import AlertRule

UNKNOWN = object()
DECLARED = "declared"
"""Under this name a rule's parameters hold the numbers as they were declared when it was last looked at."""
TUNABLE = ("threshold", "minimum_count", "for_s", "keep_firing_s", "repeat_s", "escalate_after_s", "severity")
"""What the team may change; everything else is the declaration's."""


def declare(session: Session, registry: AlertRegistry) -> int:
    """Bring the rules in line with what is declared; return how many were made or changed. The caller commits."""
    rules = {rule.name: rule for rule in session.scalars(select(AlertRule).where(AlertRule.declared))}
    return sum(brought_in_line(session, offered.alert, rules.get(offered.alert.name)) for offered in registry)


def brought_in_line(session: Session, alert: Alert, rule: AlertRule | None) -> bool:
    """Make or change one rule; return whether there was anything to do."""
    wanted, tunable = words_of(alert), numbers_of(alert)
    if rule is None:
        row = {**wanted, **tunable, "name": alert.name, "declared": True, "parameters": {DECLARED: spelled(tunable)}}
        return (
            session.scalar(insert(AlertRule).values(row).on_conflict_do_nothing().returning(AlertRule.id)) is not None
        )
    before = rule.parameters.get(DECLARED, {})
    now = spelled(tunable)
    untouched = [name for name in TUNABLE if name not in before or same(getattr(rule, name), before[name])]
    changes = {name: tunable[name] for name in untouched if now[name] != before.get(name, UNKNOWN)}
    changes |= {name: value for name, value in wanted.items() if getattr(rule, name) != value}
    if before != now:
        changes["parameters"] = {**rule.parameters, DECLARED: now}
    for name, value in changes.items():
        setattr(rule, name, value)
    return bool(changes)


def words_of(alert: Alert) -> dict[str, Any]:
    """Return what is the declaration's alone."""
    comparison = alert.comparison if alert.threshold is not None else None
    seen_with = [alert.permission]
    return {
        "figure": alert.figure or None,
        "title": alert.title, "comparison": comparison, "runbook_url": alert.runbook or None, "seen_with": seen_with
    }  # fmt: skip


def numbers_of(alert: Alert) -> dict[str, Any]:
    """Return what the team may tune."""
    threshold = None if alert.threshold is None else Decimal(str(alert.threshold))
    return {name: getattr(alert, name) for name in TUNABLE} | {"threshold": threshold}


def spelled(numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Return numbers as JSON keeps them."""
    return {name: float(value) if isinstance(value, Decimal) else value for name, value in numbers.items()}


def same(value: Any, stored: Any) -> bool:
    """Return whether a rule still holds the number that was declared."""
    return bool((float(value) if isinstance(value, Decimal) else value) == stored)


def tuned(rule: AlertRule) -> frozenset[str]:
    """Return which numbers the team has changed against the declaration."""
    before = rule.parameters.get(DECLARED, {})
    return frozenset(name for name in TUNABLE if name in before and not same(getattr(rule, name), before[name]))

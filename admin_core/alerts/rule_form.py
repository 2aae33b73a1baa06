"""The form of a rule: what was typed, what is wrong with it, and what it changes. Pure but for the rule it writes."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from admin_core.alerts.declaring import DECLARED, TUNABLE
from admin_core.alerts.handling import one_line, uuid_of
from admin_core.alerts.watching import DEFAULT_PERIOD, PERIOD
from admin_core.period_choice import NAMES
from admin_core.policy import Person
from admin_core.theme.formats import parse_number, plain_number
from schema.alerts import AlertChannel, AlertRule, Severity

LONGEST_TITLE, LONGEST_URL = 200, 2_000
MOST_ROWS = 10_000
LARGEST = Decimal(10) ** 12
MINUTE, MOST_MINUTES = 60, 60 * 24 * 366
TIMES = ("for_s", "keep_firing_s", "repeat_s", "escalate_after_s")
"""Typed in minutes; the last may be empty: never."""
CHANGED = "Somebody changed this rule meanwhile. Check what stands here now, and save again."


@dataclass(frozen=True)
class RuleForm:
    """What was typed, and what is wrong with it."""

    typed: Mapping[str, str]
    channels: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    """What could be read, by column."""
    errors: Mapping[str, str] = field(default_factory=dict)
    """Sentence by field; under an empty name what belongs to none."""
    version: str = ""


def form_of(rule: AlertRule) -> RuleForm:
    """Return the form as it opens."""
    typed = {
        "title": rule.title,
        "severity": rule.severity.value,
        "comparison": rule.comparison or "",
        "threshold": number_text(rule.threshold),
        "minimum_count": "" if rule.minimum_count is None else str(rule.minimum_count),
        "runbook_url": rule.runbook_url or "",
        "owner": str(rule.owner_id or ""),
        PERIOD: str(rule.parameters.get(PERIOD, DEFAULT_PERIOD)),
        **{name: minutes_text(getattr(rule, name)) for name in TIMES},
    }
    return RuleForm(typed, tuple(str(channel.id) for channel in rule.channels), version=version_of(rule))


def number_text(value: Decimal | None) -> str:
    """Return a threshold as it is typed."""
    return "" if value is None else plain_number(value.normalize())


def minutes_text(seconds: int | None) -> str:
    """Return seconds as typed minutes."""
    return "" if seconds is None else plain_number(Decimal(seconds) / MINUTE)


def version_of(rule: AlertRule) -> str:
    """Return what the form saw, as a short text; evaluations change the row too, but not these values."""
    names = ("title", "severity", "comparison", "threshold", "minimum_count", "runbook_url", "owner_id", *TIMES)
    seen = [*(str(getattr(rule, name)) for name in names), str(rule.parameters.get(PERIOD))]
    seen += sorted(str(channel.id) for channel in rule.channels)
    return hashlib.sha256("\0".join(seen).encode()).hexdigest()[:16]


def read_form(typed: Mapping[str, str], channels: Iterable[str], rule: AlertRule, person: Person) -> RuleForm:
    """Return what was typed with everything that is wrong about it."""
    chosen = tuple(dict.fromkeys(channels))
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, read in readers(rule, person).items():
        try:
            values[name] = read(typed.get(name, ""))
        except ValueError as problem:
            errors[name] = str(problem)
    if rule.id is not None and typed.get("version", "") != version_of(rule):
        errors[""] = CHANGED
    return RuleForm(dict(typed), chosen, values, errors, version_of(rule) if rule.id is not None else "")


def readers(rule: AlertRule, person: Person) -> dict[str, Callable[[str], Any]]:
    """Return what reads each field: of what is declared the numbers alone."""
    found: dict[str, Callable[[str], Any]] = {
        "severity": severity,
        "owner": lambda text: owner(text, rule, person),
        **dict.fromkeys(TIMES[:-1], seconds),
        "escalate_after_s": lambda text: seconds(text) if text.strip() else None,
    }
    if rule.threshold is not None or not rule.declared:
        found["threshold"] = rows if rule.view_id else threshold
    if rule.declared:
        return {**found, "minimum_count": least} if rule.minimum_count is not None else found
    return {**found, "title": title, "comparison": comparison, "runbook_url": address, **of_figure(rule)}


def of_figure(rule: AlertRule) -> dict[str, Callable[[str], Any]]:
    """Return what reads the fields of a rule about a figure."""
    if not rule.figure:
        return {}
    return {"minimum_count": lambda text: least(text) if text.strip() else None, "period": period}


def period(text: str) -> str:
    """Return the period of a figure."""
    if text not in NAMES:
        raise ValueError("Choose a period.")
    return text


# --- Readers of single fields: the value, or ValueError with a sentence


def title(text: str) -> str:
    """Return what is wrong when the rule fires, in words."""
    words = one_line(text)
    if not words:
        raise ValueError("Say what is wrong when it fires.")
    if len(words) > LONGEST_TITLE:
        raise ValueError(f"Use at most {LONGEST_TITLE} characters.")
    return words


def severity(text: str) -> Severity:
    """Return how much it matters."""
    try:
        return Severity(text)
    except ValueError:
        raise ValueError("Choose how much it matters.") from None


def comparison(text: str) -> str:
    """Return on which side of the threshold it fires."""
    if text not in {"above", "below"}:
        raise ValueError("Choose more or fewer.")
    return text


def threshold(text: str) -> Decimal:
    """Return a threshold."""
    number = parse_number(text)
    if abs(number) > LARGEST:
        raise ValueError("Nobody watches numbers of this size.")
    return number.quantize(Decimal("0.000001"))


def rows(text: str) -> Decimal:
    """Return a number of rows."""
    number = threshold(text)
    if number != int(number) or not 0 <= number <= MOST_ROWS:
        raise ValueError(f"Type a whole number from 0 to {MOST_ROWS}.")
    return number


def least(text: str) -> int:
    """Return how many cases a reading must rest on."""
    number = threshold(text)
    if number != int(number) or not 0 <= number <= MOST_ROWS:
        raise ValueError(f"Type a whole number from 0 to {MOST_ROWS}.")
    return int(number)


def seconds(text: str) -> int:
    """Return typed minutes in seconds."""
    number = parse_number(text)
    if not 0 <= number <= MOST_MINUTES:
        raise ValueError("Type minutes, from 0 to a year.")
    return int(number * MINUTE)


def address(text: str) -> str | None:
    """Return the address of a page; None for none."""
    url = text.strip()
    if not url:
        return None
    if not url.startswith(("https://", "http://")) or len(url) > LONGEST_URL or any(c.isspace() for c in url):
        raise ValueError("Type an address that starts with https://.")
    return url


def owner(text: str, rule: AlertRule, person: Person) -> UUID | None:
    """Return who owns the rule. A view's rows are counted with its owner's rights: nobody lends those of others."""
    member = uuid_of(text) if text else None
    if text and member is None:
        raise ValueError("Choose from the list.")
    if rule.view_id and member not in {rule.owner_id, person.id}:
        raise ValueError("Its rows are counted as its owner sees them: you can only take it over yourself.")
    return member


# --- Writing


def apply(rule: AlertRule, form: RuleForm, channels: Iterable[AlertChannel]) -> None:
    """Write what was typed."""
    for name, value in form.values.items():
        if name == PERIOD:
            rule.parameters = {**rule.parameters, PERIOD: value}
        else:
            setattr(rule, "owner_id" if name == "owner" else name, value)
    rule.channels = list(channels)


def restore(rule: AlertRule) -> None:
    """Give the numbers back that were declared."""
    declared = rule.parameters.get(DECLARED, {})
    for name in TUNABLE:
        if name in declared:
            value = declared[name]
            setattr(rule, name, Decimal(str(value)) if name == "threshold" and value is not None else value)

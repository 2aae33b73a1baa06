"""Who gets which value of a feature flag, and why. The first of these that applies decides:

archived or switched off, an override of the customer, the first rule that fits plan and product line, the flag's own
share. A share is of everybody who has a name, by a hash: raising it never takes anybody out.
"""

import enum
import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from admin_core.contributions import Filters
from admin_core.periods import local_day
from schema.customers import ProductLine
from schema.flags import FeatureFlag, FlagKind, FlagOverride, FlagRule, FlagType

READ, SWITCH, OVERRIDE = "catalog:flags:read", "catalog:flags:switch", "catalog:flags:override"
KEEPS = frozenset({FlagKind.RELEASE, FlagKind.EXPERIMENT})
"""What somebody got used to stays theirs. An entitlement follows the plan, an operations flag the moment."""
PARTS, WHOLE = 10_000, 100
STALE_AFTER = timedelta(days=30)
LONGEST_VALUE = 60

Reason = Literal["STATIC", "TARGETING_MATCH", "SPLIT", "DISABLED"]
"""OpenFeature's words."""


class Why(enum.StrEnum):
    """What decided about a value."""

    ARCHIVED = "archived"
    SWITCHED_OFF = "switched_off"
    OVERRIDE = "override"
    RULE = "rule"
    IN_SHARE_OF_RULE = "in_share_of_rule"
    OUTSIDE_SHARE_OF_RULE = "outside_share_of_rule"
    EVERYBODY = "everybody"
    IN_SHARE = "in_share"
    OUTSIDE_SHARE = "outside_share"
    NOBODY = "nobody"
    STAYS_IN = "stays_in"
    NAMELESS = "nameless"


REASONS: dict[Why, Reason] = {
    Why.ARCHIVED: "DISABLED",
    Why.SWITCHED_OFF: "DISABLED",
    Why.OVERRIDE: "TARGETING_MATCH",
    Why.RULE: "TARGETING_MATCH",
    Why.EVERYBODY: "STATIC",
    Why.NOBODY: "STATIC",
    Why.IN_SHARE_OF_RULE: "SPLIT",
    Why.OUTSIDE_SHARE_OF_RULE: "SPLIT",
    Why.IN_SHARE: "SPLIT",
    Why.OUTSIDE_SHARE: "SPLIT",
    Why.STAYS_IN: "SPLIT",
    Why.NAMELESS: "SPLIT",
}
JOIN = frozenset({Why.RULE, Why.IN_SHARE_OF_RULE, Why.EVERYBODY, Why.IN_SHARE})
"""Who gets a value for one of these has fallen into a share."""


@dataclass(frozen=True)
class Asker:
    """For whom a flag is evaluated: what our records say, never what a request says."""

    name: str = ""
    """The targeting key; empty: nobody said who it is."""
    plan_id: uuid.UUID | None = None
    product_line: ProductLine | None = None


@dataclass(frozen=True)
class Held:
    """What is kept about this flag and this customer."""

    override: FlagOverride | None = None
    is_member: bool = False


@dataclass(frozen=True)
class Answer:
    """A value, and why it is that one."""

    value: Any
    variant: str
    why: Why
    rule: FlagRule | None = None
    """The one that fitted."""

    @property
    def reason(self) -> Reason:
        """As OpenFeature says it."""
        return REASONS[self.why]


NOTHING = Held()


def evaluate(flag: FeatureFlag, rules: Sequence[FlagRule], held: Held, asker: Asker, now: datetime) -> Answer:
    """Return the value somebody gets of a flag; ``rules`` in any order, their positions count."""
    if flag.archived_at is not None or not flag.is_enabled:
        return Answer(flag.off_value, "off", Why.ARCHIVED if flag.archived_at is not None else Why.SWITCHED_OFF)
    if held.override is not None and is_in_force(held.override, now):
        return Answer(held.override.value, "override", Why.OVERRIDE)
    rule = next((r for r in sorted(rules, key=lambda r: r.position) if fits(r, asker)), None)
    why = place_in_share(flag, rule, held, asker)
    if why not in JOIN and why is not Why.STAYS_IN:
        return Answer(flag.off_value, "off", why, rule)
    if rule is None or rule.value is None:
        return Answer(flag.on_value, "on", why, rule)
    return Answer(rule.value, f"rule-{rule.position}", why, rule)


def place_in_share(flag: FeatureFlag, rule: FlagRule | None, held: Held, asker: Asker) -> Why:
    """Return whether somebody is in the share that decides: that of the rule that fits, or else of the flag."""
    percent = flag.rollout_percent if rule is None else rule.rollout_percent
    if percent >= WHOLE:
        return Why.EVERYBODY if rule is None else Why.RULE
    if held.is_member and keeps(flag):
        return Why.STAYS_IN
    if percent <= 0 and rule is None:
        return Why.NOBODY
    return place_by_hash(flag, rule, percent, asker.name)


def place_by_hash(flag: FeatureFlag, rule: FlagRule | None, percent: int, name: str) -> Why:
    """Return whether somebody is in a share by the hash of their name; who has none is not."""
    if not name:
        return Why.NAMELESS
    if place(flag.salt or flag.key, name) < percent * PARTS // WHOLE:
        return Why.IN_SHARE if rule is None else Why.IN_SHARE_OF_RULE
    return Why.OUTSIDE_SHARE if rule is None else Why.OUTSIDE_SHARE_OF_RULE


def place(salt: str, name: str) -> int:
    """Return where somebody stands among all, from 0 to 9 999: the same for ever, and evenly spread."""
    return int.from_bytes(hashlib.sha256(f"{salt}/{name}".encode()).digest()[:8]) % PARTS


def fits(rule: FlagRule, asker: Asker) -> bool:
    """Return whether a rule is about somebody: everything it names must be so."""
    return rule.plan_id in {None, asker.plan_id} and rule.product_line in {None, asker.product_line}


def keeps(flag: FeatureFlag) -> bool:
    """Return whether who once had the flag through a share keeps it."""
    return flag.keeps_members and flag.kind in KEEPS


def joins(flag: FeatureFlag, answer: Answer, held: Held) -> bool:
    """Return whether somebody has it through a share now and is to be remembered for that."""
    return keeps(flag) and answer.why in JOIN and not held.is_member


def is_in_force(override: FlagOverride, now: datetime) -> bool:
    """Return whether an override counts; at the moment it expires it does not."""
    return override.expires_at is None or override.expires_at > now


def type_of(value: Any) -> FlagType:
    """Return which type of flag answers with such a value; ``json`` for what is no other."""
    match value:
        case bool():
            return FlagType.BOOLEAN
        case str():
            return FlagType.STRING
        case int() | float():
            return FlagType.NUMBER
        case _:
            return FlagType.JSON


def is_of_type(value: Any, wanted: FlagType) -> bool:
    """Return whether a flag of this type may answer with a value; one of JSON with any."""
    return wanted is FlagType.JSON or type_of(value) is wanted


def short(value: Any) -> str:
    """Return a value as JSON that fits into a cell of a table."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def whom(rule: FlagRule, plan: str) -> str:
    """Return whom a rule is about; ``plan`` is the name of its plan."""
    line = f"product line {rule.product_line.value}" if rule.product_line else ""
    return " and ".join(filter(None, (f"plan {plan}" if rule.plan_id else "", line)))


SENTENCES: dict[Why, str] = {
    Why.ARCHIVED: "The flag is archived: it answers off.",
    Why.SWITCHED_OFF: "The flag is switched off for everybody.",
    Why.OVERRIDE: "Set for this customer {until}.",
    Why.RULE: "Rule {position} fits ({whom}).",
    Why.IN_SHARE_OF_RULE: "Rule {position} fits ({whom}), and they are in its {percent} %.",
    Why.OUTSIDE_SHARE_OF_RULE: "Rule {position} fits ({whom}), and they are outside its {percent} %.",
    Why.EVERYBODY: "No rule fits, and the flag is on for everybody.",
    Why.IN_SHARE: "No rule fits, and they are in the share of {percent} %.",
    Why.OUTSIDE_SHARE: "No rule fits, and they are outside the share of {percent} %.",
    Why.NOBODY: "No rule fits, and the flag is on for nobody else.",
    Why.STAYS_IN: "They had it before, and who once had it keeps it.",
    Why.NAMELESS: "Nobody said who it is, so it is outside the share.",
}


def explained(flag: FeatureFlag, answer: Answer, held: Held, plan: str) -> str:
    """Return in a sentence why somebody gets an answer; ``plan`` is the name of the rule's plan."""
    rule, until = answer.rule, held.override.expires_at if held.override else None
    return SENTENCES[answer.why].format(
        until=f"until {local_day(until)}" if until else "until somebody removes it",
        position=rule.position if rule else "",
        whom=whom(rule, plan) if rule else "",
        percent=rule.rollout_percent if rule else flag.rollout_percent,
    )


def expired(now: datetime) -> Filters:
    """Return the filters of flags that should be gone: past their day, or not asked for in thirty days."""
    unasked = (now - STALE_AFTER).replace(minute=0, second=0, microsecond=0)
    return (
        ("f.expires_on.lt", local_day(now).isoformat()),
        ("f.archived_at.empty", "1"),
        ("f2.last_evaluated_at.lt", unasked.isoformat()),
        ("f2.archived_at.empty", "1"),
    )


def why_not_off(record: FeatureFlag) -> str:
    """Return why a flag cannot be switched off, empty when it can."""
    if record.archived_at is not None:
        return "This flag is archived: everybody gets the off value already."
    return "" if record.is_enabled else "This flag is off already."


def what_off_means(record: FeatureFlag) -> str:
    """Return what switching off will do."""
    return (
        f"From the next evaluation on everybody gets {short(record.off_value)}, customers with an override included."
        " Rules, shares and overrides stay as they are for when it is switched on again."
    )

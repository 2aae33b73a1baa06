"""What the team sees of flags: who gets one, and what a customer gets of each and why."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from admin_core.contributions import (
    Action,
    Job,
    Panel,
    PanelTable,
    Permission,
    Question,
    Segment,
    Waiting,
)
from admin_core.theme import formats
from plugins.catalog.actions import flags as actions
from plugins.catalog.queries import flags as queries
from plugins.catalog.rules import flags as rules
from plugins.catalog.rules.flags import OVERRIDE, READ, SWITCH
from schema.flags import FlagMember, FlagOverride


def customer_flags(session: Session, key: Any, now: datetime) -> PanelTable:
    """Return every flag that is not archived with the value this customer gets, and why."""
    known = queries.customer_of(session, key)
    found = queries.flags_for(session, key) if known else []
    live = [(flag, held) for flag, held in found if flag.archived_at is None]
    plans = queries.plan_names(session, [rule for flag, _ in live for rule in flag.rules])
    rows = []
    for flag, held in live:
        assert known is not None  # there are no flags of nobody
        answer = rules.evaluate(flag, flag.rules, held, known.asker, now)
        plan = plans.get(answer.rule.plan_id, "") if answer.rule else ""
        rows.append((flag.key, rules.short(answer.value), rules.explained(flag, answer, held, plan)))
    return PanelTable(("Flag", "Gets", "Why"), tuple(rows))


def audience(session: Session, key: Any, now: datetime) -> PanelTable:
    """Return who gets a flag, in the order in which it is decided."""
    in_force = (FlagOverride.expires_at.is_(None)) | (FlagOverride.expires_at > now)
    overrides = queries.counted(session, FlagOverride, FlagOverride.flag_id == key, in_force)
    found = queries.rules_of(session, key)
    members = queries.counted(session, FlagMember, FlagMember.flag_id == key)
    return PanelTable(
        ("Decided by", "Customers", "Share"),
        (
            ("Overrides in force", at_most(overrides), ""),
            *((f"Rule {r.position}", rules.whom(r, plan), f"{r.rollout_percent} %") for r, plan in found),
            ("Remembered", f"{at_most(members)}, through a share", ""),
        ),
    )


def at_most(count: int) -> str:
    """Return a count, "10 000+" where it was not counted further."""
    most = queries.MOST_COUNTED
    return f"{formats.number(most)}+" if count > most else formats.number(count)


PERMISSIONS = (
    Permission(READ, "see which flags a customer gets, and why"),
    Permission(SWITCH, "switch a feature flag off for everybody"),
    Permission(OVERRIDE, "set a feature flag for one customer"),
)
PANELS = (
    Panel(
        slug="flags", title="Feature flags", model="customers", permission=READ, load=customer_flags, statements=4,
        order=70,
    ),
    Panel(
        slug="audience", title="Who gets it", model="feature_flags", permission=READ, load=audience, statements=3,
        order=10,
    ),
)  # fmt: skip
WAITING = (
    Waiting(
        label="Feature flags that should be gone",
        model="feature_flags",
        filters=rules.expired,
        permission=READ,
        icon="flag",
        note="Past their day, or not asked for in thirty days.",
    ),
)
SEGMENTS = (
    Segment(
        model="feature_flags",
        name="Switched off",
        columns=("key", "name", "kind", "owner_id", "last_evaluated_at", "expires_on"),
        filters=(("f.is_enabled.eq", "false"), ("f.archived_at.empty", "1")),
    ),
)
ACTIONS = (
    Action(
        slug="switch-off",
        label="Switch off now",
        model="feature_flags",
        permission=SWITCH,
        run=actions.switch_off,
        explain=rules.what_off_means,
        refuses=rules.why_not_off,
        icon="ban",
    ),
    Action(
        slug="set-flag",
        label="Set a feature flag",
        model="customers",
        permission=OVERRIDE,
        run=actions.set_override,
        explain="This customer gets the value whatever the flag's rules say. What was set before is replaced.",
        questions=(
            Question(name="flag", label="Flag", help="Its key: see “Feature flags” on this page.", longest=80),
            Question(
                name="value",
                label="Value",
                kind="choice",
                choices=(("on", "What the flag says when on"), ("off", "What it says when off"), ("other", "Another")),
            ),
            Question(
                name="other", label="Another value", help="As JSON; a text stands in quotes.", required=False
            ),
            Question(
                name="days", label="For how many days", kind="number", least=1, most=3_650, required=False,
                help="Empty: until it is removed.",
            ),
            Question(name="why", label="Reason", kind="textarea"),
        ),
        icon="flag",
    ),
    Action(
        slug="remove",
        label="Remove this override",
        model="flag_overrides",
        permission=OVERRIDE,
        run=actions.remove_override,
        explain="Rules and shares decide about this customer again.",
        icon="x",
    ),
)  # fmt: skip
JOBS = (
    Job(
        slug="catalog.note-evaluations",
        run="plugins.catalog.jobs.flags.note_evaluations",
        title="Note which flags are asked for",
        unique=True,
        routine=True,
    ),
)

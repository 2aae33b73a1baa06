"""Changes about flags: switching off, setting one for a customer, and who fell into a share."""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from admin_core.contributions import ActionRefused
from admin_core.policy import Person
from plugins.catalog.queries import flags as queries
from plugins.catalog.rules import flags as rules
from schema.customers import Customer
from schema.flags import FeatureFlag, FlagMember, FlagOverride, FlagType


def switch_off(record: FeatureFlag) -> str:
    """Give everybody the off value."""
    record.is_enabled = False
    return f"Switched {record.key} off. Everybody gets {rules.short(record.off_value)} from now on."


def set_override(session: Session, record: Customer, person: Person, answers: Mapping[str, Any], now: datetime) -> str:
    """Give a customer a value of a flag whatever its rules say, or another one than before."""
    flag = named(session, str(answers["flag"]).strip())
    value = chosen_value(flag, str(answers["value"]), str(answers.get("other") or ""))
    days = answers.get("days")
    override = queries.override_of(session, flag.id, record.id)
    if override is None:
        override = FlagOverride(flag_id=flag.id, customer_id=record.id)
        session.add(override)
    override.value, override.reason, override.set_by_id = value, answers["why"], person.id
    override.expires_at = now + timedelta(days=int(days)) if days else None
    until = f"for {int(days)} days" if days else "until it is removed"
    switched = "" if flag.is_enabled else " The flag itself is switched off, so it has no effect yet."
    return f"{flag.key} is {rules.short(value)} for this customer {until}.{switched}"


def named(session: Session, key: str) -> FeatureFlag:
    """Return the flag, or refuse with the keys that there are."""
    flag = queries.flag_named(session, key)
    if flag is None:
        known = ", ".join(queries.flag_keys(session)) or "none"
        raise ActionRefused(f"There is no flag called “{key[:80]}”.", f"Flags: {known}.")
    if flag.archived_at is not None:
        raise ActionRefused(f"{flag.key} is archived: it answers off, whatever is set.", "Choose another flag.")
    return flag


def chosen_value(flag: FeatureFlag, choice: str, other: str) -> Any:
    """Return the value that was chosen, of the flag's type; or refuse."""
    value = read_json(other) if choice == "other" else {"on": flag.on_value, "off": flag.off_value}[choice]
    if not rules.is_of_type(value, flag.value_type):
        kind = "true or false" if flag.value_type is FlagType.BOOLEAN else f"a {flag.value_type.value}"
        raise ActionRefused(f"{flag.key} answers with {kind}; {rules.short(value)} is none.", "Write it as JSON.")
    return value


def read_json(text: str) -> Any:
    """Return the value that a text stands for; or refuse."""
    try:
        return json.loads(text, parse_constant=not_json)
    except ValueError:
        hint = 'Examples: true, 25, "blue", {"limit": 5}. A text stands in quotes.'
        raise ActionRefused("The other value is no JSON.", hint) from None


def not_json(word: str) -> Any:
    """Refuse NaN and the infinities, which Python reads and JSON does not have."""
    raise ValueError(word)


def remove_override(session: Session, record: FlagOverride) -> str:
    """Let rules and shares decide about a customer again."""
    session.delete(record)
    return "Removed. Rules and shares decide about this customer again."


def remember(session: Session, customer_id: uuid.UUID, flag_ids: Sequence[uuid.UUID]) -> None:
    """Note that a customer has fallen into the shares of these flags.

    Two requests may find it out at once: whoever comes second writes nothing, and what it alone knew is noted by the
    next request. Added as objects, not by ON CONFLICT: an insert of rows that the history leaves out needs no entry.
    """
    try:
        with session.begin_nested():
            session.add_all(FlagMember(flag_id=flag_id, customer_id=customer_id) for flag_id in flag_ids)
    except IntegrityError:
        return


def note_evaluated(session: Session, flag_ids: Sequence[uuid.UUID], moment: datetime) -> int:
    """Note that flags were asked for then, unless a later moment is known; return how many were noted."""
    newer = func.coalesce(FeatureFlag.last_evaluated_at < moment, True)
    statement = update(FeatureFlag).where(FeatureFlag.id.in_(flag_ids), newer)
    values = {"last_evaluated_at": moment, "updated_at": FeatureFlag.updated_at}
    return len(session.scalars(statement.values(values).returning(FeatureFlag.id)).all())

"""Flags served by OFREP, OpenFeature's remote evaluation protocol: https://openfeature.dev/specification/appendix-c.

Its addresses, refusals and names are the protocol's. What a customer is comes from our records, never from a request.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from admin_core.api.calls import Call
from admin_core.api.models import Model
from admin_core.api.problems import Problem
from plugins.catalog.actions import flags as actions
from plugins.catalog.queries import flags as queries
from plugins.catalog.rules import flags as rules
from schema.flags import FeatureFlag

NOTE_EVALUATIONS = "catalog.note-evaluations"
CODES = {
    "flag-not-found": (404, "FLAG_NOT_FOUND"),
    "not-found": (404, "FLAG_NOT_FOUND"),
    "targeting-key-missing": (400, "TARGETING_KEY_MISSING"),
    "malformed-json": (400, "PARSE_ERROR"),
    "wrong-content-type": (400, "PARSE_ERROR"),
    "wrong-content-encoding": (400, "PARSE_ERROR"),
}


class Context(Model):
    """Who asks; further attributes are allowed and not looked at."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)

    targeting_key: Annotated[str | None, Field(alias="targetingKey", max_length=200)] = None


class Asked(Model):
    """The body of an evaluation."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    context: Context = Context()


class Evaluated(Model):
    """The value of one flag."""

    key: str
    value: Any
    reason: str
    variant: str
    metadata: dict[str, str]


class EvaluatedAll(Model):
    """The values of all flags that a key may see."""

    flags: list[Evaluated]
    metadata: dict[str, str]


def evaluate_one(call: Call, key: str, body: Asked) -> Evaluated:
    """Return the value of a flag."""
    found = evaluated(call, body, [FeatureFlag.key == key])
    if not found:
        raise Problem(404, "flag-not-found", "There is no such flag for this key.")
    return found[0]


def evaluate_all(call: Call, body: Asked) -> EvaluatedAll:
    """Return the values of all flags, in the order of their keys."""
    return EvaluatedAll(flags=evaluated(call, body, []), metadata={})


def evaluated(call: Call, body: Asked, where: list[Any]) -> list[Evaluated]:
    """Return what flags answer, and remember who fell into a share."""
    name = targeting_key(body)
    known = queries.customer_named(call.session, name) if name else None
    public = [FeatureFlag.is_public.is_(True)] if call.key.browser else []
    found = queries.flags_for(call.session, known.id if known else None, [*where, *public])
    asker = known.asker if known else rules.Asker(name)
    answers = [(flag, held, rules.evaluate(flag, flag.rules, held, asker, call.now)) for flag, held in found]
    joined = [flag.id for flag, held, answer in answers if rules.joins(flag, answer, held)]
    if known and joined:
        actions.remember(call.session, known.id, joined)
    note_asked(call, [flag for flag, _, _ in answers])
    return [said(flag.key, answer) for flag, _, answer in answers]


def targeting_key(body: Asked) -> str:
    """Return who asks, empty when nobody said so: such a request is evaluated, and outside every share."""
    name = body.context.targeting_key
    if name is not None and not name.strip():
        raise Problem(400, "targeting-key-missing", "targetingKey is empty. Leave it out, or send the account's key.")
    return name or ""


def said(key: str, answer: rules.Answer) -> Evaluated:
    """Return an answer in the protocol's words."""
    return Evaluated(key=key, value=answer.value, reason=answer.reason, variant=answer.variant, metadata={})


noted: dict[UUID, date] = {}
"""The day for which this process has last asked for a note about a flag."""


def note_asked(call: Call, flags: list[FeatureFlag]) -> None:
    """Have a worker write down that flags are in use: once a day for each, never by the request itself."""
    today = call.now.date()
    due = [f.id for f in flags if is_due(f, today) and noted.get(f.id) != today]
    if due:
        noted.update(dict.fromkeys(due, today))
        call.effects.enqueue(NOTE_EVALUATIONS, {"flags": due, "moment": call.now})


def is_due(flag: FeatureFlag, today: date) -> bool:
    """Return whether nothing is written down for today yet."""
    return flag.last_evaluated_at is None or flag.last_evaluated_at.date() < today


def refusal(problem: Problem, path: Mapping[str, str]) -> tuple[int, dict[str, str]]:
    """Return a refusal as the protocol's clients understand it."""
    status, code = CODES.get(problem.kind, (problem.status, "GENERAL"))
    details = problem.detail
    if problem.kind == "invalid":
        about_context = all(wrong.pointer.startswith("/context") for wrong in problem.errors)
        status, code = 400, "INVALID_CONTEXT" if about_context else "PARSE_ERROR"
        details = " ".join(f"{wrong.pointer or 'The body'}: {wrong.detail}" for wrong in problem.errors)
    named = {"key": path["key"]} if "key" in path else {}
    return status, {**named, "errorCode": code, "errorDetails": details}

"""What becomes of an alert when its rule is evaluated: a pure decision over what is remembered, a finding and a moment.

What nobody knows changes nothing: without data, or when the rule fails, an alert neither begins nor ends. An alert
that somebody closed by hand begins anew only after it was over once.
"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal, Self

from schema.alerts import RuleState

Finding = Literal["holds", "clear", "no_data", "error"]
Effect = Literal["fire", "repeat", "escalate", "recover", "refire", "resolve"]
UNKNOWN: dict[str, RuleState] = {"no_data": RuleState.NO_DATA, "error": RuleState.ERROR}


class Phase(StrEnum):
    """Where an alert is."""

    OK = "ok"
    PENDING = "pending"
    """It holds, not long enough yet."""
    FIRING = "firing"
    RECOVERING = "recovering"
    """It is over, not long enough yet."""
    SETTLED = "settled"
    """Closed by hand while it still held."""


OPEN = frozenset({Phase.FIRING, Phase.RECOVERING})
"""Phases in which there is an incident."""


@dataclass(frozen=True)
class Times:
    """A rule's times."""

    hold: timedelta = timedelta()
    """How long it must hold before anybody is told."""
    keep: timedelta = timedelta()
    """How long it must be over before it counts as ended."""
    repeat: timedelta = timedelta()
    """Zero: never again."""
    escalate: timedelta | None = None


@dataclass(frozen=True)
class Around:
    """What people have said about an alert meanwhile."""

    is_open: bool = False
    """Whether the incident is open: somebody may have closed it."""
    acknowledged: bool = False
    silenced: bool = False


@dataclass(frozen=True)
class Memory:
    """What is remembered from one evaluation to the next."""

    phase: Phase = Phase.OK
    since: datetime | None = None
    """When it began to hold (pending), to fire (firing), or to be over (recovering, settled)."""
    seen: datetime | None = None
    """The latest moment that was evaluated."""
    fired: datetime | None = None
    told: datetime | None = None
    """When people were last told; None: nobody was, because it was silenced."""
    times: int = 0
    """How often the open incident was told again."""
    escalated: bool = False

    def stored(self) -> dict[str, Any]:
        """Return it as JSON keeps it."""
        return {name: spelled(value) for name, value in asdict(self).items() if value}

    @classmethod
    def read(cls, stored: dict[str, Any] | None) -> Self:
        """Return what was stored; what cannot be read begins anew."""
        known = stored or {}
        try:
            moments = {name: moment(known.get(name)) for name in ("since", "seen", "fired", "told")}
            phase = Phase(known.get("phase", Phase.OK))
            return cls(phase, **moments, times=int(known.get("times", 0)), escalated=bool(known.get("escalated")))
        except (TypeError, ValueError):
            return cls()


def spelled(value: object) -> object:
    """Return a value as JSON takes it."""
    return value.isoformat() if isinstance(value, datetime) else value


def moment(text: Any) -> datetime | None:
    """Return a stored moment."""
    return datetime.fromisoformat(text) if text else None


def step(
    memory: Memory, finding: Finding, times: Times, around: Around, now: datetime
) -> tuple[Memory, tuple[Effect, ...]]:
    """Return what is remembered after an evaluation, and what is to be done. A clock that went back stands still."""
    at = max(now, memory.seen or now)
    before = reconciled(memory, around, at)
    after = moved(before, finding, times, at)
    effects = transition(before.phase, after.phase)
    if after.phase is Phase.FIRING:
        after, reminders = reminded(after, times, around, at, is_new="fire" in effects)
        effects += reminders
    return replace(after, seen=at), effects


def reconciled(memory: Memory, around: Around, at: datetime) -> Memory:
    """Return the memory as the incident says it: closed by hand, or open although nobody remembers it."""
    if memory.phase in OPEN and not around.is_open:
        return Memory(Phase.SETTLED, seen=memory.seen)
    if memory.phase not in OPEN and around.is_open:
        return Memory(Phase.FIRING, since=at, seen=memory.seen, fired=at, told=at)
    return memory


def moved(memory: Memory, finding: Finding, times: Times, at: datetime) -> Memory:
    """Return the memory in its next phase."""
    if finding == "holds":
        return held(memory, times, at)
    return over(memory, times, at) if finding == "clear" else memory


def held(memory: Memory, times: Times, at: datetime) -> Memory:
    """Return the memory after a finding that it holds."""
    if memory.phase is Phase.SETTLED:
        return replace(memory, since=None)
    if memory.phase in OPEN:
        return memory if memory.phase is Phase.FIRING else replace(memory, phase=Phase.FIRING, since=at)
    since = memory.since if memory.phase is Phase.PENDING and memory.since else at
    if at - since < times.hold:
        return replace(memory, phase=Phase.PENDING, since=since)
    return Memory(Phase.FIRING, since=at, fired=at)


def over(memory: Memory, times: Times, at: datetime) -> Memory:
    """Return the memory after a finding that it does not hold."""
    if memory.phase in {Phase.OK, Phase.PENDING}:
        return Memory()
    begins = memory.phase is Phase.FIRING or memory.since is None
    since = at if begins or memory.since is None else memory.since
    if at - since >= times.keep:
        return Memory()
    return replace(memory, phase=Phase.SETTLED if memory.phase is Phase.SETTLED else Phase.RECOVERING, since=since)


CHANGES: dict[tuple[Phase, Phase], Effect] = {
    (Phase.OK, Phase.FIRING): "fire",
    (Phase.PENDING, Phase.FIRING): "fire",
    (Phase.FIRING, Phase.RECOVERING): "recover",
    (Phase.RECOVERING, Phase.FIRING): "refire",
    (Phase.FIRING, Phase.OK): "resolve",
    (Phase.RECOVERING, Phase.OK): "resolve",
}


def transition(before: Phase, after: Phase) -> tuple[Effect, ...]:
    """Return what a change of phase asks for."""
    effect = CHANGES.get((before, after))
    return (effect,) if effect else ()


def reminded(
    memory: Memory, times: Times, around: Around, at: datetime, *, is_new: bool
) -> tuple[Memory, tuple[Effect, ...]]:
    """Return whether people are told again. Who acknowledged, or silenced, is left in peace."""
    if is_new:
        return replace(memory, told=None if around.silenced else at), ()
    if around.acknowledged or around.silenced:
        return memory, ()
    if times.escalate is not None and not memory.escalated and at - (memory.fired or at) >= times.escalate:
        return replace(memory, told=at, escalated=True), ("escalate",)
    if memory.told is None or (times.repeat and at - memory.told >= times.repeat):
        return replace(memory, told=at, times=memory.times + 1), ("repeat",)
    return memory, ()


def shown(memory: Memory, finding: Finding) -> RuleState:
    """Return the state that a rule shows: not knowing is a state of its own, whatever is open."""
    if finding in UNKNOWN:
        return UNKNOWN[finding]
    return RuleState.FIRING if memory.phase in OPEN else RuleState(memory.phase.value)

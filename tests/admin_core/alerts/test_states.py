"""The state machine of an alert: a table of cases, and laws that hold for every course of findings."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admin_core.alerts.states import OPEN, Around, Effect, Finding, Memory, Phase, Times, shown, step
from schema.alerts import RuleState

START = datetime(2026, 3, 5, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TOLD = {"fire", "repeat", "escalate", "resolve"}
LETTERS: dict[str, Finding] = {"x": "holds", ".": "clear", "?": "no_data", "!": "error"}


def minutes(**words: int) -> Times:
    return Times(**{name: timedelta(minutes=number) for name, number in words.items()})


def course(findings: str, times: Times, **said: Any) -> list[tuple[int, Effect]]:
    """Return what is done at which minute. ``said``: what people have said from which minute on."""
    memory, found, is_open = Memory(), [], False
    for minute, letter in enumerate(findings, 1):
        closed = said.get("closed") == minute
        around = Around(
            is_open=is_open and not closed,
            acknowledged=minute >= said.get("acknowledged", 10**6),
            silenced=said.get("silenced", (0, 0))[0] <= minute < said.get("silenced", (0, 0))[1],
        )
        memory, effects = step(memory, LETTERS[letter], times, around, START + minute * MINUTE)
        is_open = memory.phase in OPEN
        found += [(minute, effect) for effect in effects]
    return found


PATIENT = minutes(hold=2, keep=3)
EAGER = minutes()

CASES: tuple[tuple[str, str, Times, dict[str, Any], list[tuple[int, Effect]]], ...] = (
    ("nothing ever is nothing", "......", PATIENT, {}, []),
    (
        "it fires after it held, flaps without a word, and ends once",
        "xxx.x....",
        PATIENT,
        {},
        [(3, "fire"), (4, "recover"), (5, "refire"), (6, "recover"), (9, "resolve")],
    ),
    ("what was over before its time is nothing", "xx.xx.xx.", PATIENT, {}, []),
    ("without times it fires and ends at once", "x.x.", EAGER, {},
     [(1, "fire"), (2, "resolve"), (3, "fire"), (4, "resolve")]),
    ("no data ends nothing", "xxx??????", PATIENT, {}, [(3, "fire")]),
    ("errors end nothing", "xxx!!!!!!.", PATIENT, {}, [(3, "fire"), (10, "recover")]),
    ("no data begins nothing", "?!?!", EAGER, {}, []),
    ("no data between two findings does not begin the waiting anew", "x??x", PATIENT, {}, [(4, "fire")]),
    ("no data alone does not fire what waits", "x????", PATIENT, {}, []),
    ("what is over stays over across a gap", "xxx.??.", PATIENT, {}, [(3, "fire"), (4, "recover"), (7, "resolve")]),
    ("it is told again", "xxxxxxx", minutes(repeat=3), {}, [(1, "fire"), (4, "repeat"), (7, "repeat")]),
    ("it is told again while nobody knows", "x??x", minutes(repeat=2), {}, [(1, "fire"), (3, "repeat")]),
    ("who acknowledged is left in peace", "xxxxxxx", minutes(repeat=3, escalate=5), {"acknowledged": 3}, [(1, "fire")]),
    (
        "all are told when nobody acknowledges, once, and not twice in one minute",
        "xxxxxxxxx",
        minutes(repeat=4, escalate=4),
        {},
        [(1, "fire"), (5, "escalate"), (9, "repeat")],
    ),
    ("an escalation at once comes with the next look", "xx", minutes(escalate=0), {}, [(1, "fire"), (2, "escalate")]),
    ("silence is kept", "xxxxx.", minutes(repeat=1, escalate=2), {"silenced": (1, 9)}, [(1, "fire"), (6, "resolve")]),
    ("after a silence it is told what still holds", "xxxx", EAGER, {"silenced": (1, 3)}, [(1, "fire"), (3, "repeat")]),
    (
        "a silence within does not begin it anew",
        "xxxxx",
        minutes(repeat=4),
        {"silenced": (2, 4)},
        [(1, "fire"), (5, "repeat")],
    ),
    ("nobody is told again while it recovers", "x....", minutes(keep=9, repeat=1), {}, [(1, "fire"), (2, "recover")]),
    (
        "closed by hand it begins anew only when it was over",
        "xxxxx.x....x",
        minutes(keep=2),
        {"closed": 3},
        [(1, "fire"), (12, "fire")],
    ),
    ("closed by hand while it recovers", "x...x", minutes(keep=9), {"closed": 3}, [(1, "fire"), (2, "recover")]),
)  # fmt: skip


@pytest.mark.parametrize(
    ("findings", "times", "said", "wanted"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_an_alert_runs_its_course(
    findings: str, times: Times, said: dict[str, Any], wanted: list[tuple[int, Effect]]
) -> None:
    assert course(findings, times, **said) == wanted


@pytest.mark.parametrize(
    ("phase", "finding", "state"),
    [
        (Phase.OK, "clear", RuleState.OK),
        (Phase.PENDING, "holds", RuleState.PENDING),
        (Phase.FIRING, "holds", RuleState.FIRING),
        (Phase.RECOVERING, "clear", RuleState.FIRING),
        (Phase.SETTLED, "holds", RuleState.SETTLED),
        (Phase.FIRING, "no_data", RuleState.NO_DATA),
        (Phase.FIRING, "error", RuleState.ERROR),
        (Phase.OK, "error", RuleState.ERROR),
    ],
)
def test_not_knowing_is_a_state_of_its_own(phase: Phase, finding: Finding, state: RuleState) -> None:
    assert shown(Memory(phase), finding) is state


def test_an_open_incident_that_nobody_remembers_goes_on() -> None:
    memory, effects = step(Memory(), "holds", minutes(repeat=5), Around(is_open=True), START)
    assert (memory.phase, effects) == (Phase.FIRING, ())
    assert step(memory, "clear", EAGER, Around(is_open=True), START + MINUTE)[1] == ("resolve",)


@pytest.mark.parametrize("stored", [None, {}, {"phase": "x"}, {"since": "soon"}, {"times": []}, {"seen": 7}])
def test_a_memory_that_cannot_be_read_begins_anew(stored: dict[str, Any] | None) -> None:
    assert Memory.read(stored) == Memory()


# --- Laws

FINDINGS = st.sampled_from(["holds", "clear", "no_data", "error"])
MINUTES = st.integers(0, 6).map(lambda number: number * MINUTE)
TIMES = st.builds(Times, hold=MINUTES, keep=MINUTES, repeat=MINUTES, escalate=st.none() | MINUTES)
TICKS = st.lists(st.tuples(FINDINGS, st.integers(-3, 5), st.booleans(), st.booleans(), st.integers(0, 9)), max_size=40)
"""Finding, minutes since the last look (the clock may go back), acknowledged, silenced, and 0: closed by hand."""


@settings(max_examples=150, deadline=None)
@given(TIMES, TICKS)
def test_one_incident_from_beginning_to_end(times: Times, ticks: list[Any]) -> None:
    memory, now, is_open = Memory(), START, False
    for finding, minutes_on, acknowledged, silenced, hand in ticks:
        now += minutes_on * MINUTE
        is_open = is_open and hand != 0
        around = Around(is_open, acknowledged, silenced)
        before, was_open = memory, is_open
        memory, effects = step(memory, finding, times, around, now)
        assert len(effects) == len(set(effects)) <= 2
        if "fire" in effects:  # never a second one while it is open, only when it holds, nothing else beside it
            assert not was_open
            assert finding == "holds"
            assert effects == ("fire",)
        if "resolve" in effects:  # never without knowing that it is over
            assert was_open
            assert finding == "clear"
        is_open = (was_open or "fire" in effects) and "resolve" not in effects
        assert is_open == (memory.phase in OPEN)
        if {"repeat", "escalate"} & set(effects):
            assert (acknowledged, silenced) == (False, False)
            assert finding != "clear"
        if finding in {"no_data", "error"}:
            assert set(effects) <= {"repeat", "escalate"}
        assert memory.seen is not None
        assert memory.seen >= (before.seen or now)
        assert memory.escalated <= is_open
        assert Memory.read(memory.stored()) == memory  # nothing is lost on the way through the database


LONG = st.integers(1, 6).map(lambda number: number * MINUTE)
LONG_TIMES = st.builds(Times, hold=LONG, keep=LONG, repeat=LONG, escalate=st.none() | LONG)


@settings(max_examples=100, deadline=None)
@given(LONG_TIMES, TICKS)
def test_looking_again_at_one_moment_does_nothing(times: Times, ticks: list[Any]) -> None:
    memory, now, is_open = Memory(), START, False
    for finding, minutes_on, acknowledged, silenced, _ in ticks:
        now += abs(minutes_on) * MINUTE
        memory, _ = step(memory, finding, times, Around(is_open, acknowledged, silenced), now)
        is_open = memory.phase in OPEN
        around = Around(is_open, acknowledged, silenced)
        assert step(memory, finding, times, around, now) == (memory, ())
        assert step(memory, finding, times, around, now - 7 * MINUTE) == (memory, ())  # a clock that went back


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["holds", "clear"]), max_size=60))
def test_flapping_tells_nobody_twice(findings: list[Finding]) -> None:
    times, memory, told = minutes(hold=0, keep=100, repeat=0), Memory(), 0
    for minute, finding in enumerate(findings):
        around = Around(is_open=memory.phase in OPEN)
        memory, effects = step(memory, finding, times, around, START + minute * MINUTE)
        told += len(TOLD & set(effects))
    assert told <= 1

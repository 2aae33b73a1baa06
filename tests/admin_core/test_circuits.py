"""Circuit breakers: what fails again and again is left alone, then tried once."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_core.circuits import OPENS_AFTER, REST_S, WINDOW_S, Circuit, Circuits, Failures, both


def after(*events: tuple[str, float]) -> Circuit:
    """Return a circuit to which these things happened at these seconds; refused calls don't happen."""
    circuit = Circuit()
    for kind, at in events:
        admitted = circuit.admitted(at)
        if admitted is not None:
            circuit = admitted.failed(at) if kind == "fail" else admitted.succeeded()
    return circuit


def fails(count: int, start: float = 0, every: float = 1) -> list[tuple[str, float]]:
    return [("fail", start + every * number) for number in range(count)]


@pytest.mark.parametrize(
    ("events", "at", "state"),
    [
        ([], 0, "closed"),
        (fails(4), 5, "closed"),
        (fails(5), 5, "open"),
        (fails(5), 4 + REST_S - 0.1, "open"),
        (fails(5), 4 + REST_S, "half-open"),
        (fails(5, every=20), 81, "closed"),  # never five within a minute
        (fails(9, every=13), 105, "open"),
        ([*fails(4), ("work", 5), ("fail", 6)], 7, "open"),  # one that works now and then is no help
        ([*fails(5), ("work", 70)], 71, "closed"),
        ([*fails(5), ("fail", 70)], 71, "open"),  # the trial failed: another rest
        ([*fails(5), ("fail", 70)], 70 + REST_S, "half-open"),
        ([*fails(5), ("work", 70), *fails(4, 71)], 76, "closed"),  # a clean start after the trial
        ([*fails(5), ("fail", 30), ("work", 31)], 32, "open"),  # refused calls change nothing
    ],
)
def test_a_circuit_opens_rests_and_tries(events: list[tuple[str, float]], at: float, state: str) -> None:
    assert after(*events).state(at) == state


def test_only_one_trial_is_made_at_a_time() -> None:
    circuit = after(*fails(5))
    trial = circuit.admitted(4 + REST_S)
    assert trial is not None
    assert trial.admitted(4 + REST_S + 1) is None
    assert trial.admitted(4 + 2 * REST_S) is not None  # it never came back


@given(st.lists(st.tuples(st.sampled_from(["fail", "work"]), st.floats(0, 30)), max_size=40))
def test_no_call_passes_within_the_rest_after_it_opened(gaps: list[tuple[str, float]]) -> None:
    circuit, now, opened = Circuit(), 0.0, None
    for kind, gap in gaps:
        now += gap
        admitted = circuit.admitted(now)
        if opened is not None and now < opened + REST_S:
            assert admitted is None
            continue
        assert admitted is not None
        circuit = admitted.failed(now) if kind == "fail" else admitted.succeeded()
        opened = now if circuit.state(now) == "open" else None
        assert len([at for at in circuit.failures if now - at < WINDOW_S]) <= max(OPENS_AFTER, len(gaps))


def raised(kind: type[Exception] = KeyError) -> Exception:
    try:
        complain(kind)
    except kind as error:
        return error
    raise AssertionError


def complain(kind: type[Exception]) -> None:
    raise kind("a secret of somebody")


def test_parts_fail_apart_from_each_other() -> None:
    circuits = Circuits(clock=lambda: 0.0)
    for _ in range(OPENS_AFTER):
        circuits.failed("shop", "Sales", raised())
    assert not circuits.admits("shop", "Sales")
    assert circuits.admits("shop", "Orders")
    assert circuits.admits("till", "Sales")
    assert circuits.states("shop") == [("Sales", "open")]


def test_what_is_written_down_names_kind_and_place_never_the_message() -> None:
    circuits = Circuits()
    circuits.failed("shop", "Sales", raised())
    circuits.failed("shop", "Orders", raised(ValueError))
    told = circuits.take_untold()["shop"]
    assert (told.count, told.worked) == (2, False)
    assert told.last_error.startswith("ValueError in test_circuits.py:")
    assert "secret" not in told.last_error
    assert not circuits.is_untold()


def test_a_plugin_has_worked_when_nothing_of_it_fails_any_more() -> None:
    circuits = Circuits()
    circuits.failed("shop", "Sales", raised())
    circuits.failed("shop", "Orders", raised())
    circuits.succeeded("shop", "Sales")
    assert not circuits.take_untold()["shop"].worked
    circuits.succeeded("shop", "Orders")
    circuits.failed("shop", "Orders", raised())
    told = circuits.take_untold()["shop"]
    assert (told.count, told.worked) == (1, True)


NOW = datetime(2026, 3, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("older", "newer", "told"),
    [
        (Failures(2, "A", NOW), Failures(1, "B", NOW), Failures(3, "B", NOW)),
        (Failures(2, "A", NOW, worked=True), Failures(1, "B", NOW), Failures(3, "B", NOW, worked=True)),
        (Failures(2, "A", NOW), Failures(1, "B", NOW, worked=True), Failures(1, "B", NOW, worked=True)),
        (Failures(2, "A", NOW), Failures(worked=True), Failures(0, "A", NOW, worked=True)),
    ],
)
def test_what_could_not_be_written_is_added_to_what_came_since(
    older: Failures, newer: Failures, told: Failures
) -> None:
    assert both(older, newer) == told


def test_switching_on_closes_every_circuit() -> None:
    circuits = Circuits()
    for _ in range(OPENS_AFTER):
        circuits.failed("shop", "Sales", raised())
    circuits.forget("shop")
    assert circuits.admits("shop", "Sales")
    assert circuits.states("shop") == []


class Meanwhile:
    """A lock that somebody else has held before us, doing something."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.act = act

    def __enter__(self) -> None:
        act, self.act = self.act, lambda: None
        act()

    def __exit__(self, *_: object) -> None:
        pass


def forgotten_meanwhile() -> Circuits:
    """Return circuits of a plugin that is switched on again while a call waits for the lock."""
    circuits = Circuits()
    circuits.failed("shop", "Sales", raised())
    circuits._lock = Meanwhile(lambda: circuits.forget("shop"))  # type: ignore[assignment]
    return circuits


def test_a_call_may_be_made_when_its_circuit_is_forgotten_meanwhile() -> None:
    circuits = forgotten_meanwhile()
    assert circuits.admits("shop", "Sales")
    assert circuits.states("shop") == []


def test_a_success_is_no_news_when_its_circuit_is_forgotten_meanwhile() -> None:
    circuits = forgotten_meanwhile()
    circuits.succeeded("shop", "Sales")
    assert circuits.states("shop") == []
    assert not circuits.is_untold()


class Interrupting(str):
    """A name that lets something happen in the middle of a comparison."""

    __slots__ = ("act",)
    act: Callable[[], object]
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        self.act()
        return str.__eq__(self, other)


def test_a_part_that_fails_while_the_page_is_made_does_not_break_the_page() -> None:
    circuits = Circuits(clock=lambda: 0.0)
    circuits.failed("shop", "Sales", raised())
    name = Interrupting("shop")
    name.act = lambda: circuits.failed("till", f"part {len(circuits._known)}", raised())
    assert circuits.states(name) == [("Sales", "closed")]

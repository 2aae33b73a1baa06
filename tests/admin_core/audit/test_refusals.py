"""A flood of refusals leaves few entries: the same one once a minute, and so many in all."""

from admin_core.audit.refusals import MOST, Noted


def noted_at(noted: Noted, moments: list[float], *refusals: str) -> list[bool]:
    """Return which of these refusals are written down, each at its moment."""
    noted.clock = iter(moments).__next__
    return [noted.is_due(refusal) for refusal in refusals]


def test_the_same_refusal_is_written_down_once_a_minute() -> None:
    assert noted_at(Noted(), [0.0, 1.0, 59.9, 60.0], "a", "b", "a", "a") == [True, True, False, True]


def test_who_comes_from_everywhere_fills_nothing() -> None:
    noted = Noted()
    flood = [f"from {number}" for number in range(3 * MOST)]
    assert sum(noted_at(noted, [0.0] * len(flood), *flood)) == MOST
    assert noted_at(noted, [30.0, 60.0], "somebody else", "somebody else") == [False, True]

"""What becomes of a delivery after a try, over every answer."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_core.webhooks.schedule import JITTER, LONGEST_WISH, RETRIES, Tried, verdict
from schema.api import DeliveryState

answers = st.builds(Tried, st.none() | st.integers(100, 599), st.just(""), st.none(), st.none() | st.integers(0, 10**6))


@pytest.mark.parametrize(
    ("tried", "tries", "state", "pause"),
    [
        (Tried(200), 1, "delivered", None),
        (Tried(204), 10, "delivered", None),
        (Tried(299), 3, "delivered", None),
        (Tried(301), 1, "waiting", timedelta(seconds=5)),
        (Tried(400), 1, "waiting", timedelta(seconds=5)),
        (Tried(500), 2, "waiting", timedelta(minutes=5)),
        (Tried(None, "It refused the connection."), 9, "waiting", timedelta(hours=24)),
        (Tried(500), 10, "abandoned", None),
        (Tried(410), 1, "failed", None),
        (Tried(429, retry_after_s=60), 1, "waiting", timedelta(seconds=60)),
        (Tried(503, retry_after_s=1), 2, "waiting", timedelta(minutes=5)),
        (Tried(503, retry_after_s=999_999), 1, "waiting", LONGEST_WISH),
        (Tried(500, retry_after_s=999), 1, "waiting", timedelta(seconds=5)),
    ],
)
def test_each_answer_has_its_consequence(tried: Tried, tries: int, state: str, pause: timedelta | None) -> None:
    found = verdict(tried, tries, 0)
    assert (found.state, found.pause) == (state, pause)
    assert found.ends_endpoint == (tried.code == 410)


@given(answers, st.integers(1, 20), st.floats(0, 1))
def test_a_delivery_is_tried_again_exactly_while_it_waits(tried: Tried, tries: int, jitter: float) -> None:
    found = verdict(tried, tries, jitter)
    assert (found.pause is not None) == (found.state is DeliveryState.WAITING)
    if found.pause is not None:
        assert RETRIES[tries - 1] <= found.pause <= max(RETRIES[tries - 1] * (1 + JITTER), LONGEST_WISH)


def test_ten_tries_last_three_days() -> None:
    assert timedelta(days=3) < sum(RETRIES, timedelta()) < timedelta(days=3, hours=6)
    assert list(RETRIES) == sorted(RETRIES)

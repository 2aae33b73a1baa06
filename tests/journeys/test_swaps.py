"""No id of a hidden row, wherever it is put, reads or changes that row."""

from collections.abc import Iterator
from random import Random

import pytest

from tests.journeys import swaps
from tests.journeys.swaps import World


@pytest.fixture(scope="module")
def world(server_url: str) -> Iterator[World]:
    with swaps.world(server_url) as found:
        yield found


def test_much_is_hidden(world: World) -> None:
    own, daily = world.visitors["own"].hidden, world.visitors["daily"].hidden
    assert {"customers", "people", "tickets", "payments", "invoices", "candidates"} <= own.keys()
    assert {"customers", "people", "tickets", "candidates", "ai_decisions"} <= daily.keys()
    assert "payments" not in daily
    for hidden in (own, daily):
        assert sum(bool(texts) for rows in hidden.values() for _, texts in rows) > 50


@pytest.mark.parametrize("word", ["own", "daily"])
def test_no_id_put_anywhere_reads_or_changes_a_hidden_row(world: World, word: str) -> None:
    before = swaps.digest(world)
    dice = Random(7)
    wrong = [found for _ in range(swaps.SWAPS // 2) if (found := swaps.swap(world, word, dice))]
    assert not wrong, "\n".join(wrong)
    assert swaps.digest(world) == before

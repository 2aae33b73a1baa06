"""Puts ids of hidden rows wherever an id is taken, thousands of times: nothing foreign is read, nothing is changed."""

import sys
from collections import Counter
from random import Random

from admin_core.supervisor.servers import start_postgres
from tests.journeys import swaps

TIMES = 5_000
EVERY = 500


def main() -> None:
    server = start_postgres(fast_unsafe=True)
    try:
        with swaps.world(server.superuser_url) as world:
            try_all(world)
    finally:
        server.stop()


def try_all(world: swaps.World) -> None:
    dice, tried, before = Random(20261126), Counter[str](), swaps.digest(world)
    for word, who in world.visitors.items():
        rows = sum(len(rows) for rows in who.hidden.values())
        print(f"{word}: {rows} hidden rows of {len(who.hidden)} tables are tried.")
    for number in range(1, TIMES + 1):
        word = dice.choice(sorted(world.visitors))
        if wrong := swaps.swap(world, word, dice):
            raise SystemExit(f"Swap {number}: {wrong}.")
        tried[word] += 1
        if number % EVERY == 0:
            print(f"{number} swaps read nothing foreign.", file=sys.stderr)
    if swaps.digest(world) != before:
        raise SystemExit("Something was changed.")
    told = ", ".join(f"{count} as {word}" for word, count in sorted(tried.items()))
    print(f"{TIMES} random swaps of ids over {len(swaps.WAYS)} ways ({told}): nothing foreign read, nothing changed.")

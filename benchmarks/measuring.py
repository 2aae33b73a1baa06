"""Asks all peers the same question in turn, so that whatever else the machine does falls on all of them alike."""

import random
import statistics
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.sites import Probe

Question = tuple[str, str]
"""Page and peer."""
SLOW_MS = 1_000
FEWEST = 5
BUDGET_MS = 12_000


@dataclass(frozen=True)
class Times:
    """What one peer needed for one question."""

    ms: tuple[float, ...]
    size: int
    """Bytes of the last answer."""

    @property
    def p50(self) -> float:
        """The median."""
        return statistics.median(self.ms)

    @property
    def p95(self) -> float:
        """What one answer in twenty exceeded."""
        return sorted(self.ms)[min(len(self.ms) - 1, round(0.95 * len(self.ms)))]


def interleaved(questions: Mapping[Question, Probe], rounds: int) -> dict[Question, Times]:
    """Return the times of every question; each round asks all of them once, in an order of its own.

    A fixed order would make the neighbours of a slow question slow: it empties the processor's caches. Who has spent
    its budget is asked no further, once it was asked a few times.
    """
    taken: dict[Question, list[float]] = {question: [] for question in questions}
    sizes: dict[Question, int] = {}
    for probe in questions.values():
        if probe().ms < SLOW_MS:
            probe()
    for number in range(rounds):
        for question in random.Random(number).sample(list(questions), len(questions)):
            if len(taken[question]) >= FEWEST and sum(taken[question]) > BUDGET_MS:
                continue
            answer = questions[question]()
            taken[question].append(answer.ms)
            sizes[question] = len(answer.body)
        print(f"round {number + 1} of {rounds}", flush=True)
    return {question: Times(tuple(times), sizes[question]) for question, times in taken.items()}

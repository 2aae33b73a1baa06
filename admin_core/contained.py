"""Runs one part of a plugin so that it costs only itself: contained, left alone when it fails all the time."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from admin_core.circuits import Circuits
from admin_core.generator.counting import TimedOut
from admin_core.plugin_manager import WHATEVER
from admin_core.traces import trace_of

log = logging.getLogger(__name__)
HOLD_UP = 2
"""So many times its share, and a part is left alone at once."""


class PartFailed(Exception):
    """A part of a plugin has no answer; why, in a sentence for whoever reads the page."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class HeldUp(Exception):
    """A part computed for longer than its time and could not be stopped."""


@contextmanager
def attempt(circuits: Circuits, plugin: str, part: str, limit_ms: int) -> Iterator[None]:
    """Run a part of a plugin unless it fails all the time; whatever it raises becomes PartFailed, and is counted.

    The block puts what it asks of the database into a time box of ``limit_ms``. What computes for seconds without
    asking the database cannot be stopped, only be left alone from then on.
    """
    if not circuits.admits(plugin, part):
        raise PartFailed("It failed too often lately and is left alone for a minute.")
    began = time.monotonic()
    try:
        yield
    except TimedOut as error:
        circuits.failed(plugin, part, error)
        raise PartFailed(f"It took longer than {limit_ms // 1000} s.") from error
    except WHATEVER as error:
        log.error("%s of plugin %s failed\n%s", part, plugin, trace_of(error))  # noqa: TRY400 (no message)
        circuits.failed(plugin, part, error)
        raise PartFailed("It could not be worked out; the log says why.") from error
    if (took := time.monotonic() - began) > HOLD_UP * limit_ms / 1000:
        log.error("%s of plugin %s held the page up for %.1f s", part, plugin, took)
        circuits.failed(plugin, part, HeldUp(), opens=True)
    else:
        circuits.succeeded(plugin, part)

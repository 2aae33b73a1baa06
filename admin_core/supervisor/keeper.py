"""Keeps programs alive: starts them in order, restarts what ends with growing pauses, stops all within five seconds."""

import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

from admin_core.supervisor import children
from admin_core.supervisor.children import Program
from admin_core.supervisor.places import ServersRefusedError

PAUSES_S = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""How long to wait before the first, second … restart in a row."""
STEADY_S = 10.0
"""A program that lived this long has recovered: its next restart is quick again."""
_LOOK_EVERY_S = 0.05


@dataclass
class Kept:
    """One program under our care. `process` is None while it waits for its restart."""

    program: Program
    process: subprocess.Popen[bytes] | None
    started_at: float
    failures: int = 0
    restart_at: float = 0.0


class Keeper:
    """The programs under our care, in the order they were started."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self.kept: list[Kept] = []

    def adopt(self, program: Program, process: subprocess.Popen[bytes]) -> None:
        """Care for a program somebody else has started."""
        self.kept.append(Kept(program, process, time.monotonic()))

    def add(self, program: Program) -> None:
        """Start a program and care for it."""
        self.adopt(program, children.start(program))

    def run(self) -> None:
        """Keep everything alive until a signal raises KeyboardInterrupt."""
        while True:
            self.look()
            time.sleep(_LOOK_EVERY_S)

    def look(self) -> None:
        """Notice what has ended and start what is due, once."""
        for kept in self.kept:
            if kept.process is not None and kept.process.poll() is not None:
                self._note_end(kept, kept.process.returncode)
            if kept.process is None and time.monotonic() >= kept.restart_at:
                self._restart(kept)

    def stop(self) -> None:
        """Stop everything, last started first; servers (started first) go on until their clients have ended."""
        clients = [kept for kept in self.kept if not kept.program.serves_others]
        servers = [kept for kept in self.kept if kept.program.serves_others]
        for group in (clients, servers):
            _stop_together(group[::-1])
        self.kept.clear()

    def _note_end(self, kept: Kept, status: int) -> None:
        steady = time.monotonic() - kept.started_at > STEADY_S
        kept.failures = 0 if steady else kept.failures + 1
        pause = PAUSES_S[min(kept.failures, len(PAUSES_S) - 1)]
        kept.process, kept.restart_at = None, time.monotonic() + pause
        where = f" (see {kept.program.log})" if kept.program.log else ""
        self._say(f"{kept.program.name} ended with status {status}{where}; again in {pause:g} s.")

    def _restart(self, kept: Kept) -> None:
        kept.started_at = time.monotonic()
        try:
            kept.process = children.start(kept.program)
        except (OSError, ServersRefusedError) as problem:
            kept.failures += 1
            kept.restart_at = time.monotonic() + PAUSES_S[min(kept.failures, len(PAUSES_S) - 1)]
            self._say(f"{kept.program.name} could not be started: {problem}")


def _stop_together(group: list[Kept]) -> None:
    running = [(kept.program, kept.process) for kept in group if kept.process and kept.process.poll() is None]
    for program, process in running:
        process.send_signal(program.stop_signal)
    asked_at = time.monotonic()
    for program, process in running:
        children.reap(process, asked_at + program.stop_s)


def answer_signals() -> None:
    """Let SIGTERM and a closed terminal end us the way Ctrl-C does: by KeyboardInterrupt."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)


def ignore_signals() -> None:
    """While everything is being stopped, a second Ctrl-C must not cut that short."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt

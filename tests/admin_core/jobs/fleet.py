"""Real relays, workers and schedulers as child processes, to be killed, stopped and counted."""

import os
import random
import signal
import time
import traceback
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import IO

from admin_core.jobs.timing import Timing
from admin_core.jobs.worker import die_with
from admin_core.settings import Settings
from tests.admin_core.jobs.process import DRILL, play, web_app

ONE_EACH = ("relay", "worker", "scheduler")
TWO_EACH = ONE_EACH * 2


@dataclass
class Member:
    """A forked process. It has everything in memory, so that a restart costs milliseconds and not seconds."""

    pid: int
    status: int | None = None

    @classmethod
    def fork(cls, kind: str, settings: Settings, timing: Timing, log: IO[str]) -> "Member":
        parent = os.getpid()
        pid = os.fork()
        if pid:
            return cls(pid)
        code = 1
        try:
            die_with(parent)
            os.setpgid(0, 0)
            warnings.simplefilter("default")
            play(kind, settings, timing, log)
            code = 0
        except BaseException:  # noqa: BLE001 nothing may reach pytest's own stack in this copy of it
            traceback.print_exc(file=log)
        finally:
            log.flush()
            os._exit(code)

    def poll(self) -> int | None:
        """Return the exit code (negative: the signal), or None while it runs."""
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status


@dataclass
class Fleet:
    """A supervisor's view: which process plays which part."""

    settings: Settings
    log: IO[str]
    members: dict[str, Member] = field(default_factory=dict)
    deaths: int = 0
    timing: Timing = DRILL

    def start(self, kinds: Sequence[str]) -> None:
        if "web" in kinds:
            web_app(self.settings)  # in memory before the first fork
        for number, kind in enumerate(kinds):
            self.start_one(f"{kind}-{number}")

    def start_one(self, name: str) -> None:
        self.members[name] = Member.fork(name.partition("-")[0], self.settings, self.timing, self.log)

    def restart_the_dead(self) -> int:
        """Start what ended, as a supervisor does; return how many had."""
        ended = [name for name, process in self.members.items() if process.poll() is not None]
        for name in ended:
            self.start_one(name)
        self.deaths += len(ended)
        return len(ended)

    def horses(self) -> list[int]:
        """Return the processes that run a job right now."""
        found = []
        for name, process in self.members.items():
            if name.startswith("worker"):
                found += children(process.pid)
        return found

    def kill_one(self, chance: random.Random) -> str:
        """Kill a process at random, horses as often as all others together; return its part."""
        horses = self.horses()
        if horses and chance.random() < 0.5:
            kill(chance.choice(horses), signal.SIGKILL)
            return "job process"
        name = chance.choice(sorted(self.members))
        kill(self.members[name].pid, signal.SIGKILL)
        ended(self.members[name], time.monotonic())  # dead for whoever asks next: the signal takes a moment
        return name.partition("-")[0]

    def stop(self, timeout_s: float = 20) -> list[int]:
        """End all with SIGTERM and return their exit codes; what does not end in time is killed."""
        for member in self.members.values():
            kill(member.pid, signal.SIGCONT)
            kill(member.pid, signal.SIGTERM)
        give_up = time.monotonic() + timeout_s
        codes = [ended(member, give_up) for member in self.members.values()]
        self.members.clear()
        return codes


def ended(member: Member, give_up: float) -> int:
    """Return the member's exit code as soon as it has one; kill it when time is up."""
    clock = Event()
    while (code := member.poll()) is None:
        if time.monotonic() > give_up:
            kill(member.pid, signal.SIGKILL)
        clock.wait(0.02)
    return code


def children(pid: int) -> list[int]:
    """Return the child processes of a process (Linux)."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:  # it has just ended
        return []
    return [int(child) for child in text.split()]


def kill(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process that may have ended."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return

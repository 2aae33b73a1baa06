"""One child process: started so that it dies with us, awaited until it is ready, stopped within a bound."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from admin_core.supervisor.places import Account, ServersRefusedError

_PR_SET_PDEATHSIG = 1
_POLL_S = 0.01
_LIBC = ctypes.CDLL(None, use_errno=True)


def _nothing() -> None:
    """For programs that need no preparation."""


@dataclass(frozen=True)
class Program:
    """What to run and how; `before` runs ahead of every start, `is_ready` is asked until it says yes.

    A program that serves others has files to close and gets its stop signal when we die; the rest is killed.
    """

    name: str
    command: tuple[str, ...]
    log: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_s: float = 2.5
    serves_others: bool = False
    account: Account | None = None
    environment: Mapping[str, str] | None = None
    directory: Path = Path("/")
    before: Callable[[], None] = _nothing
    is_ready: Callable[[int], bool] | None = None


def die_with_parent(number: signal.Signals, parent: int | None = None) -> Callable[[], None]:
    """A hook for a new process: the kernel sends it `number` when the *thread* that made it ends.

    So children are started from the main thread only. Popen runs the hook after it changed the user, because a
    later change would clear the setting. `parent` is us unless the hook is made in the child already.
    """
    parent = parent or os.getpid()

    def hook() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:  # the parent died in between
            os._exit(1)

    return hook


def start(program: Program) -> subprocess.Popen[bytes]:
    """Start the program in its own session (Ctrl-C stays ours to answer), its output in its log."""
    program.before()
    account = program.account if program.account and program.account.switch else None
    output = os.open(program.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) if program.log else None
    try:
        return subprocess.Popen(  # noqa: S603 (commands are built here, never from input)
            program.command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output is not None else None,
            env=program.environment,
            cwd=program.directory,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            start_new_session=True,
            preexec_fn=die_with_parent(program.stop_signal if program.serves_others else signal.SIGKILL),  # noqa: PLW1509 (it only makes a system call)
        )
    finally:
        if output is not None:
            os.close(output)


def wait_until_ready(program: Program, process: subprocess.Popen[bytes], timeout_s: float = 60.0) -> None:
    """Return once the program answers; refuse with the end of its log when it ends or stays silent."""
    deadline = time.monotonic() + timeout_s
    while program.is_ready and not program.is_ready(process.pid):
        if process.poll() is not None:
            raise ServersRefusedError(f"{program.name} ended with status {process.returncode}.{_log_end(program)}")
        if time.monotonic() > deadline:
            stop(program, process)
            raise ServersRefusedError(f"{program.name} did not answer within {timeout_s:.0f} s.{_log_end(program)}")
        time.sleep(_POLL_S)


def stop(program: Program, process: subprocess.Popen[bytes]) -> None:
    """Ask the program to end, and kill its whole session when it does not within its time."""
    if process.poll() is None:
        process.send_signal(program.stop_signal)
    reap(process, time.monotonic() + program.stop_s)


def reap(process: subprocess.Popen[bytes], deadline: float) -> None:
    """Wait for an ending program until `deadline`, then kill it with everything it started."""
    try:
        process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _log_end(program: Program) -> str:
    if not program.log or not program.log.exists():
        return ""
    lines = program.log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:]
    return f" The end of {program.log}:\n" + "\n".join(lines)


def wait_for_end(pid: int, word: str, timeout_s: float) -> bool:
    """Wait until no process `pid` has `word` in its command line; false when it is still there in the end."""
    deadline = time.monotonic() + timeout_s
    while word in _command_line(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_S)
    return True


def _command_line(pid: int) -> str:
    try:
        return Path("/proc", str(pid), "cmdline").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""

"""Polling for what other processes bring about, and looking at which processes there are."""

import os
import time
from collections.abc import Callable
from pathlib import Path


def eventually(is_true: Callable[[], object], timeout_s: float = 5.0) -> bool:
    """Whether it becomes true in time."""
    deadline = time.monotonic() + timeout_s
    while not is_true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def processes_naming(word: str) -> list[int]:
    """Living processes, ourselves excepted, with this word in command line, environment or working directory."""
    return [pid for pid in _pids() if pid != os.getpid() and word.encode() in _words(pid) and not _is_zombie(pid)]


def programs_naming(word: str, name: str) -> list[int]:
    """Those of them that run a program with this name in its command line."""
    return [pid for pid in processes_naming(word) if name.encode() in _read(pid, "cmdline")]


def _pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _words(pid: int) -> bytes:
    return _read(pid, "cmdline") + _read(pid, "environ") + _working_directory(pid)


def _working_directory(pid: int) -> bytes:
    # Redis and PostgreSQL overwrite their command line, but stay in their data directory.
    try:
        return os.fsencode(Path("/proc", str(pid), "cwd").readlink())
    except OSError:
        return b""


def _read(pid: int, name: str) -> bytes:
    try:
        return Path("/proc", str(pid), name).read_bytes()
    except OSError:
        return b""


def _is_zombie(pid: int) -> bool:
    return b") Z " in _read(pid, "stat")

"""One demo per state directory: its lock, the record other terminals read, and the port it answers on."""

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from admin_core.supervisor.places import ServersRefusedError

PORTS = range(8000, 8100)
RECORD = "demo.json"


class Record(TypedDict):
    """What other terminals may know about the running demo."""

    pid: int
    address: str
    environment: dict[str, str]


@dataclass(frozen=True)
class Demo:
    """Where this demo lives: the checkout, its state, and the port it answers on."""

    project: Path
    state: Path
    port: int

    @property
    def address(self) -> str:
        """What the operator types into a browser."""
        return f"http://localhost:{self.port}"


@contextmanager
def only_one(state: Path) -> Iterator[None]:
    """Hold the lock of this state directory; the kernel frees it however we end."""
    with (state / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ServersRefusedError(_already_running(state)) from None
        yield


def _already_running(state: Path) -> str:
    record = read_record(state)
    if not record:
        return "The demo is already running here (it is just starting)."
    return (
        f"The demo is already running at {record['address']} (process {record['pid']})."
        f" Stop it with Ctrl-C in its terminal or with: kill {record['pid']}"
    )


def read_record(state: Path) -> Record | None:
    """What the demo that runs here, or was killed here, has written down."""
    try:
        record: Record = json.loads((state / RECORD).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return record


def write_record(demo: Demo, settings: Mapping[str, str]) -> None:
    """Write it down, readable only by us: the settings hold secrets."""
    path = demo.state / RECORD
    record = Record(pid=os.getpid(), address=demo.address, environment=dict(settings))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(record, file)


def free_port(state: Path, wanted: int | None) -> int:
    """The port asked for, else the one of a killed predecessor or the first free one from 8000 on."""
    record = read_record(state)
    if wanted is None and record:
        wanted_before = int(record["address"].rpartition(":")[2])
        return wanted_before if _becomes_free(wanted_before) else _first_free()
    if wanted is None:
        return _first_free()
    if not _becomes_free(wanted):
        raise ServersRefusedError(f"Port {wanted} is taken by another program. Choose another with --port.")
    return wanted


def _first_free() -> int:
    for port in PORTS:
        if _is_free(port):
            return port
    raise ServersRefusedError(f"No port from {PORTS.start} to {PORTS.stop - 1} is free. Choose one with --port.")


def _becomes_free(port: int, timeout_s: float = 3.0) -> bool:
    deadline = time.monotonic() + timeout_s
    while not _is_free(port):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True

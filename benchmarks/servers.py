"""The measured processes: one gunicorn with one gthread worker each, on ports of this machine."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from admin_core.supervisor.children import die_with_parent

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Peer:
    """One running application."""

    name: str
    port: int
    process: subprocess.Popen
    started_s: float

    def rss_mb(self) -> float:
        """Return the resident memory of its worker."""
        tasks = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        status = Path(f"/proc/{tasks.split()[0]}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) / 1024

    def stop(self) -> None:
        """End it."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)


def start(name: str, application: str, environment: Mapping[str, str], ready: str, log: Path) -> Peer:
    """Return a served application that has answered its first request."""
    port = free_port()
    command = [
        sys.executable, "-m", "gunicorn", "--workers", "1", "--threads", "4", "--worker-class", "gthread",
        "--keep-alive", "75", "--timeout", "300", "--graceful-timeout", "1", "--no-control-socket",
        "--log-level", "warning", "--bind", f"127.0.0.1:{port}", application,
    ]  # fmt: skip
    began = time.perf_counter()
    with (log / f"{name}.log").open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 (it only makes a system call)
        )
    while not answers(f"http://127.0.0.1:{port}{ready}"):
        if process.poll() is not None or time.perf_counter() - began > 120:
            raise RuntimeError(f"{name} does not answer; see {log / name}.log")
        time.sleep(0.02)
    return Peer(name, port, process, time.perf_counter() - began)


def answers(url: str) -> bool:
    """Return whether something answers there, redirects to a sign-in page included."""
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.status == 200
    except (urllib.error.URLError, ConnectionError):
        return False


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]

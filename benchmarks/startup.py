"""Start-up and memory: ours with all its models beside stock Flask-Admin with 60 and with as many; then the commands.

    python -m benchmarks.startup --database postgresql://…/seeded_demo

Needs the packages of group ``bench`` and bytecode on disk (a first run writes it). Two forked workers each, preloaded
as in production, fifty pages per worker. The database is one that ``admin seed`` has filled.
"""

import argparse
import os
import re
import secrets
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from admin_core.access.commands import sign_in_links
from admin_core.settings import Settings, read_database_url
from benchmarks.client import Client, sign_in
from benchmarks.servers import ROOT, answers, free_port

SCHEMA = "bench_start"
WORKERS = 2
PAGES = 50 * WORKERS
TICKS = os.sysconf("SC_CLK_TCK")
COMMANDS = (("--help",), ("worker",), ("relay",), ("scheduler",))
QUIET_S = 4.0
BUSY_S = 0.02
"""A process that used no more CPU than this for so long has started; looking for work now and then costs less."""
LONGEST_S = 60.0
"""On a slow machine looking for work costs more: what it used by then counts."""


def main() -> None:
    """Measure and print."""
    asked = arguments()
    url = read_database_url(asked.database)
    prepare(url)
    ours = environment(url)
    models = len(registry_keys())
    print("| | first 200, s | of CPU, s | RSS per worker, MB | shared fairly (PSS) | its own |")
    print("|---|---|---|---|---|---|")
    row(f"ours, {models} models", [served("wsgi:app", ours, "/readyz", signed_in(ours)) for _ in range(asked.rounds)])
    for count in (60, models):
        stock = {"BENCH_DATABASE": url, "BENCH_MODELS": str(count)}
        rounds = [
            served("benchmarks.stock_start:app", stock, "/admin/", stock_pages(count)) for _ in range(asked.rounds)
        ]
        row(f"stock, {count} models", rounds)
    print("\n| command | CPU, s | RSS, MB |\n|---|---|---|")
    for command in COMMANDS:
        cpu, rss = settled(command, ours)
        print(f"| `admin {' '.join(command)}` | {cpu:.2f} | {rss:.0f} |", flush=True)


def arguments() -> argparse.Namespace:
    """Return what was asked on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def environment(url: str) -> dict[str, str]:
    """Return the product's settings; nothing may keep bytecode from the disk."""
    return {
        "DATABASE_URL": url.replace("postgresql+psycopg:", "postgresql:"),
        "REDIS_URL": os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/9"),
        "ADMIN_SECRET_KEY": secrets.token_urlsafe(48),
        "ADMIN_ENV": "test",
        "ADMIN_PUBLIC_URL": "http://127.0.0.1",
    }


def prepare(url: str) -> None:
    """Make the tables of the largest stock application."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
        connection.execute(sa.text(f"CREATE SCHEMA {SCHEMA}"))
    engine.dispose()
    making = "from benchmarks.stock_start import app, db\nwith app.app_context(): db.create_all()"
    count = str(len(registry_keys()))
    run = {**os.environ, "BENCH_DATABASE": url, "BENCH_MODELS": count}
    subprocess.run([sys.executable, "-c", making], cwd=ROOT, env=run, check=True)


def registry_keys() -> list[str]:
    """Return the product's models."""
    from admin_core.generator.registry import Registry
    from schema import load_models
    from schema.base import Base

    load_models()
    return list(Registry.of(Base))


def signed_in(settings: Mapping[str, str]):
    """Return who opens lists, records and forms of the product."""

    def open_pages(port: int) -> None:
        client = Client(port)
        sign_in(client, sign_in_links(Settings.from_environment(settings), "Owner").split()[-1])
        left = PAGES
        for key in re.findall(rb'href="(/admin/data/[a-z_]+/)"', client.get("/admin/").body):
            page = client.get(key.decode()).body
            found = re.search(rb'data-href="([^"]+)"', page)
            for url in (found[1].decode(), f"{found[1].decode()}/edit") if found else ():
                client.get(url)
            left -= 3 if found else 1
            if left <= 0:
                return

    return open_pages


def stock_pages(count: int):
    """Return who opens lists and forms of the stock application."""

    def open_pages(port: int) -> None:
        client = Client(port)
        for number in range(PAGES // 2):
            for page in ("", "new/"):
                answer = client.get(f"/admin/things_{number % count}/{page}")
                if answer.status != 200:
                    raise RuntimeError(f"stock answered {answer.status}")

    return open_pages


def served(application: str, settings: Mapping[str, str], ready: str, open_pages) -> tuple[float, ...]:
    """Return seconds to the first answer, CPU of them, and the workers' mean memory three ways."""
    port = free_port()
    command = [
        sys.executable, "-m", "gunicorn", "--preload", "--workers", str(WORKERS), "--threads", "4",
        "--worker-class", "gthread", "--no-control-socket", "--log-level", "warning", "--bind", f"127.0.0.1:{port}",
        application,
    ]  # fmt: skip
    began = time.perf_counter()
    with running(command, settings) as process:
        while not answers(f"http://127.0.0.1:{port}{ready}"):
            if process.poll() is not None:
                raise RuntimeError(f"{application} ended with {process.returncode}")
            time.sleep(0.01)
        first = time.perf_counter() - began
        workers = children(process.pid)
        cpu = sum(cpu_seconds(pid) for pid in (process.pid, *workers))
        open_pages(port)
        memory = [memory_mb(pid) for pid in workers]
    return (first, cpu, *(statistics.mean(values) for values in zip(*memory, strict=True)))


@contextmanager
def running(command: list[str], settings: Mapping[str, str]) -> Iterator[subprocess.Popen]:
    """Yield a process that is ended afterwards."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(
        command, cwd=ROOT, env={**kept, **settings}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def settled(command: tuple[str, ...], settings: Mapping[str, str]) -> tuple[float, float]:
    """Return CPU and resident memory of one of our commands at its end, or once it has nothing more to do."""
    with running([sys.executable, "-m", "admin_core.cli", *command], settings) as process:
        figures, busy_at = (0.0, 0.0), time.monotonic()
        ends_at = busy_at + LONGEST_S
        while process.poll() is None and time.monotonic() < min(busy_at + QUIET_S, ends_at):
            try:
                now = (cpu_seconds(process.pid), memory_mb(process.pid)[0])
            except (OSError, KeyError):  # it ended between the question and the answer
                break
            if now[0] - figures[0] > BUSY_S:
                figures, busy_at = now, time.monotonic()
            time.sleep(0.01)
    return figures


def children(pid: int) -> list[int]:
    """Return the worker processes."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def cpu_seconds(pid: int) -> float:
    """Return the CPU time a process has used."""
    parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / TICKS


def memory_mb(pid: int) -> tuple[float, float, float]:
    """Return resident memory, the same with shared pages divided among those who share, and what is its own."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    sizes = {name: int(size) / 1024 for name, size in re.findall(r"^(\w+):\s+(\d+) kB", text, re.MULTILINE)}
    return sizes["Rss"], sizes["Pss"], sizes["Private_Dirty"] + sizes["Private_Clean"]


def row(name: str, rounds: list[tuple[float, ...]]) -> None:
    """Print the medians."""
    first, cpu, *memory = (statistics.median(values) for values in zip(*rounds, strict=True))
    print(f"| {name} | {first:.2f} | {cpu:.2f} | " + " | ".join(f"{size:.0f}" for size in memory) + " |", flush=True)


if __name__ == "__main__":
    main()

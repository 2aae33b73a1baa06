"""Measures stock Flask-Admin, the floor and the product side by side: ``python -m benchmarks.run --help``."""

import argparse
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from admin_core.access.commands import sign_in_links
from admin_core.settings import Settings
from benchmarks import data, report
from benchmarks.client import Client, sign_in
from benchmarks.database import Databases, alchemy, provided
from benchmarks.goals import Verdict, verdicts
from benchmarks.measuring import Times, interleaved
from benchmarks.servers import ROOT, Peer, start
from benchmarks.sites import Floor, Ours, Probe, Stock, facts, page
from benchmarks.statements import work_of
from benchmarks.weight import Weight, weigh

RESULT = ROOT / "docs" / "proof" / "benchmarks.md"
COUNTED = (
    "list_p1", "list_deep", "list_last", "sort_p1", "sort_deep", "sort_last", "email_list", "frequent_list",
    "rare_list", "none_list", "filter", "pay_p1", "pay_deep", "pay_last", "pay_sort_p1", "pay_sort_last",
)  # fmt: skip
SORT_ROUNDS = 21


def main() -> None:
    """Provide the databases, start the peers, measure, judge and write it down."""
    asked = arguments()
    size = data.Size(asked.customers, asked.customers * 12 // 10, asked.customers * 10)
    before, commit = load(), report.commit()
    databases = provided(asked.directory, size)
    with ExitStack() as stack:
        stack.callback(databases.server.stop)
        peers = []
        for peer in started(databases, asked.directory):
            stack.callback(peer.stop)
            peers.append(peer)
        sites = signed_in(databases, peers)
        weight = weigh(sites["ours"].client.port, sites["ours"].client.cookies, "/admin/data/customers/")
        figures = measured({name: site.probes() for name, site in sites.items()}, asked)
        parts = [*report.opening(f"{before} … {load()}", size, commit), *report.timings(figures)]
        if not asked.only:
            parts += [*judged(databases, sites["ours"], figures, peers, weight)]
    text = report.text_of(parts)
    print(text)
    if not (asked.dry or asked.only):
        report.write(RESULT, text)


def judged(
    databases: Databases, ours: Ours, figures: dict[str, dict[str, Times]], peers: list[Peer], weight: Weight
) -> Iterator[str]:
    """Yield everything beyond the times of pages, and what the goals say about all of it."""
    works = {name: work_of(ours.probes()[name], databases.superuser) for name in COUNTED}
    sorts = sorted_pages(ours)
    yield from report.judged([*verdicts(figures, works, sorts), *weighed(weight)])
    yield from report.database_work(works)
    yield from report.all_sorts(sorts)
    yield from report.processes(peers, weight, startup(databases))


def arguments() -> argparse.Namespace:
    """Return what was asked on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--directory", type=Path, default=Path("/tmp/admin-bench"), help="where the databases are kept")
    parser.add_argument("--customers", type=int, default=data.FULL.customers, help="payments are ten times as many")
    parser.add_argument("--rounds", type=int, default=40, help="requests per peer and page")
    parser.add_argument("--only", default="", help="time these pages alone, names separated by commas")
    parser.add_argument("--dry", action="store_true", help=f"print only, leave {RESULT.relative_to(ROOT)} as it is")
    return parser.parse_args()


def load() -> str:
    """Return the load average."""
    return f"{os.getloadavg()[0]:.1f}"


def started(databases: Databases, log: Path) -> Iterator[Peer]:
    """Yield the peers, each in a process of its own."""
    full, small = alchemy(databases.full), alchemy(databases.tenth)
    yield start("stock", "benchmarks.stock:app", {"BENCH_DATABASE": full}, "/admin/", log)
    yield start("plain", "benchmarks.stock:app", {"BENCH_DATABASE": full, "PGOPTIONS": NO_TRIGRAMS}, "/admin/", log)
    yield start("floor", "benchmarks.floor:app", {"BENCH_DATABASE": databases.full}, "/payments", log)
    yield start("ours", "wsgi:app", environment(full), "/readyz", log)
    yield start("ours_tenth", "wsgi:app", environment(small), "/readyz", log)


NO_TRIGRAMS = "-c enable_bitmapscan=off"
"""GIN indexes are read as bitmaps only: stock without them searches as it does in a database nobody prepared."""
KEY = secrets.token_urlsafe(48)


def environment(url: str) -> dict[str, str]:
    """Return the product's settings over a database: as in production, but that one-use links sign in."""
    return {
        "DATABASE_URL": url,
        "REDIS_URL": "redis://127.0.0.1:1/0",  # no page asks Redis
        "ADMIN_SECRET_KEY": KEY,
        "ADMIN_ENV": "test",
        "ADMIN_PUBLIC_URL": "http://127.0.0.1",
    }


def signed_in(databases: Databases, peers: list[Peer]) -> dict[str, Stock | Floor | Ours]:
    """Return the peers ready to be asked; an owner is signed in to the product."""
    stock, plain, floor, ours, tenth = (Client(peer.port) for peer in peers)
    for client, url in ((ours, databases.full), (tenth, databases.tenth)):
        settings = Settings.from_environment(environment(alchemy(url)))
        sign_in(client, sign_in_links(settings, "Owner").split()[-1])
    about, small = facts(databases.full), facts(databases.tenth)
    return {
        "stock": Stock(stock, about),
        "plain": Stock(plain, about, only=("email", "frequent", "rare", "none")),
        "floor": Floor(floor, about),
        "ours": Ours(ours, about),
        "ours_tenth": Ours(tenth, small),
    }


def measured(probes: Mapping[str, Mapping[str, Probe]], asked: argparse.Namespace) -> dict[str, dict[str, Times]]:
    """Return all times by page and peer."""
    wanted = asked.only.split(",") if asked.only else list(probes["ours"])
    questions = {
        (name, peer): of[name] for name in wanted for peer, of in probes.items() if name in of
    }  # fmt: skip
    figures: dict[str, dict[str, Times]] = {name: {} for name in wanted}
    for (name, peer), times in interleaved(questions, asked.rounds).items():
        figures[name][peer] = times
    return figures


def sorted_pages(ours: Ours) -> dict[str, Times]:
    """Return the times of the first and last page of every sort on offer, asked in turn."""
    paths = [path for table in ("customers", "payments") for path in ours.sorts(table)]
    questions = {}
    for path in paths:
        name = path.removeprefix("/admin/data/").replace("/?sort=", " ")
        questions[name, "ours"] = page(ours.client, path)
        questions[f"{name} last", "ours"] = page(ours.client, f"{path}&last=1")
    return {name: times for (name, _), times in interleaved(questions, SORT_ROUNDS).items()}


def startup(databases: Databases) -> str:
    """Return what ``benchmarks.startup`` prints about starts and memory, P18."""
    command = [sys.executable, "-m", "benchmarks.startup", "--database", databases.tenth]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def weighed(weight: Weight) -> Iterator[Verdict]:
    """Yield the goals about weight; the page itself is compressed by the proxy in front, so not counted here."""
    yield Verdict("P20", "vendored files, compressed", weight.vendored, 160, " kB")
    yield Verdict("P20", "our own scripts and styles, compressed", weight.own, 15, " kB")


if __name__ == "__main__":
    main()

"""The figures of a run as the text of docs/proof/benchmarks.md."""

import os
import platform
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.goals import Verdict
from benchmarks.measuring import Times
from benchmarks.servers import ROOT, Peer
from benchmarks.statements import Work
from benchmarks.weight import Weight

PEERS = ("stock", "plain", "floor", "ours", "ours_tenth")
RATIOS = {"ours / stock": "stock", "ours / floor": "floor", "growth": "ours_tenth"}
TITLES = {
    "list_p1": "customers, page 1",
    "list_deep": "customers, page 1 000",
    "list_last": "customers, last page",
    "sort_p1": "customers by company, page 1",
    "sort_deep": "customers by company, deep",
    "sort_last": "customers by company, last page",
    "email": "exact e-mail (ours: POST and list)",
    "email_list": "exact e-mail, the list alone",
    "frequent": "substring, 2 % of the rows (POST and list)",
    "rare": "substring, 20 rows (POST and list)",
    "none": "substring, no row (POST and list)",
    "frequent_list": "substring, 2 % of the rows, the list alone",
    "rare_list": "substring, 20 rows, the list alone",
    "none_list": "substring, no row, the list alone",
    "look_up": "palette, exact e-mail in every table",
    "filter": "filter plan and status",
    "detail": "record",
    "edit_get": "edit form",
    "edit_post": "save one changed field",
    "form_reference": "edit form with a reference to 1 M rows",
    "form_plain": "edit form without a reference",
    "form_reference_new": "new form with a reference to 1 M rows",
    "pay_p1": "payments, page 1",
    "pay_deep": "payments, page 1 000",
    "pay_last": "payments, last page",
    "pay_sort_p1": "payments by amount, page 1",
    "pay_sort_last": "payments by amount, last page",
    "pay_detail": "payment",
}


def text_of(parts: Iterable[str]) -> str:
    """Return the document."""
    return "\n".join(parts) + "\n"


def commit() -> str:
    """Return what is measured; asked before, for others commit meanwhile."""
    asked = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def opening(load: str, size: object, commit: str) -> Iterator[str]:
    """Yield when, where and how it was measured."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    yield "# Proof: benchmarks\n"
    yield f"- Date: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    yield f"- Machine: {os.cpu_count()} cores, {memory:.0f} GB, {platform.platform()}"
    yield f"- Commit: {commit}"
    yield f"- Load average at start and end: {load}"
    yield f"- Data: {size} and a tenth of it, all in memory\n"
    yield "Written by `python -m benchmarks.run` (benchmarks/README.md says how). Requests of all peers take turns, one"
    yield "keep-alive connection each. The machine is shared: compare ratios within a run, never milliseconds of two.\n"


def timings(figures: Mapping[str, Mapping[str, Times]]) -> Iterator[str]:
    """Yield the table of times."""
    yield "## Times seen by the client, ms (p50 / p95)\n"
    names = (
        "page",
        "stock",
        "stock, no trigram index",
        "floor",
        "ours",
        "ours, tenth",
        *RATIOS,
        "HTML ours / stock, kB",
    )
    yield f"| {' | '.join(names)} |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for scenario, times in figures.items():
        cells = [f"{times[p].p50:.1f} / {times[p].p95:.1f}" if p in times else "-" for p in PEERS]
        ours = times["ours"]
        ratios = [f"{ours.p50 / times[p].p50:.3g}" if p in times else "-" for p in RATIOS.values()]
        stock = f"{times['stock'].size / 1000:.0f}" if "stock" in times else "-"
        size = f"{ours.size / 1000:.0f} / {stock}"
        yield f"| {TITLES[scenario]} | {' | '.join([*cells, *ratios, size])} |"
    yield ""


def judged(found: Iterable[Verdict]) -> Iterator[str]:
    """Yield the table of goals."""
    yield "## Goals\n"
    yield "Searches of stock count as it makes them in a database that has no trigram indexes (“plain”).\n"
    yield "| goal | compared | figure | at most | |"
    yield "|---|---|---|---|---|"
    for verdict in found:
        figure, limit = f"{verdict.value:.3g}{verdict.unit}", f"{verdict.limit:g}{verdict.unit}"
        yield f"| {verdict.goal} | {verdict.what} | {figure} | {limit} | {'met' if verdict.passed else '**missed**'} |"
    yield ""


def database_work(works: Mapping[str, Work]) -> Iterator[str]:
    """Yield what each page costs PostgreSQL."""
    yield "## Statements and time inside PostgreSQL (mean of 10, BEGIN, COMMIT and SET not counted)\n"
    yield "| page | statements | ms | the slowest |"
    yield "|---|---|---|---|"
    for name, work in works.items():
        slowest = work.slowest.replace("|", "\\|")
        yield f"| {TITLES.get(name, name)} | {work.statements:g} | {work.ms:.2f} | `{slowest}` |"
    yield ""


def all_sorts(sorts: Mapping[str, Times]) -> Iterator[str]:
    """Yield the first and last page of every sort on offer."""
    yield "## Every offered sort, first and last page, ms (p50 of 21)\n"
    yield "| sort | first | last |"
    yield "|---|---|---|"
    for name in sorts:
        if not name.endswith(" last"):
            yield f"| {name} | {sorts[name].p50:.1f} | {sorts[f'{name} last'].p50:.1f} |"
    yield ""


def processes(peers: Iterable[Peer], weight: Weight, starts: str) -> Iterator[str]:
    """Yield memory of the measured processes and the weight of a first visit."""
    yield "## Memory and weight\n"
    yield "Resident memory of the worker after all this: " + ", ".join(
        f"{peer.name} {peer.rss_mb():.0f} MB" for peer in peers
    ) + ".\n"  # fmt: skip
    yield (
        f"First visit with an empty cache, as it travels: page {weight.page:.1f} kB (not compressed by us),"
        f" vendored files {weight.vendored:.1f} kB, our own scripts and styles {weight.own:.1f} kB,"
        f" {weight.requests} requests.\n"
    )
    yield "## Start and memory (`python -m benchmarks.startup`)\n"
    yield starts


def write(path: Path, text: str) -> None:
    """Keep the document."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)

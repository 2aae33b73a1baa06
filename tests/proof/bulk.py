"""The full-size proof of bulk work: a selection edited, files read in and rollups refreshed while workers are killed;
and five hundred formulas taken out as files that a real LibreOffice opens.

It runs on its own PostgreSQL.
"""

import csv
import io
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from admin_core import migrate
from admin_core.bulk.editing import BATCH, Edit
from admin_core.csv_text import MARK, safe
from admin_core.supervisor.servers import start_postgres
from schema.content import FaqEntry
from schema.views import Selection
from tests.admin_core.bulk.world import PATIENT, BulkWorld, Found, Writers, check_each_once
from tests.admin_core.exports.payloads import PAYLOADS
from tests.admin_core.rollups import drill
from tests.admin_core.rollups.drill import RollupWorld
from tests.databases import make_roles, normal
from tests.journeys.site import make_site, token_in
from tests.proof import _spreadsheets as spreadsheets
from tests.proof._importing import File, read_in

PART = int(os.environ.get("ADMIN_PROOF_PART", "1"))
"""5: a fifth of the rows, on a machine that has other work. Kills stay as many."""
ROWS, MOVES, KILLS = 100_000 // PART, 2, 110
"""A selection holds no more rows unless an Owner allows it; so they are moved, and moved on."""
FILES, FILE_ROWS, FILE_KILLS = 3, 10_000 // PART, 45
TRIES = 30
EVENTS, EVENT_DAYS, REFRESH_KILLS = 300_000 // PART, 180, 50


def main() -> None:
    """Run every part; a row lost or done twice, a wrong number and a formula each raise."""
    seed = random.SystemRandom().randrange(2**32)
    chance = random.Random(seed)
    if PART > 1:
        print(f"Run at 1/{PART} of its rows: this machine had other work. ADMIN_PROOF_PART=1 is the full size.\n")
    with server() as url:
        died = [selections(url, chance), imports(url, chance), rollups(url, chance)]
        print(f"{sum(died)} kills (kill -9) in all; seed {seed}.\n")
        formulas(url)


@contextmanager
def server() -> Iterator[str]:
    """Yield the address of a database of our own."""
    postgres = start_postgres(fast_unsafe=True)
    try:
        make_roles(postgres.superuser_url)
        url = normal(postgres.superuser_url)
        migrate.upgrade(url)
        yield url
    finally:
        postgres.stop()


# --- A selection whose filtered field is changed
def selections(url: str, chance: random.Random, rows: int = ROWS, kills: int = KILLS) -> int:
    """Move all rows, and move them on, until enough workers were killed; return how many were."""
    world, began, died, moves = BulkWorld.open(url), time.monotonic(), 0, list[Found]()
    world.fill("c-0", rows)
    while died < kills or len(moves) < MOVES:
        killed, found = move(world, f"c-{len(moves)}", share(kills - died, MOVES - len(moves)), chance)
        died, moves = died + killed, [*moves, found]
    world.close()
    print(f"Rows selected by a filter and moved out of it, {len(moves)} times ({time.monotonic() - began:.0f} s)")
    for found in moves:
        print(f"{len(found.selected)} selected: {len(found.done)} moved once, {len(found.left)} gone and reported.")
    print(f"{died} times the worker was killed in the middle; another went on where it stopped.")
    print(f"Batches of {BATCH} rows; two writers changed, deleted and added rows. The lease of a dead worker")
    print(f"({PATIENT.lease_s:.0f} s) was ended at once: that it lapses by itself is proven with the jobs.")
    print("Each selected row has one outcome and at most one change; no row that came later was touched.\n")
    return died


def move(world: BulkWorld, old: str, kills: int, chance: random.Random) -> tuple[int, Found]:
    """Set another category in all rows of one, by a job whose workers are killed; return how many died, and the end."""
    selection = selected(world, old)
    new = f"c-{int(old.removeprefix('c-')) + 1}"
    run = world.ask(Edit(world.spec(), {"category": new}, take_changed=True), selection)
    assert run.job_id is not None  # it was asked of a job
    with Writers(world, old, chance.randrange(2**32)).writing() as writers:
        died = world.kill_often(run.job_id, kills, chance)
        world.finish(run.job_id)
    found = check_each_once(world, run, selection)
    stayed = {row.id for row in world.rows("SELECT id::text FROM admin.faq_entries WHERE category = :c", c=old)}
    assert stayed <= writers.added, "a selected row was left behind"
    return died, found


def selected(world: BulkWorld, category: str) -> Selection:
    """Freeze a selection, again where a busy machine needs longer than a page may take, as the person at it would."""
    for _ in range(TRIES):
        with suppress(OperationalError):
            return world.select(category)
    raise AssertionError(f"{TRIES} times it took too long.")


def share(left: int, turns: int) -> int:
    """Return how many of those left fall to each turn."""
    return -(-left // max(turns, 1))


# --- Files that are read in
def imports(url: str, chance: random.Random, rows: int = FILE_ROWS, kills: int = FILE_KILLS) -> int:
    """Read files in until enough workers were killed, three at least; return how many were."""
    world, began, files, died = BulkWorld.open(url), time.monotonic(), 0, 0
    while died < kills or files < FILES:
        files += 1
        died += read_in(world, File(f"f-{files}", rows), share(kills - died, FILES - files + 1), chance)
    world.close()
    print(f"Files of {rows} rows that were read in, {files} of them ({time.monotonic() - began:.0f} s)")
    print(
        f"{died} times the worker was killed in the middle, once per file while it tried the rows out; another went on."
    )
    print(f"Of each {rows - rows // 100} rows are stored once, in one change; {rows // 100} were refused once each.\n")
    return died


# --- Numbers kept by day
def rollups(url: str, chance: random.Random, events: int = EVENTS, kills: int = REFRESH_KILLS) -> int:
    """Kill `admin rollups` again and again, then let it end; return how many commands were killed."""
    world, began, died, turns = RollupWorld.open(url), time.monotonic(), 0, 0
    world.fill(events, EVENT_DAYS)
    with drill.writing(world, chance.randrange(2**32)) as done:
        while died < kills:
            died += world.killed(chance.uniform(0.2, 3), anew=turns % 10 == 0)
            turns += 1
        world.refresh()
        assert world.marked < len(done) * 20, "only what was written since waits"
    world.refresh()
    said = drill.check_kept_equals_rows(world)
    world.close()
    print(
        f"{events} usage events over {EVENT_DAYS} days, summed up by `admin rollups` ({time.monotonic() - began:.0f} s)"
    )
    print(
        f"{died} times the command was killed in the middle, each tenth time a rebuild of every day; meanwhile a writer"
    )
    print(
        f"added, moved, renamed and deleted {len(done)} events. After one refresh more, what is kept equals the rows:"
    )
    print("\n".join(f"  {line}" for line in said if " 0 values" not in line) + "\n")
    return died


# --- Formulas in files
def formulas(url: str) -> None:
    """Take the formulas out as files, through the page, and count what LibreOffice would run of them."""
    site = make_site(url)
    with site.machine.database.transaction() as session:
        session.execute(sa.delete(FaqEntry))
        session.add_all(FaqEntry(question=text, answer="So.", category="formulas", position=place)
                        for place, text in enumerate(PAYLOADS))  # fmt: skip
    browser = site.client("Owner")
    form = {"csrf_token": token_in(browser.get("/admin/palette").text)}
    print(f"{len(PAYLOADS)} formulas in texts, exported from the list and opened by {spreadsheets.version()}")
    for name, ending, separator in FORMATS:
        answer = browser.post("/admin/data/faq_entries/export", data={**form, "format": name})
        assert answer.status_code == 200, answer.status_code
        rows = spreadsheets.opened(answer.data, ending, separator)
        print(f"{name}: {judged(rows, ending)}")
    site.machine.database.engine.dispose()
    raw = spreadsheets.opened(unguarded_csv(), "csv")
    active = sum(is_formula for row in raw for _, is_formula in row)
    assert active > 0, "LibreOffice was not tempted, so nothing is proven"
    print(f"The same texts written to a CSV without our guard, to see that it would: {active} cells are formulas.")


FORMATS = (("csv", "csv", spreadsheets.COMMA), ("excel", "csv", spreadsheets.SEMICOLON), ("xlsx", "xlsx", 0))


def judged(rows: spreadsheets.Cells, ending: str) -> str:
    """Return what became of the formulas, in a sentence; AssertionError for one that would run, or a lost text."""
    active = [text for row in rows for text, is_formula in row if is_formula]
    assert active == [], active[:5]
    place = [text for text, _ in rows[0]].index("Question")
    read = [row[place][0] for row in rows[1:]]
    wanted = [safe(text) for text in PAYLOADS] if ending == "csv" else PAYLOADS
    assert sorted(read) == sorted(map(spreadsheets.one_end, wanted))
    marked = len(set(wanted) - set(PAYLOADS))
    words = f"is what it was, {marked} with apostrophes that keep them texts" if marked else "is what it was"
    return f"{len(read)} rows, none of {sum(map(len, rows))} cells is a formula, every text {words}."


def unguarded_csv() -> bytes:
    """Return what a program would write that knows of no spreadsheets."""
    out = io.StringIO()
    csv.writer(out).writerows([text] for text in PAYLOADS)
    return f"{MARK}{out.getvalue()}".encode()

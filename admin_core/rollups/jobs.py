"""What workers do for rollups: refresh what was marked, and compare it with the rows."""

from datetime import UTC, date, datetime
from functools import partial

from sqlalchemy.orm import Session

from admin_core.jobs.run import Chunk, JobRun, Json
from admin_core.periods import local_day
from admin_core.rollups.refreshing import begin, marked_days, refresh_days
from admin_core.rollups.sources import Kept, Rollups
from admin_core.rollups.verifying import lately, verify, write_down


def refresh_rollups(run: JobRun) -> str:
    """Every day that was marked when its turn came is computed anew."""
    done = run.chunks(partial(next_days, run.machine.rollups))
    return f"Computed {done} days anew."


def next_days(rollups: Rollups, session: Session, at: Json) -> Chunk:
    """Compute the next days of the rollup whose turn it is; each day has one turn in a run, so that a run ends."""
    names, done = sorted(rollups.by_name), int(at.get("done", 0))
    left = [name for name in names if name >= at.get("name", "")]
    if not left:
        return Chunk(done=done, is_last=True)
    rollup, days = rollups.by_name[left[0]], list[date]()
    if begin(session, rollups, rollup) is not None:
        days = marked_days(session, rollup, date.fromisoformat(at.get("day", "0001-01-01")))
    if days:
        refresh_days(session, rollup, days)
        place = {"name": rollup.name, "day": days[-1].isoformat()}
        return Chunk(at={**place, "done": done + len(days)}, done=done + len(days), note=rollup.title)
    if len(left) == 1:
        return Chunk(done=done, is_last=True)
    return Chunk(at={"name": left[1], "done": done}, done=done)


def verify_rollups(run: JobRun) -> str:
    """It is written down whether what is kept agrees with the rows."""
    today = local_day(datetime.now(UTC))
    found = {
        name: run.step(name, partial(compare_one, run, rollup, today))
        for name, rollup in sorted(run.machine.rollups.by_name.items())
    }
    wrong = [f"{name} differs on {result['days']} days" for name, result in found.items() if result["days"]]
    return f"{', '.join(wrong)}." if wrong else f"All {len(found)} agree with their rows."


def compare_one(run: JobRun, rollup: Kept, today: date, session: Session) -> Json:
    """Compare one rollup and keep what was found."""
    found = verify(session, rollup, lately(session, rollup, today))
    write_down(session, [found], run.id)
    return {"days": len(found.days)}

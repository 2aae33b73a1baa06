"""What the health plugin does at night."""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from admin_core.jobs.run import JobRun, Json
from admin_core.periods import local_day
from plugins.health import queries
from schema.health_checks import SizeSample


def record_sizes(run: JobRun) -> str:
    """The size of the database and of each table is known for the day of the slot, or for today."""
    done = run.step("sizes", lambda session: sample(session, run.args))
    return f"Recorded {done['rows']} sizes."


def sample(session: Session, args: Json) -> dict[str, int]:
    """Write one row per table and one for the whole; a second run of the day writes the newer figures."""
    day = slot_day(session, args)
    rows = [{"day": day, **size._asdict()} for size in queries.sizes_now(session)]
    new = insert(SizeSample)
    newer = {name: new.excluded[name] for name in ("size_bytes", "index_bytes", "row_count")}
    key = [SizeSample.day, SizeSample.kind, SizeSample.name]
    session.execute(new.on_conflict_do_update(index_elements=key, set_=newer), rows)
    return {"rows": len(rows)}


def slot_day(session: Session, args: Json) -> date:
    """Return the day in Johannesburg that the schedule meant; today when somebody asked."""
    moment = datetime.fromisoformat(args["slot"]) if "slot" in args else session.scalars(select(func.now())).one()
    return local_day(moment)

"""What runs at night."""

from datetime import timedelta

from sqlalchemy import delete, func
from sqlalchemy.orm import Session

from admin_core.jobs.run import JobRun
from greeter_plugin.models import Greeting

KEPT = timedelta(days=365)


def forget_old_greetings(run: JobRun) -> str:
    """Greetings older than a year are gone."""

    def forget(session: Session) -> dict[str, int]:
        gone = session.scalars(delete(Greeting).where(Greeting.greeted_at < func.now() - KEPT).returning(Greeting.id))
        return {"gone": len(gone.all())}

    return f"Forgot {run.step('forget', forget)['gone']} greetings."

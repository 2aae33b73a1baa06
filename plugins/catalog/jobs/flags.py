"""What workers write down about flags."""

import uuid
from datetime import datetime

from admin_core.jobs.run import JobRun
from plugins.catalog.actions import flags as actions


def note_evaluations(run: JobRun) -> str:
    """Flags that the customer app asked for say when."""
    flag_ids = [uuid.UUID(each) for each in run.args["flags"]]
    moment = datetime.fromisoformat(run.args["moment"])
    with run.transaction() as session:
        return f"{actions.note_evaluated(session, flag_ids, moment)} flags were asked for."

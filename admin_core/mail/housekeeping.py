"""What was written is forgotten: the words after 90 days, the row when its retention is over."""

from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from admin_core.jobs import housekeeping
from admin_core.jobs.run import Chunk, JobRun, Json
from schema.mail import MailMessage, MailState

WORDS_KEPT = timedelta(days=90)
WAITING = (MailState.QUEUED, MailState.SENDING)


def forget_old_mail(run: JobRun) -> str:
    """Old messages have lost their words, older ones are gone."""
    emptied = run.chunks(empty_words, name="words")
    deleted = run.chunks(housekeeping.deletion(MailMessage), name="rows")
    return f"Deleted the words of {emptied} messages, and {deleted} messages."


def empty_words(session: Session, at: Json) -> Chunk:
    """Delete the words of some old messages that do not wait to be sent; a hash of them stays."""
    old = (
        select(MailMessage.id)
        .where(
            MailMessage.created_at < func.now() - WORDS_KEPT,
            MailMessage.body_text.is_not(None),
            MailMessage.state.not_in(WAITING),
        )
        .order_by(MailMessage.created_at)
        .limit(housekeeping.CHUNK)
        .with_for_update(skip_locked=True)
    )
    values = {"body_text": None, "body_html": None, "server_answer": None}
    statement = update(MailMessage).where(MailMessage.id.in_(old)).values(values).returning(MailMessage.id)
    gone = session.scalars(statement, execution_options={"synchronize_session": False}).all()
    done = int(at.get("done", 0)) + len(gone)
    return Chunk(at={"done": done}, done=done, is_last=len(gone) < housekeeping.CHUNK)

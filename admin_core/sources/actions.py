"""What people may do to a mapping on its record's page: read it now, pause it, let it go on, read all of it again.

What they may do to single rows stands in ``row_actions``.
"""

from sqlalchemy.orm import Session

from admin_core.contributions import Action, ActionRefused, Effects
from admin_core.sources.asking import SYNC
from admin_core.sources.declared import NO_FILE
from admin_core.sources.row_actions import CONTROL, LOAD_FILES, ROW_ACTIONS
from schema.sources import SourceKind, SourceMapping

MODEL = "source_mappings"
FILE_PAGE = "/admin/system/sources/{record}/file"
BY_HAND = "Paused by hand."


def pause(session: Session, record: SourceMapping) -> str:
    """Read it no more until somebody resumes it."""
    record.enabled, record.paused_reason = False, BY_HAND
    session.flush()
    return f"{record.name} is paused."


def resume(session: Session, record: SourceMapping) -> str:
    """Let it be read again."""
    if record.paused_reason == NO_FILE:
        raise ActionRefused(NO_FILE, "Put it back into the file, and it goes on by itself.")
    record.enabled, record.paused_reason = True, None
    session.flush()
    return f"{record.name} is read again, from where it stood."


def read_now(effects: Effects) -> str:
    """Ask for the job now."""
    effects.enqueue(SYNC, {})
    return "It is being read now, with all others."


def read_all(session: Session, record: SourceMapping, effects: Effects) -> str:
    """Forget how far it was read, and ask for the job."""
    record.watermark = record.definition_digest = None
    session.flush()
    effects.enqueue(SYNC, {})
    return f"All rows of {record.name} are compared now."


def not_read(record: SourceMapping) -> str:
    """Return why a mapping isn't read, empty when it is."""
    if record.kind is SourceKind.API:
        return "Programs send its rows by API: nothing is read."
    if record.kind is SourceKind.CSV:
        return "Its rows come by file: load one."
    return "" if record.enabled else "It is paused. Resume it first."


def no_file(record: SourceMapping) -> str:
    """Return why no file is loaded into a mapping, empty when one can be."""
    if record.kind is not SourceKind.CSV:
        return "Its rows do not come by file."
    return "" if record.enabled else "It is paused. Resume it first."


def not_pausable(record: SourceMapping) -> str:
    """Return why a mapping can't be paused, empty when it can."""
    return "" if record.kind is SourceKind.CSV and record.enabled else not_read(record)


def not_paused(record: SourceMapping) -> str:
    """Return why there is nothing to resume."""
    return "It is not paused." if record.enabled else ""


SOURCE_ACTIONS = (
    Action(
        slug="read-now",
        label="Read now",
        model=MODEL,
        permission=CONTROL,
        run=read_now,
        refuses=not_read,
        explain="What changed since the last reading is taken, instead of within five minutes.",
        icon="refresh",
    ),
    Action(
        slug="read-all",
        label="Read from the start",
        model=MODEL,
        permission=CONTROL,
        run=read_all,
        refuses=not_read,
        explain="Every row is compared with ours. Rows that are the same are not written.",
        icon="arrows-exchange",
    ),
    Action(
        slug="pause-source",
        label="Pause reading",
        model=MODEL,
        permission=CONTROL,
        run=pause,
        refuses=not_pausable,
        explain="Ours stay as they are until somebody resumes it. A reading that is under way comes to its end.",
        icon="player-pause",
    ),
    Action(
        slug="resume-source",
        label="Resume reading",
        model=MODEL,
        permission=CONTROL,
        run=resume,
        refuses=not_paused,
        explain="It goes on from where it stood.",
        icon="player-play",
    ),
    Action(
        slug="load-file",
        label="Load a file",
        model=MODEL,
        permission=LOAD_FILES,
        page=FILE_PAGE,
        refuses=no_file,
        icon="upload",
    ),
    *ROW_ACTIONS,
)

"""A file that somebody uploads for a mapping: kept, looked at, and only then handed to the job that takes its rows."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from admin_core.generator.errors import BadRequest, NotFound
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.imports.decoding import Unreadable
from admin_core.imports.section import MB, most_bytes
from admin_core.imports.tables import first, records
from admin_core.jobs.enqueue import Origin
from admin_core.machine import Machine
from admin_core.policy import Person, require, sees
from admin_core.reflection.database import open_reflected
from admin_core.settings import SettingsError
from admin_core.sources import loading, theirs
from admin_core.sources.actions import no_file
from admin_core.sources.checking import PREVIEWED, lacking, shown_row, unmapped
from admin_core.sources.files import NUMBER, headings_of, of_file
from admin_core.sources.fitting import misfits
from admin_core.sources.keeping import Refusal
from admin_core.sources.mapping import Feed, Source, read_source
from admin_core.sources.syncing import source_url
from schema.artifacts import Artifact
from schema.jobs import Job
from schema.sources import SourceMapping

PATIENCE_MS = 5_000
LOOKED_AT_DAYS = 1
"""So long a file is kept that nobody has asked to take."""


@dataclass(frozen=True)
class Into:
    """A mapping that takes files, as the source file has it."""

    row: SourceMapping
    source: Source
    feed: Feed
    target: ModelSpec
    """Of the rows that it makes."""


@dataclass(frozen=True)
class Look:
    """What a file would come to; nothing of it is written."""

    headings: tuple[str, ...]
    unread: tuple[str, ...]
    """Columns of the file that no expression reads."""
    problems: tuple[str, ...]
    """Why it can't be taken at all."""
    labels: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    """The first ones as they would be here."""
    refusals: tuple[Refusal, ...]
    """Of the first ones, those that can't even be read."""


def into(parts: Machine, session: Session, person: Person, mapping_id: UUID) -> Into:
    """Return a mapping that takes files now; NotFound or BadRequest says why none.

    Refused for who may not import such records on their list: a file changes them all the same.
    """
    row = session.get(SourceMapping, mapping_id)
    if row is None:
        raise NotFound("There is no such mapping.", "Choose one on the page Sources.")
    if why := no_file(row):
        raise BadRequest(why, "Choose a mapping whose rows come by file.")
    try:
        source = read_source(parts.settings.source_file) if parts.settings.source_file else Source()
    except SettingsError as error:
        raise BadRequest(" ".join(error.problems), "Whoever runs the admin has to mend the source file.") from error
    feed = source.named(row.name)
    if feed is None or not feed.is_file:
        raise BadRequest(f"The source file has no mapping {row.name} from a file any more.", "Put it back first.")
    if feed.to not in parts.registry:
        raise BadRequest(
            " ".join(misfits(source, parts.registry)), "Whoever runs the admin has to mend the source file."
        )
    target = parts.registry.spec(feed.to)
    require(person, "import", target)
    return Into(row, source, feed, target)


def uploaded(parts: Machine, session: Session, person: Person, chosen: Into, data: bytes) -> UUID:
    """Keep a file and return its id; Unreadable says what is wrong with it."""
    most = most_bytes(session, parts.cipher)
    if not data:
        raise Unreadable("Choose a file: CSV, Excel workbook (.xlsx) or JSON lines.")
    if len(data) > most:
        raise Unreadable(f"The file has more than {most // MB} MB. Split it, or load it by admin source load.")
    headings_of(data)
    return loading.keep(parts, session, chosen.feed.name, data, person.id, days=LOOKED_AT_DAYS)


def file_of(session: Session, person: Person, chosen: Into, file_id: UUID) -> Artifact:
    """Return a file that the person uploaded for a mapping; NotFound for those of others, as for none."""
    mine = (Artifact.id == file_id, Artifact.owner_id == person.id, Artifact.kind == loading.KIND)
    found = session.scalar(select(Artifact).where(*mine, Artifact.name == loading.name_for(chosen.feed.name)))
    if found is None:
        raise NotFound("There is no such file.", "It may be somebody else's.")
    return found


def look_into(parts: Machine, person: Person, chosen: Into, data: bytes) -> Look:
    """Return what a file would come to, as the person may see it; Unreadable when it can't be read."""
    names, spec = headings_of(data), chosen.target
    feed = of_file(chosen.feed, names)
    labels = tuple(spec.columns[ours].label for ours in feed.columns if ours in spec.columns)
    unread = tuple(each for each in unmapped(names, [feed]) if each and each != NUMBER)
    wrong = misfits(chosen.source, parts.registry)
    if wrong:
        return Look(tuple(names), unread, tuple(wrong), labels, (), ())
    engine = open_reflected(source_url(parts.settings), pool_size=1)
    asked = engine.execution_options(**{theirs.PATIENCE: PATIENCE_MS})
    try:
        problems = lacking(asked, feed)
        some = [] if problems else first(records(data, len(names)), PREVIEWED)
        found, refusals = loading.read(asked, feed, names, some)
    except DBAPIError as error:
        problems, found, refusals = [theirs.sentence_of(error)], [], []
    finally:
        engine.dispose()

    def masks(column: ColumnSpec) -> bool:
        return sees(person, column) != "clear"

    rows = (shown_row(spec, feed, row, masks) for row in found)
    return Look(
        tuple(names), unread, tuple(problems), labels, tuple(tuple(row.values()) for row in rows), tuple(refusals)
    )


def ask(parts: Machine, session: Session, chosen: Into, file_id: UUID, origin: Origin) -> UUID:
    """Ask for the job that takes the rows of a kept file, and return its id; a second time it is the same one."""
    return loading.ask(parts, session, file_id, chosen.row.id, origin)


def job_of(session: Session, file_id: UUID) -> Job | None:
    """Return the job that takes the rows of a file; None while nobody asked for it."""
    return session.scalar(select(Job).where(Job.idempotency_key == loading.key_of(file_id)))

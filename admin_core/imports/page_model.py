"""What the pages of an import show, as plain values for their templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from admin_core.generator import urls
from admin_core.generator.context import Context
from admin_core.generator.ids import decode_key
from admin_core.generator.labels import labels_for
from admin_core.generator.reads import is_read
from admin_core.generator.spec import ModelSpec
from admin_core.imports.actions import ENDED, rows_to_write
from admin_core.imports.keeping import Findings, Sample, findings_of
from admin_core.imports.mapping import EMPTY, MODES, NONE, Fields, Reading, fields_of, identity_for, proposals
from admin_core.imports.section import MB, most_bytes
from admin_core.jobs_screen.files import file_url
from admin_core.jobs_screen.lines import job_url
from admin_core.machine import Machine
from admin_core.policy import MASK, sees
from admin_core.theme.formats import number
from schema.access_log import AccessKind
from schema.imports import DataImport, ImportState
from schema.jobs import Job

STATES: dict[ImportState, tuple[str, str]] = {
    ImportState.UPLOADED: ("uploaded", "neutral"),
    ImportState.CHECKING: ("being tried out", "info"),
    ImportState.CHECKED: ("tried out, nothing written yet", "warning"),
    ImportState.RUNNING: ("running", "info"),
    ImportState.DONE: ("done", "success"),
    ImportState.FAILED: ("stopped", "danger"),
}
"""Words and tone."""


@dataclass(frozen=True)
class Recent:
    """An earlier import."""

    url: str
    imported: DataImport
    state: tuple[str, str]


@dataclass(frozen=True)
class UploadPage:
    """Asks for a file."""

    spec: ModelSpec
    action: str
    back: str
    most_mb: int
    recent: tuple[Recent, ...]
    problem: str


@dataclass(frozen=True)
class ColumnLine:
    """One column of the file."""

    name: str
    heading: str
    examples: tuple[str, ...]
    key: str
    why: str
    problem: str


@dataclass(frozen=True)
class MappingPage:
    """Asks what the columns mean."""

    spec: ModelSpec
    imported: DataImport
    action: str
    back: str
    columns: tuple[ColumnLine, ...]
    choices: tuple[tuple[str, str], ...]
    identities: tuple[tuple[str, str], ...]
    modes: tuple[tuple[str, str], ...]
    empties: tuple[tuple[str, str], ...]
    reading: Reading
    masked: tuple[str, ...]
    problems: Mapping[str, str]


@dataclass(frozen=True)
class ShownSample:
    """A row that changes something."""

    row: int
    name: str
    url: str
    fields: tuple[tuple[str, str, str], ...]
    """Label, before, after."""


@dataclass(frozen=True)
class ImportPage:
    """What would happen, or what happened."""

    spec: ModelSpec
    imported: DataImport
    state: tuple[str, str]
    problem: str
    two: str
    """Why a second person has to approve it."""
    counts: tuple[tuple[str, str], ...]
    samples: tuple[ShownSample, ...]
    problems: tuple[tuple[int, str, str], ...]
    refused_url: str
    columns_url: str
    run_url: str
    """Empty: it can't be carried out (any more)."""
    rows: int
    change_url: str
    job: Job | None
    job_url: str
    back: str
    again_url: str


def upload_page(
    parts: Machine, ctx: Context, spec: ModelSpec, recent: Sequence[DataImport], problem: str
) -> UploadPage:
    """Return the page that asks for a file."""
    lines = tuple(Recent(f"/admin/imports/{each.id}", each, STATES[each.state]) for each in recent)
    most = most_bytes(ctx.session, parts.cipher) // MB
    return UploadPage(spec, urls.import_url(spec.key), urls.list_url(spec.key), most, lines, problem)


def mapping_page(
    ctx: Context,
    imported: DataImport,
    reading: Reading | None,
    known: Mapping[str, str],
    problems: Mapping[str, str],
) -> MappingPage:
    """Return the page that asks what the columns mean."""
    spec = ctx.registry.spec(imported.model_key)
    fields, found = fields_of(ctx.person, spec, ctx.registry), findings_of(ctx.cipher, imported)
    proposed = proposals(fields, found.headings, known)
    chosen = reading or proposal_of(fields, [each.key for each in proposed])
    lines = tuple(
        ColumnLine(
            name=f"column-{place}",
            heading=each.heading or f"(column {place + 1})",
            examples=tuple(text for row in found.first if (text := row[place])),
            key=chosen.columns[place],
            why="" if chosen.columns[place] else each.why,
            problem=problems.get(f"column-{place}", ""),
        )
        for place, each in enumerate(proposed)
    )
    return MappingPage(
        spec=spec,
        imported=imported,
        action=f"/admin/imports/{imported.id}/check",
        back=urls.import_url(spec.key),
        columns=lines,
        choices=tuple((key, labelled(fields, key)) for key in fields.slots),
        identities=tuple((name, called(spec, unique.keys)) for name, unique in fields.uniques.items()),
        modes=tuple(MODES.items()),
        empties=tuple(EMPTY.items()),
        reading=chosen,
        masked=tuple(c.label for c in spec.columns.values() if sees(ctx.person, c) == "masked"),
        problems=problems,
    )


def proposal_of(fields: Fields, columns: Sequence[str]) -> Reading:
    """Return how a file is probably to be read in."""
    identity = identity_for(fields, columns)
    if identity == NONE or not fields.edit:
        return Reading(tuple(columns), mode="create", identity=identity)
    return Reading(tuple(columns), mode="both" if fields.create else "update", identity=identity)


def labelled(fields: Fields, key: str) -> str:
    """Return a field's label, with what must be known about it."""
    label = fields.spec.columns[key].label
    if key not in fields.edit and key not in fields.create:
        return f"{label} (finds the record)"
    return f"{label} (needed for a new one)" if key in fields.create and fields.create[key].required else label


def called(spec: ModelSpec, keys: Sequence[str]) -> str:
    """Return what a combination of columns is called."""
    return " and ".join(spec.columns[key].label for key in keys)


def import_page(ctx: Context, imported: DataImport, *, problem: str, two: str) -> ImportPage:
    """Return the page of an import that was tried out, runs, or is over."""
    spec = ctx.registry.spec(imported.model_key)
    found = findings_of(ctx.cipher, imported) if imported.file_key else Findings()  # forgotten with its file
    can_run = bool(imported.file_key) and imported.state is ImportState.CHECKED and rows_to_write(imported) > 0
    own = f"/admin/imports/{imported.id}"
    job = ctx.session.get(Job, imported.job_id) if imported.job_id else None
    return ImportPage(
        spec=spec,
        imported=imported,
        state=STATES[imported.state],
        problem=problem or imported.error or "",
        two=two if can_run else "",
        counts=counts_of(imported),
        samples=samples_of(ctx, spec, found),
        problems=found.problems,
        refused_url=file_url(imported.refused_id) if imported.refused_id else "",
        columns_url=f"{own}?columns" if imported.file_key and imported.state not in ENDED else "",
        run_url=f"{own}/run" if can_run else "",
        rows=rows_to_write(imported),
        change_url=urls.change_url(imported.id) if has_written(imported, job) else "",
        job=job,
        job_url=job_url(imported.job_id) if imported.job_id else "",
        back=urls.list_url(spec.key),
        again_url=urls.import_url(spec.key),
    )


def has_written(imported: DataImport, job: Job | None) -> bool:
    """Return whether there is a change to look at and to undo, half of one where the import stopped on its way."""
    half = imported.state is ImportState.FAILED and job is not None and job.progress_done > 0
    return half or (imported.state is ImportState.DONE and rows_to_write(imported) > 0)


def counts_of(imported: DataImport) -> tuple[tuple[str, str], ...]:
    """Return the numbers, each with its word."""
    numbers = (
        ("new", imported.new_rows),
        ("changed", imported.changed_rows),
        ("unchanged", imported.unchanged_rows),
        ("refused", imported.refused_rows),
    )
    return tuple((word, number(count)) for word, count in numbers if count is not None)


def samples_of(ctx: Context, spec: ModelSpec, found: Findings) -> tuple[ShownSample, ...]:
    """Return the samples as this person may see them now, and note whose data they show."""
    ids = [each.record for each in found.samples if each.record]
    names = labels_for(ctx, spec, ids) if ids else {}
    for each in found.samples:
        key = decode_key(spec, each.record) if each.record else None
        read = [name for name, _, _ in each.fields if is_read(ctx.person, spec.columns[name])]
        if key is not None and read:
            ctx.reads.note(spec, AccessKind.LIST, read, [key])
    return tuple(shown_sample(ctx, spec, each, names) for each in found.samples)


def shown_sample(ctx: Context, spec: ModelSpec, sample: Sample, names: Mapping[str, str]) -> ShownSample:
    """Return one sample; what the person does not see in clear is masked, also what the file says."""
    fields = []
    for key, before, after in sample.fields:
        column = spec.columns[key]
        clear = sees(ctx.person, column) == "clear"
        fields.append((column.label, before if clear else MASK, after if clear else MASK))
    url = urls.record_url(spec.key, sample.record) if sample.record else ""
    return ShownSample(sample.row, names.get(sample.record, "") or "New record", url, tuple(fields))

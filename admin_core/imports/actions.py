"""What is done with an import on its record's page: a large one is carried out once a second person approved it."""

from typing import Any

from admin_core.contributions import Action, ActionRefused
from admin_core.theme.formats import number
from schema.imports import DataImport, ImportState

ENDED = frozenset({ImportState.DONE, ImportState.RUNNING, ImportState.FAILED})
"""Rows may have been written: begun anew, the same file could write them twice."""


def require_not_begun(imported: DataImport) -> None:
    """Raise ActionRefused once rows may have been written."""
    if imported.state is ImportState.FAILED:
        raise ActionRefused("It stopped on its way.", "Its job can be tried again, and goes on where it stopped.")
    if imported.state in ENDED:
        raise ActionRefused("This file was imported already.", "Upload it again to import it once more.")


def require_checked(imported: DataImport) -> None:
    """Raise ActionRefused unless the import was tried out and not carried out yet."""
    require_not_begun(imported)
    if imported.state is not ImportState.CHECKED:
        raise ActionRefused("Try it out first.", "Choose what the columns mean, and look at what would happen.")
    if not rows_to_write(imported):
        raise ActionRefused("There is nothing to import: no row is new or changed.")


def rows_to_write(imported: DataImport) -> int:
    """Return how many rows would be created or changed."""
    return (imported.new_rows or 0) + (imported.changed_rows or 0)


def why_not_large(imported: DataImport) -> str:
    """Return why an import can't be carried out now, empty when it can."""
    try:
        require_checked(imported)
    except ActionRefused as refusal:
        return refusal.sentence
    return ""


def explain_large(imported: DataImport) -> str:
    """Return what carrying it out writes."""
    return (
        f"Creates {number(imported.new_rows or 0)} and changes {number(imported.changed_rows or 0)} records of"
        f" {imported.model_key.replace('_', ' ')}; {number(imported.refused_rows or 0)} rows are refused. It is done by"
        " a job as one change, with the rights of whoever uploaded the file."
    )


def begin_large(record: DataImport, effects: Any) -> str:
    """Ask for the job that carries an approved import out."""
    record.state = ImportState.RUNNING
    record.job_id = effects.enqueue("core.carry-out-import", {"import": record.id}, key=f"import:{record.id}")
    return "The import runs; its page shows how far it is."


IMPORT_ACTIONS = (
    Action(
        slug="import-file",
        label="Import the file",
        model="data_imports",
        permission="core:imports:large",
        run=begin_large,
        explain=explain_large,
        refuses=why_not_large,
        icon="file-import",
        dangerous=True,
        approval="always",
        order=10,
    ),
)

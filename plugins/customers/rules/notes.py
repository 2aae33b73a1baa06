"""Who may change a note, and what a note's versions are."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from admin_core.contributions import Belonging
from schema.accounts import CustomerNote

LONGEST = 20_000
HELP = "Markdown: **bold**, *italic*, - lists, > quotes, [words](https://…). Only the team sees it."
NOTES = Belonging(
    rows="customer_notes",
    columns=("is_pinned", "author_id", "created_at", "edited_at", "body"),
    newest="created_at",
    first="is_pinned",
    unless="removed_at",
)
IN_TIMELINE = replace(NOTES, columns=("author_id", "body"))
VERSIONS = Belonging(
    rows="customer_note_revisions",
    columns=("number", "editor_id", "created_at", "body"),
    newest="number",
    owner="note_id",
)


def why_not_changed(note: CustomerNote) -> str:
    """Return why nobody can change a note now, empty when somebody can."""
    return "The note was removed." if note.removed_at is not None else ""


def why_not_pinned(note: CustomerNote) -> str:
    """Return why a note can't be pinned, empty when it can."""
    return why_not_changed(note) or ("The note is pinned already." if note.is_pinned else "")


def why_not_unpinned(note: CustomerNote) -> str:
    """Return why a note can't be taken down from above the others, empty when it can."""
    return why_not_changed(note) or ("" if note.is_pinned else "The note is not pinned.")


def is_theirs(note: CustomerNote, own_id: UUID) -> bool:
    """Return whether a note is somebody's own; one whose author has left is nobody's."""
    return note.author_id == own_id


def next_number(numbers: Sequence[int]) -> int:
    """Return the number of the next version."""
    return max(numbers, default=0) + 1

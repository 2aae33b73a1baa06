"""What a person is told after an action: one message, with Undo where it can be undone."""

from typing import Any, TypedDict, cast

from flask import flash, get_flashed_messages

from admin_core.theme.cells import tone


class Message(TypedDict):
    """A message as the toast shows it; a dict because the session stores it as JSON."""

    text: str
    tone: str
    undo_url: str


def flash_done(text: str, undo_url: str = "") -> None:
    """Show a toast on the next page; the address, when given, is POSTed by its Undo button."""
    flash(Message(text=text, tone="success", undo_url=undo_url), "success")  # type: ignore[arg-type]  # any JSON value


def flash_refused(sentence: str) -> None:
    """Show on the next page why nothing was done."""
    flash(sentence, "danger")


def messages() -> list[Message]:
    """Return the waiting messages, those of plain ``flash(text, category)`` included."""
    waiting = cast("list[tuple[str, Any]]", get_flashed_messages(with_categories=True))
    return [
        cast("Message", body) if isinstance(body, dict) else Message(text=str(body), tone=tone(category), undo_url="")
        for category, body in waiting
    ]

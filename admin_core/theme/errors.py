"""Error pages: what happened in a sentence, what to do, and the request id to quote. Never a stack trace."""

from dataclasses import dataclass

from flask import Response, make_response, render_template, request


@dataclass(frozen=True)
class ErrorText:
    """The words of one kind of error."""

    title: str
    sentence: str
    advice: str


ERRORS: dict[int, ErrorText] = {
    400: ErrorText(
        "This request could not be read",
        "Something in the address or the form is missing or malformed.",
        "Go back, reload the page and try again.",
    ),
    401: ErrorText("Please sign in", "You are not signed in.", "Sign in and try again."),
    403: ErrorText(
        "You may not do this",
        "Your role does not include this page or action.",
        "Ask an administrator if your work needs it.",
    ),
    404: ErrorText(
        "This page does not exist",
        "There is nothing at this address, or it is not yours to see.",
        "Check the address, or find the record with Ctrl K.",
    ),
    405: ErrorText(
        "This address can't be used that way", "The page exists but does not accept this method.", "Use the buttons."
    ),
    409: ErrorText(
        "Somebody else changed this",
        "The record is no longer as you saw it, so nothing was saved.",
        "Reload it and make your change again.",
    ),
    413: ErrorText("This is too large", "The file or text is above the limit.", "Send a smaller one, or split it."),
    429: ErrorText("Too many requests", "The limit for this action is reached.", "Wait a minute and try again."),
    500: ErrorText(
        "Something went wrong here",
        "The admin made a mistake. It has been recorded, and nothing was half saved.",
        "Try again. If it happens again, send the request number to whoever runs this system.",
    ),
    503: ErrorText(
        "The admin can't answer right now",
        "A part it needs, such as the database, is not available.",
        "Try again in a minute.",
    ),
}
UNKNOWN = ErrorText("This did not work", "The request was refused.", "Go back and try again.")


def error_page(status: int, request_id: str = "", sentence: str = "", advice: str = "", why_url: str = "") -> Response:
    """Answer an error page; a request by htmx gets a notice that fits where its fragment would have stood."""
    text = ERRORS.get(status, ERRORS[500] if status >= 500 else UNKNOWN)  # noqa: PLR2004 - the server's own faults
    partial = "HX-Request" in request.headers
    body = render_template(
        "admin/error_fragment.html" if partial else "admin/error.html",
        status=status,
        title=text.title,
        sentence=sentence or text.sentence,
        advice=advice or text.advice,
        request_id=request_id,
        why_url=why_url,
    )
    return make_response(body, status)

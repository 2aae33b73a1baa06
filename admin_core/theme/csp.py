"""The content security policy of every page: our own files and nothing else, no inline script or style."""

from collections.abc import Mapping

from werkzeug.wrappers import Response

DIRECTIVES: Mapping[str, tuple[str, ...]] = {
    "default-src": ("'none'",),
    "script-src": ("'self'",),
    "style-src": ("'self'",),
    "img-src": ("'self'", "data:"),  # Tabler's css draws check marks and chevrons from data: images
    "font-src": ("'self'",),
    "connect-src": ("'self'",),
    "form-action": ("'self'",),
    "base-uri": ("'none'",),
    "frame-ancestors": ("'none'",),
}


def policy(*, form_action: tuple[str, ...] = (), frames: bool = False) -> str:
    """Return the policy, with extra form targets or frames from ourselves where a page needs them."""
    directives = dict(DIRECTIVES)
    directives["form-action"] += form_action
    if frames:
        directives["frame-src"] = ("'self'",)
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())


POLICY = policy()


def protect(response: Response) -> Response:
    """Set the policy and its companions on an answer; a page that set its own policy keeps it."""
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Content-Security-Policy", POLICY)
    return response

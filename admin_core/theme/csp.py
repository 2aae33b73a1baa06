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
UNUSED = (
    "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen", "geolocation",
    "gyroscope", "magnetometer", "microphone", "midi", "usb", "xr-spatial-tracking",
)  # fmt: skip
"""What browsers can do and no page of ours asks for. Passkeys and copying are not among them."""
COMPANIONS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def protect(response: Response) -> Response:
    """Set the policy and its companions on an answer; a page that set its own policy keeps it."""
    for name, value in COMPANIONS.items():
        response.headers.setdefault(name, value)
    return response

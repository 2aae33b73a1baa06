"""Where a sign-in may lead: to a page of ours, said as a path. Pure."""

import re

OURS = re.compile(r"/(admin|auth)(/[\w\-./~%+]*)?(\?[\w\-./~%+=&:,@!*'();$]*)?")
"""Only what our own addresses are made of: a backslash, a blank, a control character or a ``#`` is not."""
DISGUISED = re.compile(r"%(2f|5c|0|1|7f)|//|/\.\.?(/|$)", re.IGNORECASE)
"""Slashes, backslashes and control characters in disguise, empty and dotted segments: not in a path of ours."""


def is_local_path(text: str) -> bool:
    """Return whether the text is a path below ``/admin`` or ``/auth`` that no browser reads as another site."""
    path = text.split("?", 1)[0]
    return text.isascii() and OURS.fullmatch(text) is not None and DISGUISED.search(path) is None

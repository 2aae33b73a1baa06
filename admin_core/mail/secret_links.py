"""A link in a message that only its reader may see: the row holds it encrypted, and no longer than until it has left.

Whoever may read the outbox must not be able to follow a colleague's invitation. Where the link will stand, the
stored words hold a mark.
"""

from collections.abc import Mapping
from typing import Any

from markupsafe import escape

from admin_core.ciphers import Cipher

PURPOSE = "secret link of a message"
HEADER = "secret_link"
MARK = "[the link stands in the message itself, and nowhere else]"
EXAMPLE = "https://admin.example.com/auth/link/…"


def sealed(cipher: Cipher, link: str) -> dict[str, str]:
    """Return what the row keeps of a link."""
    return {HEADER: cipher.seal(PURPOSE, link)} if link else {}


def opened(cipher: Cipher, headers: Mapping[str, Any]) -> str:
    """Return the link of a row; empty when it has none (any more)."""
    return cipher.open(PURPOSE, str(headers[HEADER])) if HEADER in headers else ""


def forgotten(headers: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the row keeps once the message has left."""
    return {name: value for name, value in headers.items() if name != HEADER}


def put_into_text(text: str, link: str) -> str:
    """Return the plain words with the link in its place."""
    return text.replace(MARK, link) if link else text


def put_into_html(html: str, link: str) -> str:
    """Return the words in HTML with the link in its place."""
    return html.replace(MARK, f'<a href="{escape(link)}">{escape(link)}</a>') if link else html

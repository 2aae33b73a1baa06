"""The words people agreed to, in two versions."""

from datetime import timedelta
from hashlib import sha256

from plugins.demo.clock import Span
from plugins.demo.copying import Book
from plugins.demo.customers import TEXTS_CHANGED

TEXTS = {
    "terms": "I accept the terms of use of HireInbox, version {n}.",
    "marketing": "HireInbox may send me news and offers by e-mail. I can unsubscribe at any time. (version {n})",
    "training": "My CV, without anything that identifies me, may be used to improve the screening. (version {n})",
    "screening": "I know that a machine helps to decide, and that I can ask a person to look again. (version {n})",
}


def write(book: Book, span: Span) -> dict[tuple[str, int], str]:
    """Write the texts and return their keys by purpose and version."""
    pen = book.pen("consent texts")
    keys = {}
    for purpose, text in TEXTS.items():
        for number, at in ((1, span.start - timedelta(days=60)), (2, span.ago(TEXTS_CHANGED))):
            body = text.format(n=number)
            keys[purpose, number] = pen.add(
                "consent_texts",
                at,
                purpose=purpose,
                version=number,
                title=f"{purpose.capitalize()}, version {number}",
                body=body,
                content_hash=sha256(body.encode()).hexdigest(),
                valid_from=at,
            )
    return keys

"""A small server that speaks as much of S3's protocol as we use, and checks every signature (AWS Signature Version 4).

Written from the published description of the protocol, not from our client: it computes the signature itself.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

KEY_ID, SECRET, REGION = "AKIATEST", "a secret of the test", "af-south-1"
MISSING = b"<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>"
FORBIDDEN = b"<Error><Code>SignatureDoesNotMatch</Code><Message>no</Message></Error>"
BUSY = b"<Error><Code>SlowDown</Code><Message>later</Message></Error>"


@dataclass
class Store:
    """What the server holds, and how it misbehaves."""

    files: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    busy: int = 0
    """So many requests are answered with 503 first."""
    url: str = ""


@contextmanager
def serving() -> Iterator[Store]:
    """Yield a running store."""
    store = Store()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"store": store}))
    store.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield store
    server.shutdown()
    thread.join()
    server.server_close()


class Handler(BaseHTTPRequestHandler):
    store: Store
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        body = self.body()
        if not self.may(body):
            return
        wanted = self.headers["x-amz-checksum-sha256"]
        if wanted != base64.b64encode(hashlib.sha256(body).digest()).decode():
            self.answer(400, b"<Error><Code>BadDigest</Code></Error>")
            return
        self.store.files[self.key()] = (body, datetime.now(UTC))
        self.answer(200)

    def do_GET(self) -> None:
        if not self.may(self.body()):
            return
        if dict(parse_qsl(urlsplit(self.path).query)).get("list-type") == "2":
            self.answer(200, self.listing())
        elif self.key() in self.store.files:
            self.answer(200, self.store.files[self.key()][0])
        else:
            self.answer(404, MISSING)

    def do_DELETE(self) -> None:
        if self.may(self.body()):
            self.store.files.pop(self.key(), None)
            self.answer(204)

    def key(self) -> str:
        return unquote(urlsplit(self.path).path).removeprefix("/")

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def listing(self) -> bytes:
        """One file per page, to see that pages are followed."""
        words = dict(parse_qsl(urlsplit(self.path).query))
        bucket = f"{self.key().strip('/')}/"
        found = sorted(key for key in self.store.files if key.startswith(bucket + words.get("prefix", "")))
        after = words.get("continuation-token", "")
        page = [key for key in found if key > after][:1]
        more = bool(page) and page[-1] != found[-1]
        rows = "".join(
            f"<Contents><Key>{key.removeprefix(bucket)}</Key><Size>1</Size>"
            f"<LastModified>{self.store.files[key][1]:%Y-%m-%dT%H:%M:%S.000Z}</LastModified></Contents>"
            for key in page
        )
        token = f"<NextContinuationToken>{page[-1]}</NextContinuationToken>" if more else ""
        words_of = f"<IsTruncated>{str(more).lower()}</IsTruncated>{token}{rows}"
        return (
            f'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{words_of}</ListBucketResult>'.encode()
        )

    def may(self, body: bytes) -> bool:
        """Answer what is not signed as it should be, or comes at a bad time."""
        if self.store.busy:
            self.store.busy -= 1
            self.answer(503, BUSY)
            return False
        problem = self.problem(body)
        if problem:
            self.store.refused.append(problem)
            self.answer(403, FORBIDDEN)
        return not problem

    def problem(self, body: bytes) -> str:
        words = self.headers.get("Authorization", "")
        if not words.startswith("AWS4-HMAC-SHA256 "):
            return "not signed"
        parts = dict(part.strip().split("=", 1) for part in words.split(" ", 1)[1].split(","))
        key_id, day, region, service, end = parts["Credential"].split("/")
        if (key_id, region, service, end) != (KEY_ID, REGION, "s3", "aws4_request"):
            return f"signed for {parts['Credential']}"
        if self.headers["x-amz-content-sha256"] != hashlib.sha256(body).hexdigest():
            return "another body"
        expected = signature(self, parts["SignedHeaders"].split(";"), day)
        return "" if hmac.compare_digest(expected, parts["Signature"]) else "another signature"

    def answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "application/xml")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def signature(request: Handler, signed: list[str], day: str) -> str:
    """Return the signature a request must carry."""
    url = urlsplit(request.path)
    query = "&".join(
        f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}"
        for k, v in sorted(parse_qsl(url.query, keep_blank_values=True))
    )
    headers = "".join(f"{name}:{' '.join((request.headers[name] or '').split())}\n" for name in signed)
    hashed = request.headers["x-amz-content-sha256"]
    canonical = "\n".join([request.command, url.path, query, headers, ";".join(signed), hashed])
    scope = f"{day}/{REGION}/s3/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = "\n".join(["AWS4-HMAC-SHA256", request.headers["x-amz-date"], scope, digest])
    key = f"AWS4{SECRET}".encode()
    for part in (day, REGION, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, to_sign.encode(), "sha256").hexdigest()

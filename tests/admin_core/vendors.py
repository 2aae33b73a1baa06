"""A vendor on loopback that notes what it is asked and answers what it is told to."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, Any]


@dataclass
class Vendor:
    """One server: what it answers, and what it was asked."""

    url: str = ""
    answer: Answer = (200, {})
    headers: dict[str, str] = field(default_factory=dict)
    drip_s: float = 0.0
    """Pause before every byte of the body."""
    silent_s: float = 0.0
    """Pause before the answer."""
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """Method, target and Authorization of each request."""
    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    """By method and path, in place of ``answer``."""
    sent: list[tuple[dict[str, str], Any]] = field(default_factory=list)
    """Headers, in small letters, and JSON body of each request; None where there was no body."""
    released: threading.Event = field(default_factory=threading.Event)


@contextmanager
def vendor() -> Iterator[Vendor]:
    found = Vendor()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(found))
    server.daemon_threads = True
    found.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield found
    finally:
        found.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


def handler_of(found: Vendor) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            found.asked.append((self.command, self.path, self.headers.get("Authorization", "")))
            came = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            found.sent.append(({k.lower(): v for k, v in self.headers.items()}, json.loads(came) if came else None))
            found.released.wait(found.silent_s)
            status, body = found.answers.get((self.command, self.path.partition("?")[0]), found.answer)
            data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(data)), **found.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            for piece in [bytes([each]) for each in data] if found.drip_s else [data]:
                try:
                    self.wfile.write(piece)
                    self.wfile.flush()
                except OSError:
                    return
                if found.drip_s:
                    found.released.wait(found.drip_s)

        do_POST = do_PUT = do_GET  # noqa: N815 (names the standard library asks for)

    return Handler

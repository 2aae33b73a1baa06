"""One keep-alive connection to one application; what is timed is a request with the whole of its answer."""

import http.client
import re
import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

REDIRECTS = {302, 303}


@dataclass(frozen=True)
class Answer:
    """An answer and how long it took."""

    status: int
    body: bytes
    location: str
    ms: float


@dataclass
class Client:
    """Somebody with a browser that never closes its connection."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    connection: http.client.HTTPConnection | None = None

    def get(self, path: str) -> Answer:
        """Return a page."""
        return self.ask("GET", path)

    def post(self, path: str, fields: list[tuple[str, str]]) -> Answer:
        """Send a form."""
        return self.ask("POST", path, urlencode(fields))

    def ask(self, method: str, path: str, body: str | None = None) -> Answer:
        """Send a request; made again once where the server had closed the idle connection."""
        try:
            return self.send(method, path, body)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self.connection = None
            return self.send(method, path, body)

    def send(self, method: str, path: str, body: str | None) -> Answer:
        """Send a request and take its time."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
            self.connection.connect()
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        ms = 1000 * (time.perf_counter() - began)
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        target = urlsplit(answer.headers.get("Location", ""))
        return Answer(answer.status, content, f"{target.path}?{target.query}".rstrip("?"), ms)


def sign_in(client: Client, link: str) -> None:
    """Follow a one-use link and press its button."""
    path = urlsplit(link).path
    token = csrf_of(client.get(path).body)
    answer = client.post(path, [("csrf_token", token)])
    if answer.status not in REDIRECTS:
        raise RuntimeError(f"signing in answered {answer.status}")


def csrf_of(body: bytes) -> str:
    """Return the CSRF token of a page."""
    found = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', body)
    if not found:
        raise RuntimeError("the page has no CSRF token")
    return found[1].decode()


class Form(HTMLParser):
    """Reads what a browser would send for the form that holds a field."""

    def __init__(self, body: bytes, holding: str) -> None:
        super().__init__()
        self.forms: list[list[tuple[str, str]]] = []
        self.open: list[tuple[str, str]] = []
        self.area = self.select = ""
        self.feed(body.decode())
        self.fields = next(form for form in self.forms if any(name == holding for name, _ in form))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "form":
            self.open = []
            self.forms.append(self.open)
        elif tag == "input" and name and given.get("type") not in {"submit", "checkbox", "radio"}:
            self.open.append((name, value))
        elif tag == "input" and name and "checked" in given:
            self.open.append((name, value or "on"))
        elif tag == "textarea":
            self.area = name
            self.open.append((name, ""))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in given:
            self.open.append((self.select, value))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = ""
        elif tag == "select":
            self.select = ""

    def handle_data(self, data: str) -> None:
        if self.area and self.open and self.open[-1][0] == self.area:
            self.open[-1] = (self.area, self.open[-1][1] + data.lstrip("\r\n"))

    def with_value(self, name: str, value: str) -> list[tuple[str, str]]:
        """Return what is sent when one field is changed."""
        return [(known, value if known == name else old) for known, old in self.fields]

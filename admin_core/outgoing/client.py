"""A client that connects to the address it has judged: looked up once, pinned, TLS verified for the name.

The standard library's, because pinning is one socket handed to ``http.client``; a larger client would follow
redirects, read proxies from the environment and look names up again, and each would have to be switched off.
"""

import contextlib
import http.client
import ipaddress
import json
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from admin_core.outgoing.addresses import AddressRefused, Rules, Target, check_ip, means_loopback, read_target
from admin_core.settings import Settings

Resolve = Callable[[str, int], Sequence[str]]
Dial = Callable[[str, int, float], socket.socket]
AGENT = "HireInbox-Admin/1"


class NoAnswer(Exception):
    """Nobody answered, or not as HTTP; the message is for operators and holds nothing of what was sent."""


@dataclass(frozen=True)
class Limits:
    """How long and how much we wait for."""

    total_s: float = 15.0
    """From the look-up of the name to the last byte."""
    connect_s: float = 5.0
    answer_bytes: int = 64 * 1024
    """More than this is not read."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    ms: int
    is_whole: bool = True
    """False: the body was longer than the limit, or ended before it should."""

    @property
    def is_success(self) -> bool:
        """2xx; a redirect is none, since none is followed."""
        return 200 <= self.status < 300  # noqa: PLR2004 (the range of success)

    def json(self) -> Any:
        """Return the body as JSON, or raise NoAnswer."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise NoAnswer("The answer was no JSON.") from None


def look_up(host: str, port: int) -> list[str]:
    """Return the addresses of a name, in the order of preference."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def dial(ip: str, port: int, timeout_s: float) -> socket.socket:
    """Return a connection to a number, never to a name."""
    return socket.create_connection((ip, port), timeout_s)


@dataclass(frozen=True)
class Client:
    """Calls judged addresses. Holds no connection; may be shared by threads."""

    rules: Rules = field(default_factory=Rules)
    limits: Limits = field(default_factory=Limits)
    trusted: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False)
    resolve: Resolve = look_up
    dial: Dial = dial

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a body; AddressRefused before anything was sent, NoAnswer when nothing usable came back."""
        return self.request("POST", url, body, headers)

    def get(self, url: str, headers: Mapping[str, str]) -> Answer:
        """Ask for something; AddressRefused or NoAnswer as for ``post``."""
        return self.request("GET", url, None, headers)

    def request(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        """Send one request to the judged address and return its one answer; redirects are answers too."""
        began = time.monotonic()
        target = read_target(url, self.rules)
        addresses = self.addresses(target)
        raw = self.connected(target, addresses, began)
        with cut_off(raw, self.left(began)) as was_cut:
            try:
                answer = self.exchange(target, raw, (method, body, headers), began)
            except (OSError, http.client.HTTPException) as error:
                late = was_cut.is_set() or isinstance(error, TimeoutError)
                raise NoAnswer(self.too_late() if late else in_words(error)) from None
            if was_cut.is_set():  # the end of the body may have been our own doing
                raise NoAnswer(self.too_late())
            return answer

    def left(self, began: float) -> float:
        """Return the seconds that are left for this request; NoAnswer when there are none."""
        seconds = self.limits.total_s - (time.monotonic() - began)
        if seconds <= 0:
            raise NoAnswer(self.too_late())
        return seconds

    def too_late(self) -> str:
        """Return the sentence for a receiver that is too slow."""
        return f"It took longer than {self.limits.total_s:g} s."

    def addresses(self, target: Target) -> list[str]:
        """Look the name up once and return its addresses; AddressRefused when any of them is not public."""
        found = [target.host] if target.ip else within(self.limits.total_s, self.resolve, target.host, target.port)
        if not found:
            raise NoAnswer("The name has no address.")
        for text in found:
            judge(text, target, self.rules)
        return list(found)

    def connected(self, target: Target, addresses: Sequence[str], began: float) -> socket.socket:
        """Return a connection to the first judged address that takes it."""
        refusal = ""
        for ip in addresses:
            try:
                return self.dial(ip, target.port, min(self.limits.connect_s, self.left(began)))
            except OSError as error:
                refusal = in_words(error)
        raise NoAnswer(refusal)

    def exchange(
        self, target: Target, raw: socket.socket, asked: tuple[str, bytes | None, Mapping[str, str]], began: float
    ) -> Answer:
        """Send the request over the connection and read its answer within the limits."""
        method, body, headers = asked
        raw.settimeout(self.left(began))
        connection = http.client.HTTPConnection(target.host, target.port)
        connection.sock = raw if target.scheme == "http" else self.trusted.wrap_socket(raw, server_hostname=target.host)
        try:
            words = {"User-Agent": AGENT, **headers, "Host": target.host_header, "Connection": "close"}
            connection.request(method, target.path, body, words)
            with connection.getresponse() as response:
                content = response.read(self.limits.answer_bytes + 1)
                return Answer(
                    status=response.status,
                    headers={name.lower(): value for name, value in response.getheaders()},
                    body=content[: self.limits.answer_bytes],
                    ms=round(1000 * (time.monotonic() - began)),
                    is_whole=not (response.length or len(content) > self.limits.answer_bytes),
                )
        finally:
            connection.close()


def judge(text: str, target: Target, rules: Rules) -> None:
    """Raise AddressRefused unless this address may be called for that target."""
    try:
        ip = ipaddress.ip_address(text)
    except ValueError:  # a zone, or nonsense of a name server
        raise AddressRefused("The name leads to something that is no internet address.") from None
    if means_loopback(target):  # it passed read_target, so loopback is allowed here, and nothing but loopback
        if not (rules.loopback and ip.is_loopback):
            raise AddressRefused("The name of this machine leads elsewhere.")
        return
    check_ip(ip)


def within(seconds: float, resolve: Resolve, host: str, port: int) -> Sequence[str]:
    """Return what the resolver says, or raise NoAnswer: a look-up cannot be interrupted, only abandoned."""
    answers: queue.SimpleQueue[Sequence[str] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolve(host, port))
        except (OSError, UnicodeError) as error:
            answers.put(error if isinstance(error, OSError) else OSError("no such name"))

    threading.Thread(target=ask, daemon=True, name="look-up").start()
    try:
        found = answers.get(timeout=seconds)
    except queue.Empty:
        raise NoAnswer(f"The name could not be looked up within {seconds:g} s.") from None
    if isinstance(found, OSError):
        raise NoAnswer("The name could not be looked up.")
    return found


@contextlib.contextmanager
def cut_off(raw: socket.socket, seconds: float) -> Iterator[threading.Event]:
    """End the connection when time is up, however slowly its bytes drip: time-outs of sockets begin anew with each."""
    was_cut = threading.Event()
    handle = raw.dup()  # TLS takes the socket over; this handle still reaches the connection beneath

    def cut() -> None:
        was_cut.set()
        with contextlib.suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield was_cut
    finally:
        timer.cancel()
        timer.join()
        handle.close()
        raw.close()


WORDS: tuple[tuple[type[Exception], str], ...] = (
    (ssl.SSLError, "It does not speak TLS as we do."),
    (TimeoutError, "It took too long to connect."),
    (ConnectionRefusedError, "It refused the connection."),
    (ConnectionError, "It ended the connection before it answered."),
    (http.client.HTTPException, "Its answer was not HTTP."),
)
"""By kind of error, the first that fits: an exception's own text may quote what was sent."""


def in_words(error: Exception) -> str:
    """Return what went wrong, in a sentence for operators."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"Its certificate is not valid: {error.verify_message.rstrip('.')}."
    return next((words for kind, words in WORDS if isinstance(error, kind)), "It could not be reached.")


def rules_for(settings: Settings) -> Rules:
    """Return what this deployment may call."""
    return Rules(loopback=settings.outgoing_loopback)


def client_for(settings: Settings) -> Client:
    """Return the client of this deployment."""
    return Client(rules_for(settings))

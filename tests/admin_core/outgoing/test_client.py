"""The client over real sockets and real TLS: pinned, verified, limited, and deaf to redirects and proxies."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence

import pytest

from admin_core.outgoing import AddressRefused, Client, NoAnswer, Rules
from admin_core.outgoing.client import Limits
from tests.admin_core.outgoing.receivers import (
    Answering,
    answer,
    certificate,
    drip,
    raw_bytes,
    receiver,
    silent,
)

HOST = "hooks.example.com"
PUBLIC = "8.8.4.4"
Contexts = tuple[ssl.SSLContext, ssl.SSLContext]


@pytest.fixture(scope="module")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> Contexts:
    return certificate(tmp_path_factory.mktemp("tls"), HOST)


@pytest.fixture
def stop() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


class Wire:
    """Carries calls for public numbers to a port of this machine, and remembers which number was dialled."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.dialled: list[tuple[str, int]] = []

    def __call__(self, ip: str, port: int, timeout_s: float) -> socket.socket:
        self.dialled.append((ip, port))
        if ip.startswith("192.0.2."):  # reserved for examples: nobody there
            raise ConnectionRefusedError
        return socket.create_connection(("127.0.0.1", self.port), timeout_s)


class Names:
    """A name server that changes its answer each time it is asked."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self, _host: str, _port: int) -> Sequence[str]:
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


def plain(limits: Limits | None = None) -> Client:
    return Client(Rules(loopback=True), limits or Limits())


def test_the_judged_number_is_dialled_and_the_name_is_verified(contexts: Contexts) -> None:
    server, trusted = contexts
    with receiver(answer("201 Created", b'{"a": 1}'), context=server) as running:
        wire, names = Wire(running.port), Names([PUBLIC])
        found = Client(trusted=trusted, resolve=names, dial=wire).post(f"https://{HOST}/in?a=b", b"{}", {"X-A": "b"})
    assert (found.status, found.json(), found.is_success, found.is_whole) == (201, {"a": 1}, True, True)
    assert wire.dialled == [(PUBLIC, 443)]
    assert running.names == [HOST]
    head, _, body = running.requests[0].partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert (lines[0], body) == (b"POST /in?a=b HTTP/1.1", b"{}")
    assert {b"Host: hooks.example.com", b"X-A: b", b"Connection: close", b"Content-Length: 2"} <= set(lines)
    assert sum(line.lower().startswith(b"host:") for line in lines) == 1


def test_a_name_that_changes_its_answer_is_asked_once_and_judged_each_time(contexts: Contexts) -> None:
    server, trusted = contexts
    with receiver(answer(), context=server) as running:
        wire, names = Wire(running.port), Names([PUBLIC], ["127.0.0.1"])
        client = Client(trusted=trusted, resolve=names, dial=wire)
        assert client.post(f"https://{HOST}/", b"", {}).status == 200
        assert names.asked == 1  # a second look-up between check and use would have been told 127.0.0.1
        with pytest.raises(AddressRefused):
            client.post(f"https://{HOST}/", b"", {})
    assert wire.dialled == [(PUBLIC, 443)]
    assert running.connections == 1


def test_one_inner_address_among_public_ones_refuses_them_all() -> None:
    wire = Wire(1)
    with pytest.raises(AddressRefused):
        Client(resolve=Names([PUBLIC, "10.0.0.1"]), dial=wire).post(f"https://{HOST}/", b"", {})
    assert wire.dialled == []


def test_the_next_judged_number_is_tried_when_the_first_refuses(contexts: Contexts) -> None:
    server, trusted = contexts
    with receiver(answer(), context=server) as running:
        refusing = Wire(running.port)
        client = Client(
            trusted=trusted, resolve=Names(["8.8.8.8", PUBLIC]), dial=lambda *a: first_refused(refusing, *a)
        )
        assert client.get(f"https://{HOST}/", {}).status == 200
    assert refusing.dialled == [("8.8.8.8", 443), (PUBLIC, 443)]


def first_refused(wire: Wire, ip: str, port: int, timeout_s: float) -> socket.socket:
    if not wire.dialled:
        wire.dialled.append((ip, port))
        raise ConnectionRefusedError
    return wire(ip, port, timeout_s)


def test_a_certificate_for_another_name_or_of_a_stranger_is_refused(contexts: Contexts) -> None:
    server, trusted = contexts
    with receiver(answer(), context=server) as running:
        wire = Wire(running.port)
        with pytest.raises(NoAnswer, match="certificate is not valid"):
            Client(trusted=trusted, resolve=Names([PUBLIC]), dial=wire).post("https://other.example.com/", b"", {})
        with pytest.raises(NoAnswer, match="certificate is not valid"):
            Client(resolve=Names([PUBLIC]), dial=wire).post(f"https://{HOST}/", b"", {})
        with pytest.raises(NoAnswer, match="certificate is not valid"):
            Client(trusted=trusted, dial=wire).post(f"https://{PUBLIC}/", b"", {})
    assert running.requests == []  # nothing was said to any of them


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_an_answer_and_nothing_follows_it(status: str) -> None:
    with receiver(answer()) as trap, receiver(answer(status, b"", f"Location: http://127.0.0.1:{trap.port}/")) as first:
        found = plain().post(f"http://127.0.0.1:{first.port}/", b"{}", {})
        assert (found.status, found.is_success) == (int(status[:3]), False)
        assert (first.connections, trap.connections) == (1, 0)


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver(answer()) as proxy, receiver(answer()) as running:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert plain().post(f"http://127.0.0.1:{running.port}/", b"", {}).status == 200
        assert (proxy.connections, running.connections) == (0, 1)


def test_no_more_is_read_of_an_answer_than_its_limit() -> None:
    with receiver(answer(body=b"a" * 5_000_000)) as running:
        found = plain(Limits(answer_bytes=1000)).get(f"http://127.0.0.1:{running.port}/", {})
    assert (len(found.body), found.is_whole) == (1000, False)


@pytest.mark.parametrize(
    "content",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"a" * 1000,
        b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 90,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 100,
    ],
    ids=["body", "headers", "continue"],
)
def test_an_answer_that_drips_is_cut_off(content: bytes, stop: threading.Event) -> None:
    with receiver(drip(content, stop)) as running:
        began = time.monotonic()
        with pytest.raises(NoAnswer, match=r"longer than 0\.4 s"):
            plain(Limits(total_s=0.4)).get(f"http://127.0.0.1:{running.port}/", {})
        stop.set()
    assert time.monotonic() - began < 5


def test_a_body_that_drips_after_quick_headers_is_no_answer(stop: threading.Event) -> None:
    def answering(connection: socket.socket, request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        drip(b"a" * 1000, stop)(connection, request)

    with receiver(answering) as running:
        with pytest.raises(NoAnswer, match=r"longer than 0\.4 s"):
            plain(Limits(total_s=0.4)).get(f"http://127.0.0.1:{running.port}/", {})
        stop.set()


def test_a_body_that_ends_too_early_is_not_whole() -> None:
    with receiver(raw_bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")) as running:
        found = plain().get(f"http://127.0.0.1:{running.port}/", {})
    assert (found.body, found.is_whole) == (b"abc", False)


def test_silence_before_and_after_the_handshake_is_cut_off(contexts: Contexts, stop: threading.Event) -> None:
    server, trusted = contexts
    for context in (server, None):  # without TLS on the other side the handshake is never answered
        with receiver(silent(stop), context=context) as running:
            client = Client(
                trusted=trusted, limits=Limits(total_s=0.4), resolve=Names([PUBLIC]), dial=Wire(running.port)
            )
            with pytest.raises(NoAnswer, match=r"longer than 0\.4 s"):
                client.get(f"https://{HOST}/", {})
            stop.set()
        stop.clear()


def test_a_name_server_that_does_not_answer_is_abandoned(stop: threading.Event) -> None:
    client = Client(limits=Limits(total_s=0.2), resolve=lambda *_: [PUBLIC] if stop.wait(10) else [])
    with pytest.raises(NoAnswer, match="looked up within"):
        client.get(f"https://{HOST}/", {})


@pytest.mark.parametrize(
    ("answering", "words"),
    [
        (raw_bytes(b""), "ended the connection"),
        (raw_bytes(b"SSH-2.0-OpenSSH\r\n"), "not HTTP"),
        (raw_bytes(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n"), "not HTTP"),
    ],
)
def test_what_is_no_answer_is_said_in_our_own_words(answering: Answering, words: str) -> None:
    with receiver(answering) as running, pytest.raises(NoAnswer, match=words):
        plain().get(f"http://127.0.0.1:{running.port}/", {})


def test_nobody_there_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(NoAnswer, match="refused"):
        plain().get(f"http://127.0.0.1:{port}/", {})

    def unknown(_host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror

    for resolve in (unknown, Names([])):
        with pytest.raises(NoAnswer):
            Client(resolve=resolve).get(f"https://{HOST}/", {})


def test_an_answer_that_is_no_json_is_said() -> None:
    with receiver(answer(body=b"<html>")) as running, pytest.raises(NoAnswer):
        plain().get(f"http://127.0.0.1:{running.port}/", {}).json()

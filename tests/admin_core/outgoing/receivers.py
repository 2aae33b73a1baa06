"""Servers on loopback: a trap that counts who connects, and one that answers bytes as it was told, with TLS or not."""

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Answering = Callable[[socket.socket, bytes], None]


@dataclass
class Receiver:
    """A listening socket and what came in."""

    sockets: list[socket.socket]
    port: int
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    """Server names that TLS clients asked for."""


@contextmanager
def receiver(answering: Answering, *, context: ssl.SSLContext | None = None, v6: bool = False) -> Iterator[Receiver]:
    """Yield a running server on loopback; each connection gets the same treatment."""
    first = socket.create_server(("127.0.0.1", 0))
    port = first.getsockname()[1]
    second = [socket.create_server(("::1", port), family=socket.AF_INET6)] if v6 else []
    running = Receiver([first, *second], port)
    if context is not None:
        context.sni_callback = lambda _socket, name, _context: running.names.append(name)
    threads = [threading.Thread(target=serve, args=(running, s, answering, context)) for s in running.sockets]
    for thread in threads:
        thread.start()
    try:
        yield running
    finally:
        for listening in running.sockets:
            listening.shutdown(socket.SHUT_RDWR)
            listening.close()
        for thread in threads:
            thread.join()


def serve(running: Receiver, listening: socket.socket, answering: Answering, context: ssl.SSLContext | None) -> None:
    while True:
        try:
            raw, _ = listening.accept()
        except OSError:
            return
        running.connections += 1
        raw.settimeout(5)
        try:
            with context.wrap_socket(raw, server_side=True) if context else raw as connection:
                request = read_request(connection)
                running.requests.append(request)
                answering(connection, request)
        except OSError:  # the client went away, or refused our certificate
            raw.close()


def read_request(connection: socket.socket) -> bytes:
    """Return one request with its body."""
    got = b""
    while b"\r\n\r\n" not in got:
        got += (more := connection.recv(65536))
        if not more:
            return got
    head, _, body = got.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def answer(status: str = "200 OK", body: bytes = b"ok", *headers: str) -> Answering:
    """Return what answers every request with this."""
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]).encode()
    return lambda connection, _request: connection.sendall(head + body)


def raw_bytes(content: bytes) -> Answering:
    """Return what sends these bytes, whatever they are."""
    return lambda connection, _request: connection.sendall(content)


def drip(content: bytes, stop: threading.Event) -> Answering:
    """Return what sends one byte after another, slowly, until told to stop."""

    def answering(connection: socket.socket, _request: bytes) -> None:
        for byte in content:
            if stop.wait(0.05):
                return
            connection.sendall(bytes([byte]))

    return answering


def silent(stop: threading.Event) -> Answering:
    """Return what never answers."""
    return lambda _connection, _request: stop.wait(10) and None


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return a server's context for a host name, and a client's that trusts it alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test receiver")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / f"{name}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cadata=made.public_bytes(serialization.Encoding.PEM).decode())

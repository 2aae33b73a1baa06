"""A mail server that speaks SMTP on this machine, says what it is told to, and checks every message it is given."""

import asyncio
import ipaddress
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "postbox", "correct horse"


@dataclass
class PostOffice:
    """Answers as scripted; what it accepted lies in ``received``."""

    rcpt: list[str] = field(default_factory=list)
    """Answers to RCPT, used up one by one; then 250."""
    data: list[str] = field(default_factory=list)
    """Answers to the message, likewise; ``drop`` closes the connection instead."""
    received: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    connections: int = 0
    signed_in: bool = False
    silent: bool = False
    """True: it takes the message and never answers."""

    async def handle_RCPT(self, _server: SMTP, _session: Any, envelope: Any, address: str, _options: list[str]) -> str:
        answer = self.rcpt.pop(0) if self.rcpt else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        answer = self.data.pop(0) if self.data else "250 OK queued"
        self.signed_in = session.authenticated is True
        if answer.startswith(("250", "drop")) or self.silent:
            self.accept(envelope)
        if self.silent:
            await asyncio.Event().wait()
        if answer == "drop":
            server.transport.abort()
        return answer

    def accept(self, envelope: Any) -> None:
        content: bytes = envelope.original_content
        assert not re.search(rb"(?<!\r)\n|\r(?!\n)", content), "a bare line end"
        mail = message_from_bytes(content, policy=policy.SMTP)
        assert isinstance(mail, EmailMessage)
        for name in ("From", "To", "Subject", "Date", "Message-ID"):
            assert len(mail.get_all(name, [])) == 1, name
        assert not mail.defects
        assert mail["To"].addresses[0].addr_spec == envelope.rcpt_tos[0]
        assert all(len(line) <= 998 for line in content.split(b"\r\n"))
        self.received.append(mail)
        self.raw.append(content)
        self.senders.append(envelope.mail_from)


class Counted(SMTP):
    """Counts connections: each instance serves one."""

    def __init__(self, office: PostOffice, **options: Any) -> None:
        super().__init__(office, **options)
        self.office = office

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(self.transport, asyncio.BaseTransport):
            self.office.connections += 1
        super().connection_made(transport)


class Served(Controller):
    def factory(self) -> SMTP:
        return Counted(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        """Learn which port was free before the first connection makes the server complete."""
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
        self.handler.connections = 0


@contextmanager
def opened(office: PostOffice, **options: Any) -> Iterator[int]:
    """Serve on a free port and yield it."""
    controller = Served(office, hostname="127.0.0.1", port=0, **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def authenticator(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)


@dataclass(frozen=True)
class Authority:
    """A certificate authority of ours and a certificate it gave to ``localhost``."""

    ca: Path
    chain: Path

    @classmethod
    def make(cls, folder: Path, name: str) -> "Authority":
        ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{name} authority")])
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        ca = signed(issuer, issuer, ca_key, ca_key, x509.BasicConstraints(ca=True, path_length=None))
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        leaf = signed(issuer, subject, ca_key, key, x509.SubjectAlternativeName(names))
        plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        ca_file, chain = folder / f"{name}-ca.pem", folder / f"{name}.pem"
        ca_file.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
        chain.write_bytes(key.private_bytes(*plain) + leaf.public_bytes(serialization.Encoding.PEM))
        return cls(ca_file, chain)

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain)
        return context


def signed(issuer: x509.Name, subject: x509.Name, ca_key: Any, key: Any, extension: x509.ExtensionType) -> Any:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    return builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints)).sign(
        ca_key, hashes.SHA256()
    )

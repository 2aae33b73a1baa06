"""The only module that speaks SMTP: one connection per batch, encrypted and verified. Used by jobs alone."""

import re
import smtplib
import ssl
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from admin_core.jobs.errors import JobError
from admin_core.jobs.failpoints import failpoint
from admin_core.mail.answers import CLOSING, Outcome, Step, judged
from admin_core.mail.configuration import MailSettings

TIMEOUT_S = 20.0
OK, GO_AHEAD = range(200, 300), 354
FIRST_DOT = re.compile(rb"(?m)^\.")
LOST = Outcome("later", "The mail server closed the connection before it had the message.")
UNKNOWN = Outcome("unknown", "The connection broke before the mail server said whether it took the message.")


class NotReady(JobError):
    """No message can be sent at present; the sentence is for operators."""


@dataclass
class Connection:
    """A connection to the mail server, opened when first needed and again when the server closed it."""

    settings: MailSettings
    timeout_s: float = TIMEOUT_S
    server: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.close()

    def deliver(self, sender: str, receiver: str, content: bytes) -> Outcome:
        """Hand one message over and return what became of it. Whatever goes wrong is an outcome."""
        try:
            self.server = self.server if self.lives() else opened(self.settings, self.timeout_s)
        except NotReady as problem:
            return Outcome("unready", str(problem))
        outcome = handed_over(self.server, sender, receiver, content) if self.server else LOST
        if outcome.kind != "sent":
            self.recover()
        return outcome

    def lives(self) -> bool:
        """Return whether the connection still answers."""
        try:
            return self.server is not None and self.server.noop()[0] in OK
        except (OSError, smtplib.SMTPException):
            self.close()
            return False

    def recover(self) -> None:
        """Make ready for the next message after one that was not taken; without an answer, begin anew."""
        try:
            if self.server is None or self.server.rset()[0] not in OK:
                self.close()
        except (OSError, smtplib.SMTPException):
            self.close()

    def close(self) -> None:
        """Say goodbye, as far as anybody listens."""
        server, self.server = self.server, None
        if server is None:
            return
        try:
            server.quit()
        except (OSError, smtplib.SMTPException):
            server.close()


def opened(settings: MailSettings, timeout_s: float = TIMEOUT_S) -> smtplib.SMTP:
    """Return a connection that is encrypted, verified and signed in, or raise NotReady with a sentence."""
    if settings.problem:
        raise NotReady(settings.problem)
    server: smtplib.SMTP | None = None
    try:
        server = greeted(settings, timeout_s)
        signed_in(server, settings)
    except (OSError, smtplib.SMTPException) as error:
        if server is not None:
            server.close()
        raise NotReady(sentence_of(error, settings, timeout_s)) from None
    return server


def greeted(settings: MailSettings, timeout_s: float) -> smtplib.SMTP:
    """Return a connection whose certificate was verified, unless it stays on this machine."""
    name = settings.from_email.rpartition("@")[2]
    host, port = settings.host, settings.port
    if settings.security == "tls":
        return smtplib.SMTP_SSL(host, port, name, timeout=timeout_s, context=ssl.create_default_context())
    server = smtplib.SMTP(host, port, name, timeout=timeout_s)
    if settings.security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server


def signed_in(server: smtplib.SMTP, settings: MailSettings) -> None:
    """Sign in when a user name is set; greet again either way."""
    server.ehlo_or_helo_if_needed()
    if settings.username:
        server.login(settings.username, settings.password)


def sentence_of(error: Exception, settings: MailSettings, timeout_s: float) -> str:
    """Return what kept us from a connection, and what to do, without anything secret."""
    where = f"{settings.host} at port {settings.port}"
    code = getattr(error, "smtp_code", "")
    why = getattr(error, "verify_message", "")
    sentences: tuple[tuple[type[Exception], str], ...] = (
        (ssl.SSLCertVerificationError, f"The certificate of {where} is not valid: {why}. Nothing was sent."),
        (ssl.SSLError, f"{where} does not speak TLS as expected. Check port and security on the settings page."),
        (TimeoutError, f"{where} did not answer within {timeout_s:g} seconds."),
        (smtplib.SMTPAuthenticationError, f"{where} refused the user name or the password (code {code})."),
        (smtplib.SMTPNotSupportedError, f"{where} does not offer STARTTLS or sign-in as the settings ask for."),
        (smtplib.SMTPResponseException, f"{where} does not serve us now (code {code})."),
        (smtplib.SMTPException, f"{where} closed the connection."),
    )
    found = (sentence for kind, sentence in sentences if isinstance(error, kind))
    return next(found, f"{where} cannot be reached.")


def handed_over(server: smtplib.SMTP, sender: str, receiver: str, content: bytes) -> Outcome:
    """Go through the conversation about one message.

    Until the closing dot has left, a broken connection means that the server has nothing. After it, only the answer
    tells; SMTP knows no way to ask again.
    """
    try:
        outcome = offered(server, sender, receiver)
        if outcome.kind != "sent":
            return outcome
        server.send(FIRST_DOT.sub(b"..", content) + b".\r\n")
    except (OSError, smtplib.SMTPException):
        return LOST
    failpoint("mail.handed")
    try:
        code, reply = server.getreply()
    except (OSError, smtplib.SMTPException):
        return UNKNOWN
    return judged("end", code, reply)


def offered(server: smtplib.SMTP, sender: str, receiver: str) -> Outcome:
    """Say from whom and to whom; return ``sent`` when the server waits for the message."""
    step: Step = "mail"
    code, reply = server.mail(sender)
    if code in OK:
        step = "rcpt"
        code, reply = server.rcpt(receiver)
    if code in OK:
        step = "data"
        code, reply = server.docmd("DATA")
    if code == CLOSING:
        return LOST
    if code in OK:  # DATA is answered by 354 or by a refusal
        return LOST
    return judged(step, code, reply)


def try_connection(values: dict[str, object]) -> str:
    """Connect, sign in and leave; return a sentence, or raise NotReady. For the Test button of the settings page."""
    settings = MailSettings.of(values)
    with Connection(settings) as connection:
        connection.server = opened(settings)
        return f"{settings.host} answered and accepted us; the connection is {SECURED[settings.security]}."


SECURED = {"tls": "encrypted", "starttls": "encrypted", "none": "on this machine, not encrypted"}

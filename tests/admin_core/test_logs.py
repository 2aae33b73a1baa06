"""What reaches a log: ids and sentences of ours; never an address, a number, a key, a query, a value of a row."""

import json
import logging
import logging.config
from collections.abc import Iterator
from io import StringIO

import pytest

from admin_core.logs import FIELDS, Lines, blacked_out, configuration

CANARIES = [
    ("duplicate key value\nDETAIL:  Key (email)=(ada@example.com) already exists.", "ada@example.com"),
    ("DETAIL:  Failing row contains (7, Nomsa Dlamini, 0821234567).", "Nomsa"),
    ("Key (name)=(Nomsa Dlamini) is still referenced", "Nomsa"),
    ("connect to postgresql://admin_app:s3cr3t@db/hireinbox failed", "s3cr3t"),
    ("no such person: ada.lovelace+cv@example.co.za", "lovelace"),
    ("Error handling request /admin/data/customers/?q=nomsa&x=1", "nomsa"),
    ("GET /admin/x?nomsa HTTP/1.1", "nomsa"),
    ("Authorization: Bearer abc.def-ghi", "abc.def"),
    ("key hia_abcdefgh_0123456789abcdefghijklmnopqrstuv is wrong", "0123456789"),
    ("secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8"),
    ("GET /auth/link/Zx81_secret-token", "Zx81"),
    ("GET /u/Zx81.secret", "Zx81"),
    ("call +27 82 123 4567 back", "123 4567"),
    ("call 0821234567 back", "0821234567"),
    ("person 8001015009087 applied", "8001015009087"),
]  # fmt: skip


@pytest.mark.parametrize(("message", "canary"), CANARIES)
def test_what_looks_like_somebodys_is_blacked_out(message: str, canary: str) -> None:
    assert canary in message
    assert canary not in blacked_out(message)


@pytest.mark.parametrize(
    "message",
    [
        "GET /admin/data/<key>/ 200 12ms 01981c3e-0000-7000-8000-000000000000",
        "Job 01981c3e-0000-7000-8000-012345678901 (core.verify-audit) failed: it took too long",
        "plugin finance raised in a hook",
        "Is it true? Yes.",
        "1764172800000.25 s",
    ],
)
def test_what_is_ours_stays_readable(message: str) -> None:
    assert blacked_out(message) == message


@pytest.fixture
def written() -> Iterator[StringIO]:
    logger, stream = logging.getLogger("tests.lines"), StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines())
    logger.addHandler(handler)
    logger.propagate = False
    yield stream
    logger.removeHandler(handler)


def test_a_line_is_json_with_its_own_columns_and_no_message_of_an_exception(written: StringIO) -> None:
    log = logging.getLogger("tests.lines")
    typed = "ada@example.com"
    log.warning("one\ntwo %s", typed, extra={FIELDS: {"request": "r-1", "status": 200}})
    try:
        int(typed)
    except ValueError:
        log.exception("it failed")
    first, second = [json.loads(line) for line in written.getvalue().splitlines()]
    assert (first["message"], first["request"], first["status"]) == ("one\ntwo [e-mail]", "r-1", 200)
    assert (first["level"], first["logger"]) == ("warning", "tests.lines")
    assert "ValueError" in second["exception"]
    assert "ada" not in json.dumps(second)


def test_gunicorn_and_processes_take_the_configuration_and_no_line_for_a_request_is_gunicorns() -> None:
    import gunicorn.glogging
    from gunicorn.config import Config

    from admin_core.supervisor import gunicorn_conf

    made = Config()
    for name in ("logconfig_dict", "forwarded_allow_ips", "forwarder_headers", "secure_scheme_headers"):
        made.set(name, getattr(gunicorn_conf, name))
    before = logging.root.handlers[:], logging.root.level
    try:
        logger = gunicorn.glogging.Logger(made)
        assert isinstance(logging.root.handlers[0].formatter, Lines)
        assert not logger.access_log.isEnabledFor(logging.INFO)
        assert logger.error_log.isEnabledFor(logging.INFO)
    finally:
        logging.root.handlers[:], logging.root.level = before
    assert (made.forwarded_allow_ips, made.forwarder_headers, made.secure_scheme_headers) == ([], [], {})


def test_the_configuration_is_one_that_logging_takes() -> None:
    assert logging.config.DictConfigurator(configuration()).config["version"] == 1

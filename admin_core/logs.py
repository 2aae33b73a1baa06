"""The log of every process: one JSON object on a line, with ids and no personal data.

Messages are ours and name ids only; what slips in through an error of a library is blacked out by its shape.
"""

import json
import logging
import logging.config
import re
from datetime import UTC, datetime
from typing import Any

from admin_core.traces import trace_of

FIELDS = "fields"
"""Key of ``extra=`` under which a line's own columns come."""
LONGEST = 8_000
BLACKED_OUT: tuple[tuple[re.Pattern[str], str], ...] = (
    # What PostgreSQL quotes: DETAIL:  Key (email)=(ada@example.com) already exists. Failing row contains (…).
    (re.compile(r"DETAIL:.*"), "DETAIL: […]"),
    (re.compile(r"\)=\(.*?\)"), ")=([…])"),
    (re.compile(r"(://[^\s:/@]*):[^\s/@]*@"), r"\1:[…]@"),
    (re.compile(r"[^\s\"'<>()=,:;]+@[\w.-]+\.\w+"), "[e-mail]"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), r"\1 […]"),
    (re.compile(r"\b(whsec_|sk_|pk_|hia_|hib_)[\w+/=-]{6,}"), r"\1[…]"),
    (re.compile(r"(/auth/link/|/u/)[\w.~-]+"), r"\1[…]"),
    (re.compile(r"\?[^\s\"']+"), "?[…]"),
    (re.compile(r"(?<![\w-])(\+27|0)[ -]?\d{2}[ -]?\d{3}[ -]?\d{4}(?![\w-])"), "[phone]"),
    (re.compile(r"(?<![\w-])\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])\d{7}(?![\w-])"), "[identity number]"),
)


class Lines(logging.Formatter):
    """Writes a record as a line of JSON; an exception by where it came from, never by its message."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": blacked_out(record.getMessage()),
            **getattr(record, FIELDS, {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = blacked_out(trace_of(record.exc_info[1]))
        return json.dumps(line, ensure_ascii=False, default=str)


def blacked_out(text: str) -> str:
    """Return a message without what looks like somebody's: addresses, numbers, keys, what followed a question mark."""
    shown = text[:LONGEST]
    for pattern, instead in BLACKED_OUT:
        shown = pattern.sub(instead, shown)
    return shown


def configuration(level: str = "INFO") -> dict[str, Any]:
    """Return the configuration of all loggers of a process; gunicorn takes the same."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": "admin_core.logs.Lines"}},
        "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines", "stream": "ext://sys.stderr"}},
        "root": {"level": level, "handlers": ["lines"]},
        "loggers": {
            "gunicorn.error": {"level": level, "handlers": [], "propagate": True},
            # Each request has a line of ours; gunicorn's would quote the address with all that people typed.
            "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
            "httpx": {"level": "WARNING"},
            "rq": {"level": "WARNING"},
        },
    }


def configure() -> None:
    """Let this process write its log so."""
    logging.config.dictConfig(configuration())

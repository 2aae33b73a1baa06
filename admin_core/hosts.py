"""Under which names we answer, and what: who asks for another name follows a poisoned link, or scans.

The team comes by the public address alone. Further names serve programs only; an address of the team is 404 there.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, request
from flask.typing import ResponseReturnValue

from admin_core.settings import Settings, is_loopback

HOST = re.compile(r"(\[[0-9a-f:.]{2,45}\]|[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)(:[0-9]{1,5})?", re.IGNORECASE)
ASKED_BY_ADDRESS = frozenset({"/healthz", "/readyz"})
"""Load balancers ask by the address of the machine."""


@dataclass(frozen=True)
class Names:
    """The host names of an installation, without ports."""

    team: frozenset[str]
    programs: frozenset[str]
    any_loopback: bool
    """Outside production this machine's own names are as good as the public one."""

    @classmethod
    def of(cls, settings: Settings) -> "Names":
        """Return the names that the settings give."""
        team = (urlsplit(settings.public_url).hostname or "").lower()
        return cls(frozenset({team}), frozenset(settings.public_hosts), settings.env != "production")

    def is_known(self, name: str) -> bool:
        """Return whether we answer to a name at all."""
        return name in self.team | self.programs or (self.any_loopback and is_loopback(name))

    def is_for_programs_alone(self, host: str) -> bool:
        """Return whether only the public surface is served under what a Host header says."""
        return name_in(host) in self.programs - self.team


def name_in(host: str) -> str:
    """Return the name in a Host header, lower-case, without port and brackets; empty when it is malformed."""
    found = HOST.fullmatch(host)
    return found[1].strip("[]").lower() if found else ""


def install(app: Flask, settings: Settings) -> None:
    """Ask before everything else."""
    names = Names.of(settings)

    @app.before_request
    def ask() -> ResponseReturnValue | None:
        if request.path in ASKED_BY_ADDRESS or names.is_known(name_in(request.host)):
            return None
        return "There is nothing under this name.\n", 400, {"Content-Type": "text/plain; charset=utf-8"}

"""What plugins say about their own health: each check on its own, time-boxed, contained."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from admin_core.contributions import Health, HealthCheck
from admin_core.generator.counting import TimedOut, time_box
from admin_core.theme.frame import Tone
from admin_core.traces import trace_of

log = logging.getLogger(__name__)
CHECK_MS = 1_000
TONES: dict[str, Tone] = {"ok": "success", "warning": "warning", "failing": "danger", "unknown": "neutral"}


@dataclass(frozen=True)
class Checkup:
    """A check and what it says now."""

    plugin: str
    title: str
    health: Health

    @property
    def tone(self) -> Tone:
        """The badge's colour."""
        return TONES[self.health.state]


def checkups(session: Session, offered: Iterable[tuple[str, HealthCheck]], now: datetime) -> list[Checkup]:
    """Return what every check says; one that fails or takes too long says so itself."""
    return [Checkup(plugin, check.title, asked(session, check, now)) for plugin, check in offered]


def asked(session: Session, check: HealthCheck, now: datetime) -> Health:
    """Return what one check says."""
    try:
        with time_box(session, CHECK_MS):
            found = check.run(session, now)
    except TimedOut:
        return Health("unknown", f"It took longer than {CHECK_MS // 1000} s.")
    except Exception as error:  # noqa: BLE001 (a plugin may raise anything)
        log.error("the health check %s raised\n%s", check.slug, trace_of(error))  # noqa: TRY400 (no message)
        return Health("unknown", "It could not be worked out; the log says why.")
    return found if isinstance(found, Health) else Health("unknown", "It gave no answer.")

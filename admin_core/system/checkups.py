"""What plugins say about their own health: each check on its own, time-boxed, contained."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from admin_core.circuits import Circuits
from admin_core.contained import PartFailed, attempt
from admin_core.contributions import Health, HealthCheck
from admin_core.generator.counting import time_box
from admin_core.plugin_manager import Plugins
from admin_core.theme.frame import Tone

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


def checkups(session: Session, plugins: Plugins, now: datetime) -> list[Checkup]:
    """Return what every check says; one that fails, takes too long or is left alone says so itself."""
    titles = {plugin.name: plugin.title for plugin in plugins if plugin.is_running}
    offered = [(a.plugin, check) for a in plugins.collect("register_health_checks") for check in a.items]
    return [
        Checkup(titles[name], check.title, asked(session, plugins.circuits, name, check, now))
        for name, check in offered
    ]


def asked(session: Session, circuits: Circuits, plugin: str, check: HealthCheck, now: datetime) -> Health:
    """Return what one check says."""
    try:
        with attempt(circuits, plugin, f"check {check.title}", CHECK_MS), time_box(session, CHECK_MS):
            found = check.run(session, now)
            if not isinstance(found, Health):
                raise TypeError("a health check's run returns a Health")
    except PartFailed as failure:
        return Health("unknown", failure.sentence)
    return found

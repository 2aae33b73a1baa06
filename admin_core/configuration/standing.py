"""How a section stands, in one badge and one sentence: not set up, not tested, being tested, working or failing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from admin_core import settings_store as store
from admin_core.configuration import testing
from admin_core.configuration.testing import Running
from admin_core.setting_fields import SettingsSection
from admin_core.settings_store import Stored, is_complete
from admin_core.theme.frame import Tone
from schema.settings import IntegrationState

Word = Literal["as shipped", "not set up", "set up", "not tested", "testing …", "working", "failing"]
TONES: dict[Word, Tone] = {
    "as shipped": "neutral",
    "not set up": "neutral",
    "set up": "success",
    "not tested": "warning",
    "testing …": "info",
    "working": "success",
    "failing": "danger",
}


@dataclass(frozen=True)
class Standing:
    """The state of a section."""

    word: Word
    sentence: str = ""
    at: datetime | None = None
    """When it was tested, or since when it is being tested."""

    @property
    def tone(self) -> Tone:
        """The badge's colour."""
        return TONES[self.word]

    @property
    def is_running(self) -> bool:
        """True: ask again in a moment."""
        return self.word == "testing …"


@dataclass(frozen=True)
class Surveyed:
    """A section, what is stored in it, and how it stands."""

    section: SettingsSection
    found: Mapping[str, Stored]
    standing: Standing


def survey(session: Session, sections: Sequence[SettingsSection]) -> list[Surveyed]:
    """Return how these sections stand, in their order. Three statements, however many they are."""
    found = store.stored_by_section(session, sections)
    states = store.states(session, found)
    running = testing.running(session, [section for section in sections if section.test])
    return [
        Surveyed(s, found[s.name], standing(s, found[s.name], states.get(s.name), running.get(s.name)))
        for s in sections
    ]


def standing(
    section: SettingsSection,
    found: Mapping[str, Stored],
    state: IntegrationState | None = None,
    running: Running | None = None,
) -> Standing:
    """Return how a section stands."""
    if not is_complete(section, found):
        needs = any(field.required for field in section.fields)
        return Standing("not set up" if needs else "as shipped", missing(section, found))
    if not section.test:
        return Standing("set up")
    if running:
        words = "The other side is being asked." if running.has_begun else "Waiting for a worker."
        return Standing("testing …", words, running.since)
    if state is None or state.last_test_ok is None:
        return Standing("not tested", "Press Test to see whether it works.")
    return Standing("working" if state.last_test_ok else "failing", state.last_test_message or "", state.last_tested_at)


def missing(section: SettingsSection, found: Mapping[str, Stored]) -> str:
    """Return what has to be entered still; empty when nothing is required."""
    empty = [f.label for f in section.fields if f.required and not found[f.name].is_set and f.default is None]
    return f"Missing: {', '.join(empty)}." if empty else ""

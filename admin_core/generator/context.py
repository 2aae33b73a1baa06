"""What every generated screen is given: who asks, over which session, about which models. No Flask here."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from admin_core.audit.keys import AppKeys
from admin_core.audit.subject_keys import SubjectKeys
from admin_core.ciphers import Cipher
from admin_core.generator.action_registry import ActionRegistry
from admin_core.generator.reads import Reads
from admin_core.generator.registry import Registry
from admin_core.policy import Person


@dataclass(frozen=True)
class Context:
    """One request's surroundings, as plain values."""

    session: Session
    person: Person
    registry: Registry
    cipher: Cipher
    now: datetime
    """Aware, UTC."""
    actions: ActionRegistry = field(default_factory=ActionRegistry)
    reads: Reads = field(default_factory=Reads)
    """What of people the page shows, to be written down before it goes out."""

    @property
    def subject_keys(self) -> SubjectKeys:
        """What opens personal values in the history."""
        return SubjectKeys(AppKeys.from_secrets(self.cipher.keys))

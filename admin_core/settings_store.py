"""Keeps what the settings page knows: plain values as JSON, secrets encrypted under their own purpose.

``read`` is for jobs and code, which get secrets in clear; pages use ``stored``, which never selects one.
Nobody here commits.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, defer, joinedload

from admin_core.ciphers import Cipher, Unreadable
from admin_core.setting_fields import SettingField, SettingsSection, Value, Values
from admin_core.setting_values import as_json, from_json
from schema.settings import IntegrationState, Setting

SHORTEST_HINTED = 16
"""A shorter secret gives no hint: its last four characters would be too much of it."""
HINTED = 4


class UnreadableSecretError(RuntimeError):
    """A secret was encrypted under a key this process doesn't have; the message tells an operator what to do."""

    def __init__(self, section: SettingsSection, field: SettingField) -> None:
        super().__init__(
            f"{section.title}: “{field.label}” can't be decrypted, since ADMIN_SECRET_KEY was changed."
            " Add the former key to ADMIN_OLD_SECRET_KEYS, or enter the value again on the settings page."
        )


@dataclass(frozen=True)
class Stored:
    """What a page may know about one stored value."""

    value: Value
    """None for a secret."""
    is_set: bool
    hint: str = ""
    """Last characters of a long secret."""
    changed_at: datetime | None = None
    changed_by: str = ""
    """The member's name; empty when a program wrote it or the member is gone."""


@dataclass(frozen=True)
class Sections:
    """The declared sections of this process in their order, and whose they are."""

    by_name: Mapping[str, SettingsSection] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    """Plugin of each section; ``core`` for core's own."""

    @classmethod
    def of(cls, offered: Iterable[tuple[str, SettingsSection]]) -> "Sections":
        """Return the sections in their order; of two with one name the first offered stays."""
        found: dict[str, tuple[str, SettingsSection]] = {}
        for owner, section in offered:
            found.setdefault(section.name, (owner, section))
        ordered = sorted(found.values(), key=lambda pair: (pair[1].order, pair[1].title))
        return cls({s.name: s for _, s in ordered}, {s.name: owner for owner, s in ordered})

    def __iter__(self) -> Iterator[SettingsSection]:
        """Yield the sections in their order."""
        return iter(self.by_name.values())

    def __getitem__(self, name: str) -> SettingsSection:
        """Return the section of this name, or raise LookupError with a sentence."""
        if name not in self.by_name:
            raise LookupError(f"No settings section is called {name}. Its plugin may be disabled.")
        return self.by_name[name]

    def __contains__(self, name: object) -> bool:
        """Return whether a section of this name is declared."""
        return name in self.by_name

    def without(self, owners: Collection[str]) -> "Sections":
        """Return the sections that belong to none of these plugins."""
        if not owners:
            return self
        return Sections.of([(self.owners[s.name], s) for s in self if self.owners[s.name] not in owners])

    @property
    def steps(self) -> tuple[SettingsSection, ...]:
        """The sections that are steps of the set-up page."""
        return tuple(section for section in self if section.setup)


def read(session: Session, cipher: Cipher, section: SettingsSection) -> dict[str, Value]:
    """Return the section's values with defaults filled in and secrets in clear; UnreadableSecretError names a lost one.

    Keep the answer out of logs, job arguments and pages.
    """
    values = section.defaults()
    for row in session.scalars(select(Setting).where(Setting.section == section.name)):
        field = next((field for field in section.fields if field.name == row.name), None)
        if field is None:
            continue  # of an older version, or of one that comes back
        if field.is_secret:
            values[field.name] = opened(cipher, section, field, row)
        elif row.value is not None:
            values[field.name] = from_json(field, row.value.get("v"))
    return values


def opened(cipher: Cipher, section: SettingsSection, field: SettingField, row: Setting) -> str | None:
    """Return a stored secret in clear."""
    if row.secret is None:
        return None
    try:
        return cipher.open(purpose(section.name, field.name), row.secret.decode("ascii", "replace"))
    except Unreadable:
        raise UnreadableSecretError(section, field) from None


def purpose(section: str, name: str) -> str:
    """Return what a secret is encrypted for: moved to another row it can't be opened."""
    return f"setting {section}.{name}"


def stored(session: Session, section: SettingsSection) -> dict[str, Stored]:
    """Return what a page may know of each field. No secret is selected."""
    return stored_by_section(session, [section])[section.name]


def stored_by_section(session: Session, sections: Iterable[SettingsSection]) -> dict[str, dict[str, Stored]]:
    """Return the same for several sections, with one statement."""
    wanted = {section.name: section for section in sections}
    statement = select(Setting).where(Setting.section.in_(wanted))
    statement = statement.options(defer(Setting.secret, raiseload=True), joinedload(Setting.updated_by))
    rows = {(row.section, row.name): row for row in session.scalars(statement)}
    return {
        name: {field.name: known(field, rows.get((name, field.name))) for field in section.fields}
        for name, section in wanted.items()
    }


def known(field: SettingField, row: Setting | None) -> Stored:
    """Return what a page may know of one field."""
    if row is None:
        return Stored(None if field.is_secret else field.default, is_set=False)
    by = row.updated_by.name if row.updated_by else ""
    if field.is_secret:
        return Stored(None, row.secret_key_id is not None, row.secret_hint or "", row.updated_at, by)
    value = field.default if row.value is None else from_json(field, row.value.get("v"))
    return Stored(value, row.value is not None, "", row.updated_at, by)


def is_complete(section: SettingsSection, found: Mapping[str, Stored]) -> bool:
    """Return whether every required field has a value; of a section that requires nothing, whether any was set."""
    required = [field for field in section.fields if field.required]
    if not required:
        return any(field.is_set for field in found.values())
    return all(found[field.name].is_set or found[field.name].value is not None for field in required)


def is_configured(session: Session, section: SettingsSection) -> bool:
    """Return whether the section is set up. Opens no secret."""
    return is_complete(section, stored(session, section))


def lock(session: Session, section: SettingsSection) -> None:
    """Let nobody else write this section until the transaction ends."""
    key = int.from_bytes(hashlib.blake2b(f"settings {section.name}".encode(), digest_size=8).digest(), signed=True)
    # On the connection: a policy session refuses plain SQL, and this statement touches no row.
    session.connection().exec_driver_sql("SELECT pg_advisory_xact_lock(%(key)s)", {"key": key})


def write(
    session: Session, cipher: Cipher, section: SettingsSection, values: Values, *, actor_id: UUID | None = None
) -> tuple[str, ...]:
    """Store these fields, None removing one, and leave the others alone; return the names of those that changed.

    What was known about the integration's last test is forgotten when something changed.
    """
    lock(session, section)
    statement = select(Setting).where(Setting.section == section.name).options(defer(Setting.secret, raiseload=True))
    rows = {row.name: row for row in session.scalars(statement)}
    changed = tuple(name for name, value in values.items() if differs(section[name], value, rows.get(name)))
    for name in changed:
        row = rows.get(name) or Setting(section=section.name, name=name)
        fill(cipher, section, row, values[name])
        row.updated_by_id = actor_id
        session.add(row)
    session.flush()
    if changed and (section.test or section.setup):
        note_change(session, section)
    return changed


def differs(field: SettingField, value: Value, row: Setting | None) -> bool:
    """Return whether storing the value would change anything; a secret that is entered always does."""
    if field.is_secret:
        return value is not None or (row is not None and row.secret_key_id is not None)
    before = row.value.get("v") if row is not None and row.value is not None else None
    return before != as_json(value)


def fill(cipher: Cipher, section: SettingsSection, row: Setting, value: Value) -> None:
    """Put a value into its row."""
    if not section[row.name].is_secret:
        row.value = None if value is None else {"v": as_json(value)}
        return
    secret = None if value is None else str(value)
    row.secret = None if secret is None else sealed(cipher, section.name, row.name, secret)
    row.secret_key_id = None if secret is None else cipher.key_id
    row.secret_hint = secret[-HINTED:] if secret is not None and len(secret) >= SHORTEST_HINTED else None


def sealed(cipher: Cipher, section: str, name: str, secret: str) -> bytes:
    """Return a secret as it is stored."""
    return cipher.seal(purpose(section, name), secret).encode("ascii")


def note_change(session: Session, section: SettingsSection) -> None:
    """Note whether the integration is set up now, and that this state of it was never tested."""
    state = integration(session, section.name)
    state.configured = is_configured(session, section)
    state.last_tested_at = state.last_test_ok = state.last_test_message = None
    session.flush()


def integration(session: Session, name: str) -> IntegrationState:
    """Return how an integration stands, made when nothing is known of it yet."""
    state = session.scalar(select(IntegrationState).where(IntegrationState.name == name))
    if state is None:
        state = IntegrationState(name=name, configured=False)
        session.add(state)
    return state


def states(session: Session, names: Iterable[str]) -> dict[str, IntegrationState]:
    """Return what is known of these integrations by name; one that was never set up is missing."""
    statement = select(IntegrationState).where(IntegrationState.name.in_(list(names)))
    return {state.name: state for state in session.scalars(statement)}


def is_set_up(session: Session, name: str) -> bool:
    """Return whether an integration is set up, for tiles and pages that depend on it. One indexed row."""
    return session.scalar(select(IntegrationState.configured).where(IntegrationState.name == name)) is True

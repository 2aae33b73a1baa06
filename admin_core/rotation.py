"""Encrypts what lies encrypted in the database under the current secret key, so that the old ones can go.

In batches, each in a transaction of its own: what was stopped goes on where it is called again, and what is current
already costs a look. Which places there are stands in ``PLACES``; cursors and form tokens are not kept, so not here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, Table, exists, func, select, update
from sqlalchemy.orm import Session

from admin_core.access.authenticator import SEALED as AUTHENTICATOR
from admin_core.access.browsers import SEALED as SESSION
from admin_core.alerts.targets import PURPOSE as ALERT_CHANNEL
from admin_core.api.repeats import PURPOSE as API_ANSWER
from admin_core.approvals.asking import PURPOSE as TYPED
from admin_core.audit.recording import AuditLog
from admin_core.audit.tables import ENTRIES, SUBJECT_KEYS
from admin_core.bulk.running import PURPOSE as BULK
from admin_core.changes.acting import tell
from admin_core.ciphers import Cipher, Unreadable
from admin_core.database import Database
from admin_core.imports.keeping import PURPOSE as IMPORT_FILE
from admin_core.mail.suppression import is_kept_by_hash_alone
from admin_core.settings_store import purpose as of_setting
from admin_core.webhooks.keys import PURPOSE as WEBHOOK_SECRET
from schema.alerts import AlertChannel
from schema.api import IdempotencyKey, WebhookEndpoint
from schema.bulk import BulkRun
from schema.changes import Approval
from schema.imports import DataImport
from schema.settings import Setting
from schema.staff import StaffMember, StaffSession
from schema.views import SavedView, ViewState

BATCH = 200


@dataclass(frozen=True)
class Place:
    """A column that holds something encrypted."""

    label: str
    table: Table
    column: str
    purpose: Callable[[Row[Any]], str]
    """What the value of a row was encrypted for."""
    beside: tuple[str, ...] = ()
    """Further columns that the purpose needs."""
    key_id: str = ""
    """The column that names the key, where there is one."""


@dataclass(frozen=True)
class Tally:
    """What was found in one place."""

    label: str
    checked: int = 0
    renewed: int = 0
    unreadable: int = 0
    """No key at hand opens them."""

    def plus(self, **more: int) -> "Tally":
        """Return the tally with more in it."""
        return replace(self, **{name: getattr(self, name) + number for name, number in more.items()})


def table_of(model: Any) -> Table:
    """Return the table of a model."""
    table: Table = model.__table__
    return table


PLACES: tuple[Place, ...] = (
    Place(
        "Keys on the settings page",
        table_of(Setting),
        "secret",
        lambda row: of_setting(row.section, row.name),
        ("section", "name"),
        "secret_key_id",
    ),
    Place("Secrets of webhooks", table_of(WebhookEndpoint), "secret", lambda _row: WEBHOOK_SECRET),
    Place("Former secrets of webhooks", table_of(WebhookEndpoint), "old_secret", lambda _row: WEBHOOK_SECRET),
    Place("Saved views", table_of(SavedView), "private_state", lambda row: f"saved-view:{row.id}"),
    Place(
        "Searches of the last 30 days",
        table_of(ViewState),
        "payload",
        lambda row: f"view-state:{row.model_key}:{row.owner_id}",
        ("model_key", "owner_id"),
    ),
    Place("Addresses of alert channels", table_of(AlertChannel), "target", lambda _row: ALERT_CHANNEL),
    Place("What was typed for approvals", table_of(Approval), "typed", lambda _row: TYPED),
    Place("What was typed for bulk changes", table_of(BulkRun), "typed", lambda _row: BULK),
    Place("Seeds of authenticator apps", table_of(StaffMember), "tf_totp_secret", lambda _row: AUTHENTICATOR),
    Place("What sessions hold", table_of(StaffSession), "content", lambda _row: SESSION),
    Place("Answers kept for repeated requests", table_of(IdempotencyKey), "answer", lambda _row: API_ANSWER),
    Place("Keys of imported files", table_of(DataImport), "file_key", lambda _row: IMPORT_FILE),
)


def rotate(database: Database, cipher: Cipher, log: AuditLog) -> Iterator[Tally]:
    """Encrypt everything anew that an older key holds; yield a tally for each place."""
    for place in PLACES:
        yield walked(database, place, cipher)
    yield subject_keys(database, log)


def leftovers(database: Database, cipher: Cipher, log: AuditLog) -> Iterator[Tally]:
    """Change nothing; yield for each place how much the current key alone does not open."""
    current = Cipher(cipher.keys[:1])
    for place in PLACES:
        yield walked(database, place, current)
    with database.transaction() as session:
        yield Tally(SUBJECTS, unreadable=under_other_keys(session, [log.keys.mac.id]))


SUBJECTS = "Keys of people in the logs"


def walked(database: Database, place: Place, cipher: Cipher) -> Tally:
    """Go through a place from its first row to its last."""
    tally, after = Tally(place.label), None
    while True:
        with database.transaction() as session:
            rows = next_rows(session, place, after)
            for row in rows:
                tally = tally.plus(checked=1, **looked_at(session, place, row, cipher))
        if len(rows) < BATCH:
            return tally
        after = rows[-1].id


def next_rows(session: Session, place: Place, after: Any) -> list[Row[Any]]:
    """Return the next rows that hold something, held against others."""
    columns = place.table.c
    wanted = select(columns.id, columns[place.column].label("sealed"), *(columns[name] for name in place.beside))
    wanted = wanted.where(columns[place.column].is_not(None)).order_by(columns.id).limit(BATCH).with_for_update()
    return list(session.connection().execute(wanted if after is None else wanted.where(columns.id > after)))


def looked_at(session: Session, place: Place, row: Row[Any], cipher: Cipher) -> dict[str, int]:
    """Encrypt one value anew when an old key holds it; return what to count."""
    is_text = isinstance(row.sealed, str)
    purpose, sealed = place.purpose(row), row.sealed if is_text else bytes(row.sealed).decode("ascii", "replace")
    if is_opened(Cipher(cipher.keys[:1]), purpose, sealed):
        return {}
    if not is_opened(cipher, purpose, sealed):
        return {"unreadable": 1}
    anew = cipher.seal(purpose, cipher.open(purpose, sealed))
    values: dict[str, Any] = {place.column: anew if is_text else anew.encode()}
    if place.key_id:
        values[place.key_id] = cipher.key_id
    for clock in {"updated_at", "update_datetime"} & set(place.table.c.keys()):  # nobody changed anything
        values[clock] = place.table.c[clock]
    tell(session)
    session.connection().execute(update(place.table).where(place.table.c.id == row.id).values(values))
    return {"renewed": 1}


def is_opened(cipher: Cipher, purpose: str, sealed: str) -> bool:
    """Return whether one of the cipher's keys opens a value."""
    try:
        cipher.open(purpose, sealed)
    except Unreadable:
        return False
    return True


def subject_keys(database: Database, log: AuditLog) -> Tally:
    """Wrap the keys of the people in the logs anew."""
    tally = Tally(SUBJECTS)
    while True:
        with database.transaction() as session:
            renewed = log.subjects.wrap_anew(session)
            tally = tally.plus(checked=renewed, renewed=renewed)
            if not renewed:
                lost = under_other_keys(session, [mac.id for mac in log.keys.macs])
                return tally.plus(checked=lost, unreadable=lost)


def under_other_keys(session: Session, known: list[str]) -> int:
    """Return how many keys of people are wrapped by none of these keys."""
    theirs = SUBJECT_KEYS.c.wrapping_key_id.not_in(known) & SUBJECT_KEYS.c.wrapped_key.is_not(None)
    return session.connection().scalar(select(func.count()).select_from(SUBJECT_KEYS).where(theirs)) or 0


def still_of_use(session: Session, log: AuditLog) -> list[str]:
    """Return what an old key is good for although nothing is encrypted under it: hashes cannot be turned back."""
    older = exists().where(ENTRIES.c.mac_key_id != log.keys.mac.id)
    found = []
    if session.connection().scalar(select(older)):
        found.append("audit entries written under it: without it `admin audit verify` checks seals, but not their macs")
    if is_kept_by_hash_alone(session):
        found.append("refusals of erased people, known by a hash: without it they could be written to again")
    return found

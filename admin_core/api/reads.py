"""The access log of the API: which key saw whose personal data, written before the answer goes out."""

from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from admin_core.addresses import stored_address
from admin_core.api.calls import Call
from admin_core.api.models import Model
from schema.access_log import AccessEntry, AccessKey, AccessKind

LONGEST_ID = 200


def note_reading(call: Call, answer: Model, address: str | None) -> None:
    """Add the entry of a call whose route shows personal data; the caller commits."""
    items = getattr(answer, "items", None)
    rows = 1 if items is None else len(items)
    if not call.route.personal or not rows:
        return
    subjects = list(dict.fromkeys(call.subjects))
    alone = subjects[0] if len(subjects) == 1 else (None, None)
    entry = AccessEntry(
        id=uuid7(),
        api_key_id=call.key.id,
        kind=AccessKind.API,
        model_key=call.route.personal,
        record_key=str(getattr(answer, "id", "")) or None,
        subject_kind=alone[0],
        subject_key=alone[1],
        field_names=personal_fields(call, items[0] if items else answer),
        row_count=rows,
        ip=stored_address(address),
        request_id=call.request_id[:LONGEST_ID],
    )
    call.session.add(entry)
    add_subjects(call.session, entry, subjects if len(subjects) > 1 else [])


def add_subjects(session: Session, entry: AccessEntry, subjects: list[tuple[str, str]]) -> None:
    """Add everybody whose data stood in the answer."""
    for position, (kind, key) in enumerate(subjects):
        session.add(AccessKey(entry_id=entry.id, position=position, subject_kind=kind, subject_key=key))


def personal_fields(call: Call, shown: Model) -> list[str]:
    """Return the columns with personal data that an answer or item shows under their own names."""
    columns = call.registry.spec(call.route.personal).columns
    return [name for name in type(shown).model_fields if name in columns and columns[name].is_personal]

"""The access log of the API: which key saw whose personal data, written before the answer goes out."""

from typing import Any

from sqlalchemy.orm import Session

from admin_core.api.calls import Call
from admin_core.api.models import Model
from admin_core.audit.reads import whose
from admin_core.audit.recording import AuditLog, Look
from schema.access_log import AccessKind


def note_reading(log: AuditLog, session: Session, call: Call, answer: Model, address: str | None) -> None:
    """Write the look of a call whose route shows personal data; the caller commits."""
    items = getattr(answer, "items", None)
    rows = 1 if items is None else len(items)
    if not call.route.personal or not rows:
        return
    look = Look(
        kind=AccessKind.API,
        api_key_id=call.key.id,
        model_key=call.route.personal,
        record_key=str(getattr(answer, "id", "")) or None,
        field_names=personal_fields(call, items[0] if items else answer),
        row_count=rows,
        ip=address,
        request_id=call.request_id,
        **about(log, call),
    )
    log.record_look(session, look)


def about(log: AuditLog, call: Call) -> dict[str, Any]:
    """Return whose data was read."""
    kinds = dict.fromkeys(kind for kind, _ in call.subjects)
    return whose(log, next(iter(kinds)), [key for _, key in call.subjects]) if len(kinds) == 1 else {}


def personal_fields(call: Call, shown: Model) -> tuple[str, ...]:
    """Return the columns with personal data that an answer or item shows under their own names."""
    columns = call.registry.spec(call.route.personal).columns
    return tuple(name for name in type(shown).model_fields if name in columns and columns[name].is_personal)

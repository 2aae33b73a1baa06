"""POPIA: what people ask about their data, and by when the law wants an answer."""

from admin_core.contributions import Manifest, Waiting
from admin_core.hookspecs import hookimpl
from plugins.popia import rules

MANIFEST = Manifest(
    name="popia",
    title="Privacy",
    description="Requests for access, deletion and correction, and their legal due dates.",
    icon="shield-lock",
    order=60,
)


@hookimpl
def register_waiting() -> list[Waiting]:
    return [
        Waiting(
            label="Privacy requests past their legal due date",
            model="subject_requests",
            filters=rules.overdue,
            permission="popia:requests:read",
            icon="shield-lock",
            tone="danger",
        ),
        Waiting(
            label="Privacy requests due within 7 days",
            model="subject_requests",
            filters=rules.due_soon,
            permission="popia:requests:read",
            icon="shield-lock",
        ),
    ]

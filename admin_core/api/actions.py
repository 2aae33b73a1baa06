"""What an Owner does with a key on its page. How keys are made and ended stands in ``issuing``."""

from datetime import UTC, datetime

from admin_core.api import issuing
from admin_core.contributions import Action
from schema.api import ApiKey

CONTROL = "core:api_keys:control"
ROTATE_PAGE = "/admin/system/api-keys/{record}/rotate"


def why_not_rotated(record: ApiKey) -> str:
    """Return why a key cannot be replaced now, empty when it can."""
    return issuing.why_over(record, datetime.now(UTC))


API_ACTIONS = (
    Action(
        slug="rotate-key",
        label="Rotate key",
        model="api_keys",
        permission=CONTROL,
        page=ROTATE_PAGE,
        refuses=why_not_rotated,
        icon="refresh",
        dangerous=True,
        order=10,
    ),
    Action(
        slug="revoke-key",
        label="Revoke key",
        model="api_keys",
        permission=CONTROL,
        run=issuing.revoke,
        explain="Whatever uses this key is refused from now on. This cannot be taken back.",
        refuses=issuing.why_revoked,
        icon="ban",
        dangerous=True,
        order=20,
    ),
)

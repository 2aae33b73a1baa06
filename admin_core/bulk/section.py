"""Settings of bulk changes: how much one selection holds, and how many rows one person changes or deletes alone."""

from admin_core.approvals.section import whole
from admin_core.changes.plan import Limits
from admin_core.setting_fields import SettingField, SettingsSection, Values

NAME = "bulk"
LARGEST, EDITED, DELETED = 100_000, 10_000, 1_000
MOST = SettingField(
    name="largest",
    label="Rows that one selection may hold",
    kind="number",
    default=LARGEST,
    least=1,
    most=1_000_000,
    help="“Select all matching” stops there, and says so.",
)
EDIT = SettingField(
    name="edit.rows",
    label="Rows that one person alone may edit at once",
    kind="number",
    default=EDITED,
    least=0,
    help="More need a second person. 0: every bulk edit does.",
)
DELETE = SettingField(
    name="delete.rows",
    label="Rows that one person alone may delete at once",
    kind="number",
    default=DELETED,
    least=0,
    help="What goes with them counts, too. It also holds for dangerous actions on many rows.",
)
SECTION = SettingsSection(
    name=NAME,
    title="Bulk changes",
    description="What may be done to many rows of a list at once.",
    icon="checklist",
    order=16,
    fields=(MOST, EDIT, DELETE),
    permission="core:approvals:limit",
)


def largest(found: Values) -> int:
    """Return how many rows a selection may hold."""
    return whole(found.get(MOST.name)) or LARGEST


def limits_of(found: Values, field: SettingField) -> Limits:
    """Return up to how many rows one person decides alone."""
    return Limits(rows=whole(found.get(field.name)))

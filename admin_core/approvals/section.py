"""Settings of approvals: how long a request stands, and how much one person alone may do, action by action."""

from datetime import timedelta

from sqlalchemy.orm import Session

from admin_core import settings_store as store
from admin_core.changes.plan import Limits
from admin_core.ciphers import Cipher
from admin_core.generator.action_registry import ActionRegistry, Offered
from admin_core.setting_fields import SettingField, SettingsSection, Values

NAME = "approvals"
STANDS_HOURS = 72
MONTH_HOURS = 720
LASTS = SettingField(
    name="stands_hours",
    label="A request stands for (hours)",
    kind="number",
    default=STANDS_HOURS,
    least=1,
    most=MONTH_HOURS,
    help="After that it has to be asked for again.",
)


def section_of(actions: ActionRegistry) -> SettingsSection:
    """Return the section with the limits of every action that has some."""
    limited = [offered for offered in actions.offered if offered.action.approval == "thresholds"]
    return SettingsSection(
        name=NAME,
        title="Approvals",
        description="What one person alone may do. Above it a second person looks at the plan and approves.",
        icon="user-check",
        order=15,
        fields=(LASTS, *(field for offered in limited for field in limit_fields(offered))),
        permission="core:approvals:limit",
    )


def limit_fields(offered: Offered) -> tuple[SettingField, SettingField]:
    """Return the two limits of an action."""
    action, name = offered.action, field_name(offered)
    return (
        SettingField(
            name=f"{name}.amount",
            label=f"{action.label}: rand that one person may move",
            kind="money",
            default=action.limit_cents,
            least=0,
            help="Empty: as the plugin says. 0: every amount needs two people.",
        ),
        SettingField(
            name=f"{name}.rows",
            label=f"{action.label}: rows that one person may change",
            kind="number",
            default=action.limit_rows,
            least=0,
            help="Rows of all kinds together. Empty: as the plugin says.",
        ),
    )


def field_name(offered: Offered) -> str:
    """Return how the limits of an action are named: by its model too, as slugs are unique within one."""
    return f"{offered.action.model}.{offered.name}"


def values(session: Session, cipher: Cipher, section: SettingsSection) -> Values:
    """Return the settings as they are now."""
    return store.read(session, cipher, section)


def limits_of(found: Values, offered: Offered) -> Limits:
    """Return the limits of an action among the settings."""
    name = field_name(offered)
    return Limits(whole(found.get(f"{name}.amount")), whole(found.get(f"{name}.rows")))


def stands_for(found: Values) -> timedelta:
    """Return how long a request stands."""
    return timedelta(hours=whole(found.get(LASTS.name)) or STANDS_HOURS)


def whole(value: object) -> int | None:
    """Return a whole number, None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None

"""The settings section of the audit log: to whom anchors are mailed."""

from admin_core.mail.addresses import MailRefused, readable_address
from admin_core.setting_fields import SettingField, SettingsSection, Value

MOST = 10


def check_addresses(value: Value) -> str:
    """Return what is wrong with a list of addresses."""
    texts = addresses(str(value))
    if len(texts) > MOST:
        return f"Name at most {MOST} addresses."
    try:
        for text in texts:
            readable_address(text)
    except MailRefused:
        return "Write e-mail addresses, separated by commas: auditor@example.com, officer@example.com"
    return ""


AUDIT = SettingsSection(
    name="audit",
    title="Audit log",
    description="Where the seal of the audit log is copied to, so that a cut-off end can be noticed.",
    icon="certificate",
    order=35,
    guide="Choose people outside: an auditor, the information officer. They keep the messages, nothing else.",
    fields=(
        SettingField(
            name="anchor_addresses",
            label="Mail anchors to",
            check=check_addresses,
            help="Addresses, separated by commas. Once a day each gets the newest signed checkpoint.",
        ),
    ),
)


def addresses(text: str) -> list[str]:
    """Return the addresses of a list."""
    return [each.strip() for each in text.split(",") if each.strip()]

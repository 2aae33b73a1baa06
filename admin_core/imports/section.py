"""Settings of imports: how large a file may be, and from how many rows on a second person approves."""

from sqlalchemy.orm import Session

from admin_core import settings_store as store
from admin_core.ciphers import Cipher
from admin_core.setting_fields import SettingField, SettingsSection

NAME = "imports"
MOST_MB, ALONE_ROWS = 10, 5_000
LARGEST_MB = 15
"""A request takes 16 MB as a whole."""
MB = 1_000_000
SIZE = SettingField(
    name="most_mb",
    label="Largest file (MB)",
    kind="number",
    default=MOST_MB,
    least=1,
    most=LARGEST_MB,
    help="A larger one is split before it is uploaded.",
)
ROWS = SettingField(
    name="alone_rows",
    label="Rows that one person may import",
    kind="number",
    default=ALONE_ROWS,
    least=0,
    help="With more new and changed rows a second person approves the import. Empty: never.",
)
IMPORTS = SettingsSection(
    name=NAME,
    title="Imports",
    description="How large a file may be that is read in, and from how many rows on it takes two people.",
    icon="file-import",
    order=16,
    fields=(SIZE, ROWS),
    permission="core:approvals:limit",
)


def most_bytes(session: Session, cipher: Cipher) -> int:
    """Return how many bytes a file may have."""
    found = store.read(session, cipher, IMPORTS).get(SIZE.name)
    return (found if isinstance(found, int) else MOST_MB) * MB


def alone_rows(session: Session, cipher: Cipher) -> int | None:
    """Return how many rows one person may import; None when there is no such limit."""
    found = store.read(session, cipher, IMPORTS).get(ROWS.name)
    return found if isinstance(found, int) else None

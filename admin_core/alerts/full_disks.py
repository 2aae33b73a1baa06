"""How full the disks are that the worker writes to: one process asks for its own machine."""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from admin_core.contributions import Reading
from admin_core.settings import Settings
from admin_core.system.parts import folders


def fullest(settings: Settings) -> Callable[[Session, datetime], Reading]:
    """Return the watch over the fullest of the disks that matter."""

    def watch(_session: Session, _now: datetime) -> Reading:
        label, used = max(((label, used_of(folder)) for label, folder in folders(settings)), key=lambda each: each[1])
        return Reading(value=used, summary=f"{label}: the disk is {used} % full.", url="/admin/system")

    return watch


def used_of(folder: Path) -> float:
    """Return how full, in percent, the disk is that a folder lies on, or will lie on."""
    place = next((p for p in (folder, *folder.absolute().parents) if p.exists()), Path("/"))
    usage = shutil.disk_usage(place)
    return round(100 * (1 - usage.free / usage.total), 1)

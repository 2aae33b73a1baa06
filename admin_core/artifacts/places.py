"""Where files go and where they are found: the folder always, the bucket when one is set."""

from functools import lru_cache
from pathlib import Path

from admin_core.artifacts.local import LocalFolder
from admin_core.artifacts.s3 import bucket_at
from admin_core.artifacts.storage import Storage
from admin_core.settings import Settings

PROJECT = Path(__file__).resolve().parents[2]


@lru_cache(maxsize=8)
def places(settings: Settings) -> dict[str, Storage]:
    """Return every place by its name. The first one takes new files; the others keep those written before a change."""
    folder = LocalFolder(PROJECT / settings.artifacts_dir)  # an absolute setting stays as it is
    if not settings.artifacts_url:
        return {folder.name: folder}
    bucket = bucket_at(settings.artifacts_url, settings.artifacts_endpoint)
    return {bucket.name: bucket, folder.name: folder}


def place_for_new(settings: Settings) -> Storage:
    """Return the place that takes new files."""
    return next(iter(places(settings).values()))

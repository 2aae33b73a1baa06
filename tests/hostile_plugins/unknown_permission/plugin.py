"""Asks for a permission that no role could be given."""

from admin_core.contributions import HomeTile, Manifest, Tile
from admin_core.hookspecs import hookimpl

MANIFEST = Manifest(name="unknown_permission", title="Unknown permission", description="A test.")


def load(_session, _now):
    return Tile("Things", "1", "now")


@hookimpl
def register_tiles():
    return [HomeTile("Things", "unknown_permission:things:read", load)]

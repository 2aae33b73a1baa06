"""Lets a number be opened by a permission of another."""

from admin_core.contributions import HomeTile, Manifest, Tile
from admin_core.hookspecs import hookimpl

MANIFEST = Manifest(name="foreign_permission", title="Foreign permission", description="A test.")


def load(_session, _now):
    return Tile("Things", "1", "now")


@hookimpl
def register_tiles():
    return [HomeTile("Things", "finance:revenue:read", load)]

"""Two numbers that take too long: one in the database, one without it."""

import time

from sqlalchemy import func, select

from admin_core.contributions import HomeTile, Manifest, Permission, Tile
from admin_core.hookspecs import hookimpl
from schema.views import SavedView

MANIFEST = Manifest(name="slow_card", title="Slow card", description="A test.")
SLOW_S = 5


def asking(session, _now):
    session.execute(select(func.pg_sleep(SLOW_S), SavedView.id).limit(1))
    session.scalar(select(func.pg_sleep(SLOW_S)).select_from(select(func.count(SavedView.id)).subquery()))
    return Tile("Slow in the database", "1", "now")


def computing(_session, _now):
    time.sleep(SLOW_S)
    return Tile("Slow without it", "1", "now")


@hookimpl
def register_permissions():
    return [Permission("slow_card:things:read", "see things")]


@hookimpl
def register_tiles():
    return [
        HomeTile("Slow in the database", "slow_card:things:read", asking),
        HomeTile("Slow without it", "slow_card:things:read", computing),
    ]

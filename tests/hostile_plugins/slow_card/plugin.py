"""Two numbers that take too long: one in the database, one without it."""

import time

from sqlalchemy import func, select

from admin_core.contributions import Figure, Manifest, Permission, Value
from admin_core.hookspecs import hookimpl
from schema.views import SavedView

MANIFEST = Manifest(name="slow_card", title="Slow card", description="A test.")
SLOW_S = 5


def asking(session, periods):
    session.execute(select(func.pg_sleep(SLOW_S), SavedView.id).limit(1))
    session.scalar(select(func.pg_sleep(SLOW_S)).select_from(select(func.count(SavedView.id)).subquery()))
    return [Value(amount=1) for _ in periods]


def computing(_session, periods):
    time.sleep(SLOW_S)
    return [Value(amount=1) for _ in periods]


@hookimpl
def register_permissions():
    return [Permission("slow_card:things:read", "see things")]


@hookimpl
def register_figures():
    words = {"unit": "count", "permission": "slow_card:things:read", "definition": "A test.", "home": "today"}
    return [
        Figure(name="slow_card.asking", title="Slow in the database", values=asking, **words),
        Figure(name="slow_card.computing", title="Slow without it", values=computing, **words),
    ]

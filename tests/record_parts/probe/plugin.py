"""Adds panels to FAQ entries that answer, raise, take too long, or return what is no panel."""

from sqlalchemy import func, select

from admin_core.contributions import Belonging, Manifest, Panel, PanelTable, Permission, RecordHeader, TimelineEntries
from admin_core.hookspecs import hookimpl
from schema.content import FaqEntry

MANIFEST = Manifest(name="probe", title="Probe", description="A test.")
READ, MODEL = "probe:entries:read", "faq_entries"


def answers(_session, key, _now):
    return PanelTable(("What", "How many"), (("Probes of " + str(key)[:8], 4_217),))


def raises(_session, _key, _now):
    raise RuntimeError("no probe today")


def sleeps(session, _key, _now):
    session.execute(select(FaqEntry.id, func.pg_sleep(30)).limit(1))


def nonsense(_session, _key, _now):
    return ["no", "panel"]


def panel(slug, load, permission=READ):
    return Panel(slug=slug, title=slug.title(), model=MODEL, permission=permission, load=load)


@hookimpl
def register_permissions():
    return [Permission(READ, "see probes"), Permission("probe:secrets:see", "see more probes")]


@hookimpl
def record_header():
    return [RecordHeader(MODEL, ("category", "nothing_such"))]


@hookimpl
def record_panels():
    return [
        panel("answers", answers),
        panel("raises", raises),
        panel("sleeps", sleeps),
        panel("nonsense", nonsense),
        panel("secrets", answers, "probe:secrets:see"),
    ]


@hookimpl
def timeline_entries():
    rows = Belonging(rows="sign_ins", columns=("method",), newest="occurred_at", owner="customer_id")
    return [TimelineEntries(slug="visits", label="Visit", model=MODEL, permission=READ, belonging=rows)]

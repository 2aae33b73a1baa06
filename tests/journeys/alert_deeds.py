"""Something done on every address of alerts that takes a form."""

import re
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from schema.alerts import AlertChannel, AlertIncident, AlertRule, AlertSilence
from tests.journeys.deed_world import Deed, World

ALERTS, CHANNELS = "/admin/alerts", "/admin/alerts/channels"
CHANNEL = [("kind", "email"), ("target", "ops@example.com"), ("minimum_severity", "info")]
RULE = [
    ("title", "Far too many"), ("severity", "info"), ("comparison", "below"), ("threshold", "7"), ("for_s", "0"),
    ("keep_firing_s", "5"), ("repeat_s", "60"),
]  # fmt: skip
HANDLE, EDIT = "core:alerts:handle", "core:alerts:edit"


def added(world: World, row: AlertRule | AlertIncident | AlertSilence) -> UUID:
    """Return the key of a new row."""

    def make(session: Session) -> UUID:
        session.add(row)
        session.flush()
        return row.id

    return UUID(str(world.add(make)))


def rule(world: World) -> str:
    """Return the page of a new rule of the team, owned by who does the deed."""
    words = {"title": "Too many", "declared": False, "threshold": 1, "comparison": "above", "parameters": {}}
    owner = world.site.member(world.doer)
    return f"{ALERTS}/rule/{added(world, AlertRule(name=f'team.{uuid4()}', owner_id=owner, **words))}"


def edit_rule(world: World) -> TestResponse:
    url = f"{rule(world)}/edit"
    return world.deed(url, url, [*RULE, ("owner", str(world.site.member(world.doer)))])


def watch_view(world: World) -> TestResponse:
    saved = world.post("/admin/data/faq_entries/views", fields=[("name", uuid4().hex), ("shared", "yes")])
    view = re.search(r"view=([0-9a-f-]+)", str(saved.location))
    assert view
    fields = [*RULE, ("view", view[1]), ("owner", str(world.site.member(world.doer)))]
    return world.deed(f"{ALERTS}/new", f"{ALERTS}/new?view={view[1]}", fields)


def incident(world: World) -> str:
    """Return the page of a new incident."""
    row = AlertIncident(rule_id=UUID(rule(world)[-36:]), title="Too many", severity="info", state="firing")
    return f"{ALERTS}/incident/{added(world, row)}"


def end_silence(world: World) -> TestResponse:
    row = AlertSilence(reason="We move.", ends_at=sa.text("now() + interval '1 hour'"))
    return world.deed(f"{ALERTS}/silence/{added(world, row)}/end")


def channel(world: World) -> str:
    """Return the page of a new channel."""
    name = uuid4().hex
    world.post(f"{CHANNELS}/new", f"{CHANNELS}/new", [("name", name), *CHANNEL])
    with world.site.machine.database.sessions() as session:
        found = session.scalars(sa.select(AlertChannel.id).where(AlertChannel.name == name)).one()
    return f"{CHANNELS}/{found}"


def edit_channel(world: World) -> TestResponse:
    url = f"{channel(world)}/edit"
    return world.deed(url, url, [("name", uuid4().hex), ("target", ""), *CHANNEL[2:]])


ALERT_DEEDS = {
    "alerts.handle": Deed(lambda w: w.deed(f"{incident(w)}/acknowledge"), "alerts.acknowledged", HANDLE),
    "alerts.end_silence": Deed(end_silence, "alerts.silence-ended", HANDLE),
    "alert_rules.edit": Deed(edit_rule, "alert_rules.changed", EDIT),
    "alert_rules.new": Deed(watch_view, "alert_rules.made", EDIT),
    "alert_rules.press": Deed(lambda w: w.deed(f"{rule(w)}/disable"), "alert_rules.disabled", EDIT),
    "alert_rules.press silence": Deed(
        lambda w: w.deed(f"{rule(w)}/silence", fields=[("span", "1h"), ("reason", "We move.")]),
        "alert_rules.silenced",
        HANDLE,
    ),
    "alert_channels.new": Deed(
        lambda w: w.deed(f"{CHANNELS}/new", f"{CHANNELS}/new", [("name", uuid4().hex), *CHANNEL]),
        "alert_channels.made",
        EDIT,
    ),
    "alert_channels.edit": Deed(edit_channel, "alert_channels.changed", EDIT),
    "alert_channels.press": Deed(lambda w: w.deed(f"{channel(w)}/test"), "alert_channels.tested", EDIT),
}
"""POST route → something done there."""

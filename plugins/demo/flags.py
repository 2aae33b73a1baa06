"""Feature flags of the customer app, with rules by plan and a few exceptions."""

from datetime import timedelta

from psycopg.types.json import Jsonb

from plugins.demo.copying import Book
from plugins.demo.who import World

ON, OFF = Jsonb(obj=True), Jsonb(obj=False)
FLAGS = (
    ("new-shortlist", "New shortlist page", "release", 60, "b2b"),
    ("video-interviews", "Video interviews", "entitlement", 100, None),
    ("bulk-upload", "Upload of many CVs at once", "release", 100, None),
    ("pause-screening", "Stop all screenings", "operations", 0, None),
    ("talent-pool-2", "Second talent pool", "experiment", 20, "recruiter"),
)


def write(book: Book, world: World) -> None:
    """Write flags, rules, overrides and those who fell into a share."""
    pen, span, team = book.pen("flags"), world.span, world.team
    for n, (name_key, name, kind, percent, line) in enumerate(FLAGS):
        at = span.ago(200 - 20 * n)
        flag = pen.add(
            "feature_flags", at, key=name_key, name=name, kind=kind, is_enabled=percent > 0, on_value=ON,
            off_value=OFF, rollout_percent=percent, owner_id=team.owner, last_evaluated_at=span.now,
        )  # fmt: skip
        if line:
            pen.add(
                "flag_rules", at, flag_id=flag, position=1, product_line=line, plan_id=None, rollout_percent=percent
            )
        else:
            pen.add(
                "flag_rules",
                at,
                flag_id=flag,
                position=1,
                product_line=None,
                plan_id=world.catalog.plans[2].id,
                rollout_percent=100,
            )
        for sample in world.samples[n : n + 4]:
            pen.add(
                "flag_members",
                at + timedelta(days=1),
                flag_id=flag,
                customer_id=sample.id,
                joined_at=at + timedelta(days=1),
            )
        someone = world.samples[(n + 7) % len(world.samples)]
        pen.add("flag_overrides", at + timedelta(days=2), flag_id=flag, customer_id=someone.id, value=Jsonb(n % 2 == 0),
                reason="Agreed in a call.", set_by_id=team.agents[0])  # fmt: skip

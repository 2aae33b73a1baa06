"""What a member opened lately: keys only. Names are looked up when they are shown, as far as they may be seen then."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from admin_core.generator.context import Context
from admin_core.generator.ids import decode_key
from admin_core.generator.labels import labels_across
from admin_core.generator.spec import ModelSpec
from admin_core.generator.urls import record_url
from admin_core.palette.entries import Entry
from admin_core.policy import may
from schema.sign_in import RecentView

SHOWN, KEPT = 8, 50
LONGEST_KEY = 200


@dataclass(frozen=True)
class Place:
    """A record's page: where somebody is."""

    model: str
    record: str


def place_of(ctx: Context, model: str, record: str) -> Place | None:
    """Return the place two words name; None when there is no such list, the person may not read it, or it is no id."""
    spec = ctx.registry.spec(model) if model in ctx.registry else None
    if spec is None or not may(ctx.person, "read", spec) or len(record) > LONGEST_KEY:
        return None
    return Place(model, record) if decode_key(spec, record) is not None else None


def remember(ctx: Context, place: Place) -> None:
    """Note that the person opened a record; what is older than the last ones is forgotten. The caller commits."""
    row = {"member_id": ctx.person.id, "model_key": place.model, "record_key": place.record, "seen_at": ctx.now}
    again = {"seen_at": ctx.now, "times": RecentView.times + 1}
    keys = [RecentView.member_id, RecentView.model_key, RecentView.record_key]
    ctx.session.execute(insert(RecentView).values(row).on_conflict_do_update(index_elements=keys, set_=again))
    mine = RecentView.member_id == ctx.person.id
    last = sa.select(RecentView.id).where(mine).order_by(RecentView.seen_at.desc(), RecentView.id).limit(KEPT)
    forgotten = sa.delete(RecentView).where(mine, RecentView.id.not_in(last))
    ctx.session.execute(forgotten, execution_options={"synchronize_session": False})


def recent(ctx: Context, place: Place | None = None) -> Iterator[Entry]:
    """Yield what the person opened lately and may still read, without where they are: two statements."""
    wanted = sa.select(RecentView.model_key, RecentView.record_key).where(RecentView.member_id == ctx.person.own_id)
    rows = ctx.session.execute(wanted.order_by(RecentView.seen_at.desc()).limit(SHOWN + 1)).all()
    seen = [Place(*row) for row in rows if Place(*row) != place]
    specs = {each.model: spec for each in seen if (spec := named_spec(ctx, each.model)) is not None}
    ids = {model: [each.record for each in seen if each.model == model] for model in specs}
    labels = labels_across(ctx, ids) if ids else {}
    for each in seen[:SHOWN]:
        label = labels.get((each.model, each.record))
        if label is not None:
            spec = specs[each.model]
            yield Entry(label, record_url(spec.key, each.record), spec.label, spec.options.icon)


def named_spec(ctx: Context, model: str) -> ModelSpec | None:
    """Return a model whose records one statement can name: ours, with a single key, readable by the person."""
    spec = ctx.registry.spec(model) if model in ctx.registry else None
    single = spec is not None and len(spec.primary_key) == 1 and spec.table.info.get("reflected engine") is None
    return spec if single and spec is not None and may(ctx.person, "read", spec) else None

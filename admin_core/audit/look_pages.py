"""The page "Who looked": by whose data, by member, by day; and the same as a part of a record's page."""

from collections.abc import Mapping

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import load_only

from admin_core.audit.look_lines import MEMBERS, MODEL, WORDS, lines_of
from admin_core.audit.looking import HELD, Asked, asked_in, looks
from admin_core.changes.triggers import kind_of
from admin_core.database import limit_statements
from admin_core.generator import urls
from admin_core.generator.context import Context
from admin_core.generator.labels import labels_for, record_label, title_fields
from admin_core.generator.spec import ModelSpec
from admin_core.generator.subjects import SELF
from admin_core.generator.view import context, is_fragment
from admin_core.policy import require
from admin_core.surfaces import POLICY, admin, declare
from schema.access_log import AccessKind
from schema.staff import StaffMember

MOST_MEMBERS = 200
IN_A_PART = 10
HOWS = ((HELD, "Lists and exports that held them"), *((kind.value, words) for kind, words in WORDS.items()))
pages = Blueprint("looks", __name__)


def install(app: Flask) -> None:
    """Mount the page."""
    app.register_blueprint(pages)
    declare(app, {"looks.looked_at": admin(POLICY)})


@pages.get(urls.LOOKED)
def looked_at() -> ResponseReturnValue:
    """Show who looked: the newest looks at what the address names, fifty to a page, or ten as a part of a record."""
    ctx = context()
    require(ctx.person, "read", ctx.registry.spec(MODEL))
    limit_statements(ctx.session)
    asked = asked_in(request.args)
    partial = is_fragment()
    found = looks(ctx.session, asked, IN_A_PART) if partial else looks(ctx.session, asked)
    words = {
        "asked": asked,
        "lines": lines_of(ctx, found.entries),
        "partial": partial,
        "all_url": urls.looked_url(asked.pairs),
    }
    if partial:
        return render_template("admin/system/looked_part.html", **words, has_more=bool(found.older))
    older = urls.looked_url({**asked.pairs, "before": found.older}) if found.older else ""
    subject = subject_of(ctx, asked)
    return render_template(
        "admin/system/looked_at.html", **words, older=older, subject=subject, members=members(ctx), hows=HOWS
    )


def subject_of(ctx: Context, asked: Asked) -> tuple[str, str] | None:
    """Return the name and address of what is asked about; None when everything is."""
    spec, key = named(ctx, asked)
    if not key:
        return None
    if spec is None:
        return f"{asked.kind or asked.model} {key}", ""
    label = labels_for(ctx, spec, [key]).get(key)
    return (label, urls.record_url(spec.key, key)) if label else (f"{spec.label} {key}", "")


def named(ctx: Context, asked: Asked) -> tuple[ModelSpec | None, str]:
    """Return the model and id of the record that is asked about."""
    if asked.record:
        return (ctx.registry.spec(asked.model) if asked.model in ctx.registry else None), asked.record
    return people(ctx).get(asked.kind), asked.key


def people(ctx: Context) -> Mapping[str, ModelSpec]:
    """Return the models whose rows are people or companies, by the word that their keys are filed under."""
    specs = [ctx.registry.spec(key) for key in ctx.registry]
    return {kind_of(spec.model.__mapper__): spec for spec in specs if spec.options.subject == SELF}


def members(ctx: Context) -> list[tuple[str, str]]:
    """Return the members to choose from."""
    spec = ctx.registry.spec(MEMBERS)
    named = load_only(*(getattr(StaffMember, key) for key in spec.title))
    everybody = select(StaffMember).options(named).order_by(StaffMember.name).limit(MOST_MEMBERS)
    found = ctx.session.scalars(everybody).all()
    ctx.reads.note(spec, AccessKind.LIST, title_fields(ctx.person, spec), ((member.id,) for member in found))
    return [(str(member.id), record_label(ctx, spec, member)) for member in found]

"""Saved views of a list, and the columns a person chose for it. The caller commits."""

import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from uuid_utils.compat import uuid7
from werkzeug.datastructures import MultiDict

from admin_core.generator.context import Context
from admin_core.generator.errors import BadRequest, NotFound
from admin_core.generator.list_columns import resolve
from admin_core.generator.list_state import (
    EVERYTHING,
    ListState,
    private_part,
    public_pairs,
    read_state,
    remembered,
    url_of,
    view_of,
)
from admin_core.generator.searching import base_of
from admin_core.generator.spec import ModelSpec
from admin_core.generator.urls import list_url
from admin_core.policy import Refused, require, sees
from schema.staff import StaffMember
from schema.views import SavedView

LONGEST_NAME = 80
MOST_VIEWS = 50
NO_ARGUMENT = {"v", "from"}


def save_view(ctx: Context, spec: ModelSpec, form: MultiDict[str, str]) -> str:
    """Keep the posted state of the list under a name and return its address."""
    require(ctx.person, "read", spec)
    kept = remembered(ctx, spec, form.get("v", ""))
    own = [view for view in kept.views if view.owner_id == ctx.person.id]
    name = read_name(form, own)
    if len(own) >= MOST_VIEWS:
        raise BadRequest(f"You have {MOST_VIEWS} views of this list already.", "Delete one you no longer need.")
    state = read_state(ctx, spec, base_of(form), kept)
    view = SavedView(id=uuid7(), owner_id=ctx.person.id, model_key=spec.key, name=name, position=len(kept.views))
    view.shared = form.get("shared") == "yes"
    view.is_default = False
    fill(ctx, spec, view, state, columns=form.getlist("columns"))
    ctx.session.add(view)
    write(ctx, view)
    return list_url(spec.key, view=str(view.id))


def fill(ctx: Context, spec: ModelSpec, view: SavedView, state: ListState, *, columns: list[str]) -> None:
    """Write a state into a view, its private part encrypted."""
    args = [list(pair) for pair in public_pairs(spec, state) if pair[0] not in NO_ARGUMENT]
    if state.size:
        args.append(["size", str(state.size)])
    known = [c.key for name in columns if (c := resolve(spec, name)) and sees(ctx.person, c) != "never"]
    view.state = {"args": args, "columns": known or list(state.columns)}
    private = private_part(spec, state)
    sealed = ctx.cipher.seal(f"saved-view:{view.id}", json.dumps(private)) if private else ""
    view.private_state = sealed.encode() or None


def change_view(ctx: Context, spec: ModelSpec, view_id: str, form: MultiDict[str, str]) -> str:
    """Rename, share, move, make default, overwrite or delete a view of one's own; return where to go on."""
    require(ctx.person, "read", spec)
    kept = remembered(ctx, spec, form.get("v", ""))
    view = view_of(kept, view_id)
    if view.owner_id != ctx.person.id:
        raise Refused(f"You may not change “{view.name}”: it belongs to somebody else.", "data:saved_views:edit")
    own = [other for other in kept.views if other.owner_id == ctx.person.id and other is not view]
    if form.get("action") == "delete":
        ctx.session.delete(view)
        ctx.session.flush()
        return list_url(spec.key, view=EVERYTHING)
    if form.get("action") == "overwrite":
        fill(ctx, spec, view, read_state(ctx, spec, base_of(form), kept), columns=form.getlist("columns"))
    else:
        rename_and_share(view, own, form)
    write(ctx, view)
    return list_url(spec.key, view=str(view.id))


def rename_and_share(view: SavedView, own: list[SavedView], form: MultiDict[str, str]) -> None:
    """Change what a form says about a view; what it does not mention stays."""
    if "name" in form:
        view.name = read_name(form, own)
        view.shared = form.get("shared") == "yes"
        view.is_default = form.get("default") == "yes"
        for other in own if view.is_default else ():
            other.is_default = False
    if "position" in form:
        view.position = read_position(form["position"])


def read_name(form: MultiDict[str, str], own: list[SavedView]) -> str:
    """Return a usable name for a view."""
    name = " ".join(form.get("name", "").replace("\x00", "").split())
    if not name:
        raise BadRequest("A view needs a name.", "Type one and save again.")
    if len(name) > LONGEST_NAME:
        raise BadRequest(f"The name is longer than {LONGEST_NAME} characters.", "Choose a shorter one.")
    if any(view.name == name for view in own):
        raise taken(name)
    return name


def taken(name: str) -> BadRequest:
    """Return the refusal of a name that another view of this person has."""
    return BadRequest(f"You have a view called “{name}” already.", "Choose another name, or overwrite that view.")


def write(ctx: Context, view: SavedView) -> None:
    """Write a view; BadRequest when a second click was quicker with the same name."""
    name = view.name  # not to be read any more once the transaction has failed
    try:
        ctx.session.flush()
    except IntegrityError as error:
        raise taken(name) from error


def read_position(text: str) -> int:
    """Return the place of a tab."""
    if not (text.isascii() and text.isdigit() and len(text) < 5):  # noqa: PLR2004 - nobody has 10 000 tabs
        raise BadRequest("The place of a view is a number from 0.", "Try again from the list.")
    return int(text)


# --- Columns


def choose_columns(ctx: Context, spec: ModelSpec, form: MultiDict[str, str]) -> str:
    """Remember which columns the person wants in this list, in which order; return the list's address."""
    require(ctx.person, "read", spec)
    member = ctx.session.scalars(
        sa.select(StaffMember).where(StaffMember.id == ctx.person.id).with_for_update()
    ).one_or_none()
    if member is None:
        raise NotFound("Your account is gone.", "Sign in again.")
    stored: dict[str, Any] = dict(member.preferences)
    chosen = {**stored.get("columns", {}), spec.key: wanted_columns(ctx, spec, form)}
    if form.get("reset") or not chosen[spec.key]:
        del chosen[spec.key]
    member.preferences = {**stored, "columns": chosen}
    ctx.session.flush()
    kept = remembered(ctx, spec, form.get("v", ""))
    return url_of(spec, read_state(ctx, spec, base_of(without_columns(form)), kept))


def wanted_columns(ctx: Context, spec: ModelSpec, form: MultiDict[str, str]) -> list[str]:
    """Return the ticked columns in the order given: ``place.<column>`` moves one, the rest keep theirs."""
    columns = [column for name in form.getlist("columns") if (column := resolve(spec, name))]
    shown = list(dict.fromkeys(column.key for column in columns if sees(ctx.person, column) != "never"))
    return sorted(shown, key=lambda key: place_of(form.get(f"place.{key}", ""), shown.index(key)))


def place_of(text: str, otherwise: int) -> int:
    """Return the place typed beside a column, or the one it has."""
    return int(text) - 1 if text.isascii() and text.isdigit() and len(text) < 4 else otherwise  # noqa: PLR2004


def without_columns(form: MultiDict[str, str]) -> MultiDict[str, str]:
    """Return the state of the list around the chooser."""
    named = {"columns", "reset"}
    return MultiDict([(n, v) for n, v in form.items(multi=True) if n not in named and not n.startswith("place.")])

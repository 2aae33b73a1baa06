"""The state of a list: filters, words, sort and page size, read from an address and written back into one.

What is personal (words, values of personal columns) never stands in the address: it lies encrypted behind a random
token of the person who typed it (``?v=…``), or in a saved view (``?v=view.<id>``).
"""

import json
import re
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from admin_core.ciphers import Unreadable
from admin_core.generator.context import Context
from admin_core.generator.errors import BadRequest, NotFound
from admin_core.generator.filters import BadFilter, Condition, is_filter, is_private, read_conditions
from admin_core.generator.search import check_words, words_are_private
from admin_core.generator.spec import ModelSpec
from admin_core.generator.urls import list_url
from admin_core.theme.formats import in_sentence
from schema.staff import StaffMember
from schema.views import SavedView, ViewState

SIZES = (25, 50, 100, 200)
DEFAULT_SIZE = 50
LIFETIME = timedelta(days=30)
TOKEN = re.compile(r"^[\w-]{20,64}$", re.ASCII)
VIEW_PREFIX = "view."
EVERYTHING = "all"
Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class ListState:
    """What is asked of a list."""

    conditions: tuple[Condition, ...] = ()
    words: str = ""
    sort: str = ""
    """Column, with a leading ``-`` for descending; empty: the model's own order."""
    size: int = DEFAULT_SIZE
    token: str = ""
    """Where the private part lies."""
    view: str = ""
    """Id of the saved view this is, unchanged; ``all`` for none although one is the default."""
    origin: str = ""
    """Id of the saved view it was changed from."""
    columns: tuple[str, ...] = ()
    """Chosen by the saved view; empty: by the person or the model."""
    has_default: bool = False
    """Whether the bare address opens a saved view."""


@dataclass(frozen=True)
class Remembered:
    """What the database keeps for this list and person."""

    views: tuple[SavedView, ...] = ()
    private: bytes | None = None
    """The view state behind the token."""


def remembered(ctx: Context, spec: ModelSpec, token: str) -> Remembered:
    """Return the saved views the person may open and the state behind a token: one statement for both."""
    token = token if TOKEN.match(token) else ""
    mine = sa.or_(SavedView.shared, SavedView.owner_id == ctx.person.own_id, SavedView.owner_id.is_(None))
    views = sa.and_(SavedView.model_key == spec.key, mine)
    behind = sa.and_(
        ViewState.owner_id == ctx.person.own_id,
        ViewState.model_key == spec.key,
        ViewState.token == token,
        ViewState.expires_at > ctx.now,
    )
    statement = (
        sa.select(SavedView, ViewState.payload)
        .select_from(StaffMember)
        .outerjoin(SavedView, views)
        .outerjoin(ViewState, behind)
        .where(StaffMember.id == ctx.person.id)
        .order_by(SavedView.position, SavedView.id)
    )
    rows = ctx.session.execute(statement).all()
    return Remembered(tuple(view for view, _ in rows if view), rows[0][1] if rows else None)


def read_state(ctx: Context, spec: ModelSpec, args: MultiDict[str, str], kept: Remembered) -> ListState:
    """Return the state an address or a form describes; BadRequest or NotFound where it can't be understood."""
    default = next((view for view in kept.views if view.is_default), None)
    chosen = args.get("view", "")
    if not chosen and default and not any(is_state(name) for name in args):
        chosen = str(default.id)
    state = ListState(
        size=read_size(args.get("size", "")),
        view=chosen,
        origin=read_origin(args.get("from", "")),
        has_default=default is not None,
    )
    if chosen and chosen != EVERYTHING:
        return of_view(ctx, spec, state, view_of(kept, chosen))
    return of_args(ctx, spec, state, args, kept)


def is_state(name: str) -> bool:
    """Return whether an argument says something about what is shown, rather than which page of it."""
    return name in {"q", "v", "sort", "from", "view"} or is_filter(name)


def view_of(kept: Remembered, text: str) -> SavedView:
    """Return a saved view by its id; NotFound when it is none the person may open."""
    found = next((view for view in kept.views if str(view.id) == text), None)
    if found is None:
        raise NotFound("There is no such saved view.", "It was deleted, or belongs to somebody else.")
    return found


def of_view(ctx: Context, spec: ModelSpec, state: ListState, view: SavedView) -> ListState:
    """Return the state a saved view stands for."""
    saved = MultiDict([(str(name), str(value)) for name, value in view.state.get("args", [])])
    private = open_private(ctx, spec, view.private_state, f"saved-view:{view.id}") if view.private_state else {}
    columns = tuple(str(key) for key in view.state.get("columns", []))
    token = f"{VIEW_PREFIX}{view.id}" if view.private_state else ""
    return filled(ctx, spec, replace(state, columns=columns, token=token), saved, private)


def of_args(ctx: Context, spec: ModelSpec, state: ListState, args: MultiDict[str, str], kept: Remembered) -> ListState:
    """Return the state an address says, with what lies behind its token."""
    refuse_private(spec, args)
    token = args.get("v", "")
    private = read_private(ctx, spec, token, kept) if token else {}
    return filled(ctx, spec, replace(state, token=token), args, private)


def filled(
    ctx: Context, spec: ModelSpec, state: ListState, args: MultiDict[str, str], private: dict[str, Any]
) -> ListState:
    """Return the state with filters, words and sort in it."""
    pairs = [(name, value) for name, value in args.items(multi=True) if is_filter(name)]
    hidden = [(str(name), str(value)) for name, value in private.get("f", [])]
    conditions = read_conditions(spec, ctx.person, [*pairs, *hidden])
    words = check_words(str(private.get("q", "")) or args.get("q", ""))
    sort = args.get("sort", "")
    size = read_size(args["size"]) if args.get("size") else state.size
    return replace(state, conditions=conditions, words=words, sort=sort, size=size)


def refuse_private(spec: ModelSpec, args: MultiDict[str, str]) -> None:
    """Raise when an address carries what it must not: it would stand in logs and histories."""
    if args.get("q") and words_are_private(spec):
        raise BadRequest(
            f"Search words about {in_sentence(spec.plural)} may not stand in an address.",
            "Type them into the search box.",
        )
    for name in args:
        key = name.partition(".")[2].rpartition(".")[0]
        column = spec.columns.get(key) if is_filter(name) else None
        if column and column.is_personal and column.pii != "secret" and not name.endswith((".empty", ".filled")):
            raise BadFilter(f"values of {column.label} are personal and may not stand in an address.")


def read_size(text: str) -> int:
    """Return the offered page size nearest above what was asked for; nonsense means the usual one."""
    if not (text.isascii() and text.isdigit()):
        return DEFAULT_SIZE
    wanted = int(text[:6])
    return next((size for size in SIZES if wanted <= size), SIZES[-1]) if wanted else DEFAULT_SIZE


def read_origin(text: str) -> str:
    """Return the id of the view a list was changed from, empty when it is none."""
    try:
        return str(uuid.UUID(text)) if text else ""
    except ValueError:
        return ""


# --- The private part


def read_private(ctx: Context, spec: ModelSpec, token: str, kept: Remembered) -> dict[str, Any]:
    """Return what lies behind a token; NotFound when nothing does for this person."""
    if token.startswith(VIEW_PREFIX):
        view = view_of(kept, token.removeprefix(VIEW_PREFIX))
        return open_private(ctx, spec, view.private_state or b"", f"saved-view:{view.id}")
    if kept.private is None:
        raise NotFound("There is no such search.", "It is older than 30 days, or somebody else's. Search again.")
    return open_private(ctx, spec, kept.private, state_purpose(ctx, spec))


def open_private(ctx: Context, spec: ModelSpec, payload: bytes, purpose: str) -> dict[str, Any]:
    """Return the decrypted words and filters; NotFound when the keys they were sealed with are gone."""
    try:
        found: dict[str, Any] = json.loads(ctx.cipher.open(purpose, payload.decode("ascii")))
    except (Unreadable, UnicodeDecodeError) as error:
        raise NotFound(
            f"This search for {in_sentence(spec.plural)} can't be opened any more.", "Search again."
        ) from error
    return found


def state_purpose(ctx: Context, spec: ModelSpec) -> str:
    """Return what a stored state is bound to: the list and the person."""
    return f"view-state:{spec.key}:{ctx.person.id}"


def private_part(spec: ModelSpec, state: ListState) -> dict[str, Any]:
    """Return the words and filters that must not stand in an address; empty when there are none."""
    hidden = [pair for c in state.conditions if is_private(spec, c) for pair in c.pairs()]
    words = state.words if words_are_private(spec) else ""
    return {"q": words, "f": hidden} if hidden or words else {}


def store_private(ctx: Context, spec: ModelSpec, state: ListState) -> str:
    """Keep the private part under a new token and return it; empty when there is none."""
    private = private_part(spec, state)
    return keep(ctx, spec, private).token if private else ""


def store_whole(ctx: Context, spec: ModelSpec, state: ListState) -> uuid.UUID:
    """Keep all of a state and return its key: for a job, whose arguments hold no values."""
    pairs = [pair for c in state.conditions for pair in c.pairs()]
    return keep(ctx, spec, {"q": state.words, "f": pairs, "sort": state.sort}).id


def stored_whole(ctx: Context, spec: ModelSpec, key: uuid.UUID) -> ListState:
    """Return what was kept whole; NotFound when it is gone, or somebody else's."""
    statement = sa.select(ViewState).where(ViewState.id == key, ViewState.owner_id == ctx.person.id)
    kept = ctx.session.scalars(statement).one_or_none()
    private = read_private(ctx, spec, kept.token if kept else "", Remembered(private=kept.payload if kept else None))
    return filled(ctx, spec, ListState(), MultiDict([("sort", str(private["sort"]))]), private)


def keep(ctx: Context, spec: ModelSpec, private: dict[str, Any]) -> ViewState:
    """Keep words and filters encrypted under a new token and return the row."""
    token = secrets.token_urlsafe(24)
    payload = ctx.cipher.seal(state_purpose(ctx, spec), json.dumps(private)).encode()
    expires_at = ctx.now + LIFETIME
    row = ViewState(
        token=token, owner_id=ctx.person.id, model_key=spec.key, payload=payload, created_at=ctx.now,
        expires_at=expires_at,
    )  # fmt: skip
    ctx.session.add(row)
    ctx.session.flush()
    return row


# --- Back into an address


def public_pairs(spec: ModelSpec, state: ListState) -> Pairs:
    """Return the state as arguments of an address, its private part as a token."""
    pairs: Pairs = [("v", state.token)] if state.token else []
    pairs += [pair for c in state.conditions if not is_private(spec, c) for pair in c.pairs()]
    if state.words and not words_are_private(spec):
        pairs.append(("q", state.words))
    if state.sort:
        pairs.append(("sort", state.sort))
    origin = state.origin or (state.view if state.view != EVERYTHING else "")
    return [*pairs, ("from", origin)] if origin else pairs


def url_of(spec: ModelSpec, state: ListState, more: Iterable[tuple[str, str]] = ()) -> str:
    """Return the address of this state; a saved view that was not changed by its id."""
    if state.view:
        pairs: Pairs = [("view", state.view)]
    else:
        pairs = public_pairs(spec, state)
        if not pairs and state.has_default:
            pairs = [("view", EVERYTHING)]
    if state.size != DEFAULT_SIZE:
        pairs = [*pairs, ("size", str(state.size))]
    return list_url(spec.key, [*pairs, *more])


def changed(state: ListState, **changes: Any) -> ListState:
    """Return another state made from this one: no longer the saved view, but remembering it came from there."""
    origin = state.origin or (state.view if state.view != EVERYTHING else "")
    return replace(state, view="", origin=origin, **changes)

"""Ids of hidden rows put wherever an id is taken: into addresses, look-ups, filters, forms, actions and files.

What is hidden is known here by the columns alone, not by the rules that are tried.
"""

import html
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy import Connection, create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool
from werkzeug.test import TestResponse

from admin_core.access import ensure_roles
from admin_core.access.team import add_member
from admin_core.generator import urls
from admin_core.generator.ids import encode_key
from admin_core.generator.spec import ModelSpec
from admin_core.policy import declare, declared
from schema.staff import Role, StaffOwnAccount
from tests.company import company
from tests.databases import as_app
from tests.journeys.site import Site, make_site, token_in

SWAPS = int(os.environ.get("ADMIN_PROOF_SWAPS", "300"))
"""How many are tried; the proof asks for more."""
OWN = 5
DAILY = ["*", "!popia:restricted:process"]
HALF = "get_byte(uuid_send(id), 15) % 2 = 0"
MONEY_AND_REQUESTS = {"Finance", "Privacy", "System"}
"""Kept for proof: restriction hides none of it."""


@dataclass
class Visitor:
    """Somebody from whom rows are hidden, and those rows by model, with texts that stand in them alone."""

    client: FlaskClient
    token: str
    hidden: dict[str, list[tuple[str, frozenset[str]]]]


@dataclass
class World:
    """A site with hidden rows."""

    site: Site
    visitors: dict[str, Visitor]

    def spec(self, key: str) -> ModelSpec:
        return self.site.machine.registry.spec(key)


@contextmanager
def world(server_url: str) -> Iterator[World]:
    """Yield a site in which half of all people are restricted, and an Owner has accounts of their own."""
    with company(server_url, "swaps") as url:
        yield from hiding(url)


def hiding(url: str) -> Iterator[World]:
    """Yield the site over a company, half of whose people are restricted."""
    before, engine = declared(), create_engine(url, poolclass=NullPool)
    with engine.begin() as connection, Session(connection) as session:
        owner = ensure_roles(session)["Owner"]
        daily = Role(name="Daily", permissions=DAILY)
        session.add(daily)
        ids = {
            word: add_member(session, name=word, email=f"{word}@example.com", roles=[role]).id
            for word, role in (("own", owner), ("daily", daily))
        }
    with engine.begin() as connection, Session(connection) as session:
        for table in ("customers", "candidates"):
            session.execute(sa.text(f"UPDATE admin.{table} SET restricted_at = now() WHERE {HALF}"))
        own = session.scalars(sa.text(f"SELECT id FROM admin.customers WHERE NOT {HALF} ORDER BY id LIMIT {OWN}")).all()
        session.add_all(StaffOwnAccount(member_id=ids["own"], customer_id=each) for each in own)
        session.flush()
    site = make_site(as_app(url))
    with engine.connect() as connection:
        hidden = {"own": hidden_rows(connection, site, owned(own)), "daily": hidden_rows(connection, site, restricted)}
    yield World(site, {word: visitor(site, ids[word], hidden[word]) for word in ids})
    site.machine.database.engine.dispose()
    declare(before)


def visitor(site: Site, member: Any, hidden: dict[str, list[tuple[str, frozenset[str]]]]) -> Visitor:
    client = site.client_of(member)
    return Visitor(client, token_in(client.get("/admin/palette").text), hidden)


Condition = Callable[[ModelSpec], str]


def owned(own: Any) -> Condition:
    """Return what marks rows of some customers."""
    ids = ", ".join(f"'{each}'" for each in own)

    def condition(spec: ModelSpec) -> str:
        if spec.key == "customers":
            return f"id IN ({ids})"
        return f"customer_id IN ({ids})" if "customer_id" in spec.columns else ""

    return condition


def restricted(spec: ModelSpec) -> str:
    """Return what marks rows about people whose data is restricted."""
    if spec.key in {"customers", "candidates"}:
        return "restricted_at IS NOT NULL"
    subject, column = spec.options.subject, f"{spec.options.subject}_id"
    if spec.group in MONEY_AND_REQUESTS or subject not in {"customer", "candidate"} or column not in spec.columns:
        return ""
    return f"{column} IN (SELECT id FROM admin.{subject}s WHERE restricted_at IS NOT NULL)"


def hidden_rows(
    connection: Connection, site: Site, condition: Condition
) -> dict[str, list[tuple[str, frozenset[str]]]]:
    """Return some hidden rows of each model: their ids, and texts that no other row has."""
    found = {}
    registry = site.machine.registry
    for key in registry:
        spec = registry.spec(key)
        where = condition(spec)
        if not where:
            continue
        keys = ", ".join(spec.columns[name].name for name in spec.primary_key)
        texts = [c.name for c in spec.columns.values() if c.kind in {"text", "longtext"} and c.is_personal] or ["null"]
        columns = ", ".join(texts)
        rows = connection.execute(sa.text(f"SELECT {keys}, {columns} FROM admin.{key} WHERE {where} LIMIT 40"))
        others = connection.execute(sa.text(f"SELECT {columns} FROM admin.{key} WHERE ({where}) IS NOT TRUE"))
        common = {str(value) for row in others for value in row}
        size = len(spec.primary_key)
        picked = [(encode_key(tuple(row[:size])), telling(row[size:], common)) for row in rows]
        if picked:
            found[key] = picked
    return found


def telling(values: Any, common: set[str]) -> frozenset[str]:
    """Return the texts that tell of a row: long enough to mean it, and in no other."""
    return frozenset(v for v in values if isinstance(v, str) and len(v) > 11 and v not in common)


# --- Where an id is taken
Ask = Callable[[World, Visitor, ModelSpec, str, Random], TestResponse]


def sent(who: Visitor, url: str, **data: str) -> TestResponse:
    return who.client.post(url, data={"csrf_token": who.token, **data}, follow_redirects=True)


def page(path: Callable[[str, str], str]) -> Ask:
    return lambda _world, who, spec, row, _dice: who.client.get(path(spec.key, row))


def related(_world: World, who: Visitor, spec: ModelSpec, row: str, dice: Random) -> TestResponse:
    names = sorted(spec.children)
    return who.client.get(
        urls.related_url(spec.key, row, dice.choice(names)) if names else urls.record_url(spec.key, row)
    )


def referring(world: World, who: Visitor, spec: ModelSpec, row: str, dice: Random) -> TestResponse:
    """Filter a list by a reference to the row."""
    columns = [(key, c.key) for key in world.site.machine.registry for c in world.spec(key).columns.values()
               if c.reference and c.reference.model == spec.key]  # fmt: skip
    model, column = dice.choice(columns or [(spec.key, spec.primary_key[0])])
    return who.client.get(urls.list_url(model, {f"f.{column}.eq": row}))


def acting(world: World, who: Visitor, spec: ModelSpec, row: str, dice: Random) -> TestResponse:
    offered = world.site.machine.actions.by_model.get(spec.key, ())
    if not offered:
        return who.client.get(urls.record_url(spec.key, row))
    url = urls.action_url(spec.key, row, dice.choice(offered).name)
    step = dice.choice(["preview", "ask", "do", ""])
    return sent(who, url, once="x", step=step, reason="Because of it.") if step else who.client.get(url)


def editing(_world: World, who: Visitor, spec: ModelSpec, row: str, dice: Random) -> TestResponse:
    columns = {f"c-{name}": "changed" for name in dice.sample(sorted(spec.columns), min(3, len(spec.columns)))}
    return sent(who, urls.edit_url(spec.key, row), then=dice.choice(["", "preview"]), **columns)


WAYS: dict[str, Ask] = {
    "record": page(urls.record_url),
    "edit": page(urls.edit_url),
    "delete": page(urls.delete_url),
    "history": page(urls.history_url),
    "related": related,
    "filter": lambda _w, who, spec, row, _d: who.client.get(
        urls.list_url(spec.key, {f"f.{spec.primary_key[0]}.eq": row})
    ),
    "referring": referring,
    "look-up": lambda _w, who, spec, row, _d: sent(who, f"/admin/data/{spec.key}/lookup", q=row),
    "palette": lambda _w, who, _s, row, _d: sent(who, "/admin/palette", q=row),
    "search": lambda _w, who, spec, row, _d: sent(who, urls.search_url(spec.key), words=row),
    "export": lambda _w, who, spec, row, _d: sent(
        who, f"/admin/data/{spec.key}/export", format="csv", **{f"f.{spec.primary_key[0]}.eq": row}
    ),
    "act": acting,
    "save": editing,
    "remove": lambda _w, who, spec, row, _d: sent(who, urls.delete_url(spec.key, row), step="do", confirmed="1"),
}
ABSENT = {"record", "edit", "delete", "history", "related", "save", "remove"}
"""Where a hidden row is answered as one that is not there: by 404, or as nobody may do that with any row."""


def swap(found: World, word: str, dice: Random) -> str:
    """Try one; return what went wrong, nothing when nothing foreign was read."""
    who = found.visitors[word]
    spec = found.spec(dice.choice(sorted(who.hidden)))
    row, texts = dice.choice(who.hidden[spec.key])
    way = dice.choice(sorted(WAYS))
    answer = WAYS[way](found, who, spec, row, dice)
    told = [text for text in texts if text in html.unescape(answer.text)]
    place = f"{word}: {way} of {spec.key} {row} ({answer.status_code})"
    if told:
        return f"{place} tells {told}"
    if answer.status_code >= 500:
        return f"{place} fails"
    return f"{place} is there" if way in ABSENT and answer.status_code not in {400, 403, 404, 405} else ""


def digest(found: World) -> str:
    """Return what changes when a row of customers, or of what belongs to them, is changed."""
    tables = sorted({key for who in found.visitors.values() for key in who.hidden})
    union = " UNION ALL ".join(f"SELECT '{key}', md5(string_agg(t::text, '' ORDER BY t::text)) FROM admin.{key} t"
                               for key in tables)  # fmt: skip
    with found.site.machine.database.sessions() as session:
        return str(session.execute(sa.text(union)).all())

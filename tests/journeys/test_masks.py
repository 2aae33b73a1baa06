"""The law of masks: no sequence of operations lets a role read a value that is masked for it, on any path.

Every personal cell holds a value of its own, so a leak names its cell. Sequences are made over the real routes.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from admin_core.access import ensure_roles
from admin_core.access.team import add_member
from admin_core.audit import reads
from admin_core.generator import urls
from admin_core.generator.ids import decode_key, encode_key
from admin_core.generator.registry import Registry
from admin_core.generator.spec import ModelSpec
from admin_core.policy import Person
from schema.access_log import AccessEntry
from schema.staff import Role
from tests.company import company
from tests.databases import as_app
from tests.journeys.canaries import BIRDS, planted, some_rows, written
from tests.journeys.masked_world import OPERATIONS, Aviary, Operation, pages_of, parts_of
from tests.journeys.site import make_site, token_in
from tests.journeys.test_seeing import words_of

OWN = {
    "Blind": ["*", "!pii:*"],
    "Half": ["*", "!pii:cv:*", "!pii:special:*", "!pii:bank:*", "!pii:ip:*"],
}
"""Roles of the test: may do everything, and see nothing, or some, of what is personal."""
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
APART = {"Apart": ["*", "!popia:restricted:process", "!core:reports:others"]}
"""May see everything that is personal, but not the rows of those whose data is restricted, nor files of others."""
OWN |= APART
ROLES = ("Viewer", "Support", *OWN)
RESTRICT = "UPDATE admin.{} SET restricted_at = now() WHERE id IN (SELECT id FROM admin.{} ORDER BY id DESC LIMIT 20)"


@pytest.fixture(scope="module")
def aviary(server_url: str) -> Iterator[Aviary]:
    with company(server_url, "canaries") as url:
        yield from filled(url)


def filled(url: str) -> Iterator[Aviary]:
    """Yield the site over a company, each of whose personal cells is given a canary of its own."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection, Session(connection) as session:
        known = ensure_roles(session)
        for role, permissions in OWN.items():
            known[role] = Role(name=role, permissions=permissions)
            session.add(known[role])
        for role in ROLES:
            member = add_member(session, name=role, email=f"{role.lower()}@demo.example", roles=[known[role]])
            member.create_datetime = LONG_AGO  # the first of the role is who signs in
        session.flush()
    site = make_site(as_app(url))
    registry = site.machine.registry
    clients = {role: site.client(role) for role in ROLES}
    cage = planted(engine, registry)
    with engine.begin() as connection:
        for table in ("customers", "candidates"):
            connection.execute(sa.text(RESTRICT.format(table, table)))
    with engine.connect() as connection:
        ids = {key: [encode_key(tuple(row)) for row in some_rows(connection, registry.spec(key))] for key in registry}
        held = dict(connection.execute(sa.select(Role.name, Role.permissions)).all())  # type: ignore[arg-type]  # pairs
    tokens = {role: token_in(client.get("/admin/").text) for role, client in clients.items()}
    found = Aviary(site, cage, {key: rows for key, rows in ids.items() if rows}, clients, tokens, engine)
    people = {role: Person(uuid4(), role, (role,), frozenset(held[role])) for role in ROLES}
    found.hidden = {role: cage.hidden_from(who) for role, who in people.items()}
    with engine.connect() as connection:
        found.hidden["Apart"] |= cage.in_hidden_rows(connection, registry, people["Apart"])
    yield found
    site.machine.database.engine.dispose()


def test_canaries_sit_nearly_everywhere_and_an_owner_hears_them(aviary: Aviary) -> None:
    assert len(aviary.cage.homes) > 300
    models = {home for home, _ in aviary.cage.homes.values()}
    assert {"customers", "candidates", "staff_members", "mail_messages", "tickets"} <= models
    owner = aviary.site.client("Owner")
    record = aviary.ids["customers"][0]
    heard = aviary.cage.heard(owner.get(urls.record_url("customers", record)).text, aviary.cage.homes)
    assert "customers.email" in heard
    assert aviary.hidden["Blind"] == frozenset(aviary.cage.homes)


def test_canaries_of_what_a_role_may_see_are_no_leak(aviary: Aviary) -> None:
    assert 0 < len(aviary.hidden["Half"]) < len(aviary.hidden["Blind"])
    assert aviary.hidden["Viewer"] == aviary.hidden["Blind"]


def test_no_record_s_page_tells_what_is_masked(aviary: Aviary) -> None:
    for key in sorted({home for home, _ in aviary.cage.homes.values()}):
        aviary.get("Blind", urls.record_url(key, aviary.ids[key][0]))


# --- Operations: each chooses by dice that Hypothesis throws, and listens


SETTINGS = settings(
    max_examples=12,
    deadline=None,
    database=None,
    phases=(Phase.generate,),  # what was found is not made smaller: the first answer names the cell, and time is short
    suppress_health_check=list(HealthCheck),
)
SEQUENCES = st.lists(st.tuples(st.sampled_from(OPERATIONS), st.integers(0, 2**32)), min_size=2, max_size=5)


@pytest.mark.parametrize("role", ROLES)
@SETTINGS
@given(sequence=SEQUENCES, seed=st.integers(0, 2**32))
def test_no_sequence_of_operations_tells_what_is_masked(
    aviary: Aviary, role: str, sequence: list[tuple[Operation, int]], seed: int
) -> None:
    told = sorted({home for bird, (home, _) in aviary.cage.homes.items() if bird in aviary.hidden[role]})
    spec = aviary.site.machine.registry.spec(Random(seed).choice(told))
    for operation, number in sequence:
        operation(aviary, role, spec, Random(number))


# --- Values too small for a canary: whatever they are, what is shown is the same


OTHERS: dict[str, tuple[Any, Any]] = {
    "boolean": (True, False),
    "integer": (1, 99),
    "decimal": (Decimal(1), Decimal(9)),
    "date": (date(1980, 1, 1), date(1999, 12, 31)),
}


def small_and_masked(registry: Registry) -> list[tuple[str, str]]:
    """Return the columns that are personal and hold a number, a date or a choice."""
    return [
        (key, column.key)
        for key in registry
        for column in registry.spec(key).columns.values()
        if column.is_personal and column.pii != "secret" and (column.choices or column.kind in OTHERS)
    ]


def test_no_page_depends_on_a_masked_number_date_or_choice(aviary: Aviary) -> None:
    looked_at = 0
    for key, column in small_and_masked(aviary.site.machine.registry):
        spec = aviary.site.machine.registry.spec(key)
        values = two_values(spec, column)
        pages = pages_about(aviary, spec, column, values[0])
        told = [page_words(aviary, pages) for value in values if hold(aviary, spec, column, value)]
        looked_at += len(told) == 2
        differing = [url for url, *texts in zip(pages, *told, strict=True) if len(set(texts)) > 1] if told else []
        assert differing == [], f"{key}.{column}"
    assert looked_at > 8


def page_words(aviary: Aviary, pages: list[str]) -> list[str]:
    return [words_of(aviary.get("Blind", url).text) for url in pages]


def two_values(spec: ModelSpec, column: str) -> tuple[Any, Any]:
    known = spec.columns[column]
    if not known.choices:
        return OTHERS[known.kind]
    choice = spec.table.c[known.name].type.python_type
    return choice(known.choices[0][0]), choice(known.choices[1][0])


def hold(aviary: Aviary, spec: ModelSpec, column: str, value: Any) -> bool:
    """Put a value into the record that is looked at, past whatever would notice; return whether the table takes it."""
    mine = sa.inspect(spec.model).primary_key[0] == decode_key(spec, aviary.ids[spec.key][0])[0]  # type: ignore[index]
    same = {name: spec.table.c[name] for name in ("updated_at",) if name in spec.table.c}
    statement = sa.update(spec.table).where(mine).values({**same, spec.columns[column].name: value})
    with aviary.engine.begin() as connection:
        return written(connection, statement, forced=True)


def pages_about(aviary: Aviary, spec: ModelSpec, column: str, value: Any) -> list[str]:
    """Return the addresses at which a value of a record might be told, by what is shown or by what is found."""
    record = urls.record_url(spec.key, aviary.ids[spec.key][0])
    asked = [{}, {"sort": f"-{column}"}, {f"f.{column}.eq": str(getattr(value, "value", value))}]
    return [record, f"{record}/history", *(urls.list_url(spec.key, query) for query in asked)]


# --- The other side of the law: what is shown in clear is in the log


def unlogged(aviary: Aviary, client: FlaskClient, url: str) -> list[str]:
    """Return the cells that a page shows in clear and that no entry of its request names.

    Who did something is named beside it: that a colleague's name was read there is not logged.
    """
    answer = client.get(url)
    birds = set(BIRDS.findall(answer.text)) & set(aviary.cage.homes)
    aviary.seen |= birds
    wanted = sa.select(AccessEntry.field_names).filter_by(request_id=answer.headers["X-Request-Id"])
    with aviary.site.machine.database.sessions() as session:
        named = {name.rpartition(".")[2] for names in session.scalars(wanted) for name in names}
    homes = (aviary.cage.homes[bird] for bird in birds)
    return sorted(
        {
            f"{model}.{column.key}"
            for model, column in homes
            if column.key not in named and not (model == "staff_members" and column.key == "name")
        }
    )


@pytest.fixture
def owner_of_birds(aviary: Aviary, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setattr(reads, "SAME_LOOK", timedelta(0))
    return aviary.site.client("Owner")


def test_every_page_that_shows_somebody_s_data_is_in_the_log(aviary: Aviary, owner_of_birds: FlaskClient) -> None:
    aviary.seen.clear()
    missed = {url: cells for url in pages_of(aviary) if (cells := unlogged(aviary, owner_of_birds, url))}
    assert len(aviary.seen) > 10  # something was shown, or nothing could be missed
    assert missed == {}, "\n".join(f"{url}: {cells}" for url, cells in missed.items())


@SETTINGS
@given(seed=st.integers(0, 2**32))
def test_every_generated_screen_that_shows_somebody_s_data_is_in_the_log(
    aviary: Aviary, owner_of_birds: FlaskClient, seed: int
) -> None:
    dice = Random(seed)
    spec = aviary.site.machine.registry.spec(dice.choice(sorted({home for home, _ in aviary.cage.homes.values()})))
    record = urls.record_url(spec.key, dice.choice(aviary.ids[spec.key]))
    pages = ["", *parts_of(aviary, spec)]
    url = dice.choice([urls.list_url(spec.key), *(record + page for page in pages)])
    assert unlogged(aviary, owner_of_birds, url) == [], url


def test_no_part_of_a_profile_tells_what_is_masked_and_each_is_in_the_log(
    aviary: Aviary, owner_of_birds: FlaskClient
) -> None:
    spec = aviary.site.machine.registry.spec("customers")
    parts = [part for part in parts_of(aviary, spec) if part.startswith(("/panel", "/timeline"))]
    assert len(parts) > 5
    for record in aviary.ids[spec.key][:3]:
        for url in (urls.record_url(spec.key, record) + part for part in parts):
            for role in ROLES:
                aviary.get(role, url)
            assert unlogged(aviary, owner_of_birds, url) == [], url

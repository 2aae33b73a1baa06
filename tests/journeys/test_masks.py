"""The law of masks: no sequence of operations lets a role read a value that is masked for it, on any path.

Every personal cell holds a value of its own, so a leak names its cell. Sequences are made over the real routes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
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
from werkzeug.test import TestResponse

from admin_core import demo_mark
from admin_core.access import ensure_roles
from admin_core.access.team import add_member
from admin_core.audit import reads
from admin_core.generator import urls
from admin_core.generator.ids import encode_key
from admin_core.generator.spec import ModelSpec
from admin_core.policy import Person
from plugins.demo.company import fill
from schema.access_log import AccessEntry
from schema.staff import Role
from tests.databases import as_app, clone, drop, unique_name
from tests.journeys.canaries import BIRDS, WORD, Cage, planted, some_rows
from tests.journeys.site import Site, make_site, token_in

OWN = {
    "Blind": ["*", "!pii:*"],
    "Half": ["*", "!pii:cv:*", "!pii:special:*", "!pii:bank:*", "!pii:ip:*"],
}
"""Roles of the test: may do everything, and see nothing, or some, of what is personal."""
CUSTOMERS, LONG_AGO = 30, datetime(2001, 1, 1, tzinfo=UTC)
"""As few as have all of everything."""
ROLES = ("Viewer", "Support", *OWN)


@dataclass(repr=False)
class Aviary:
    """A site whose personal cells all hold canaries, and the rows they sit in."""

    site: Site
    cage: Cage
    ids: dict[str, list[str]]
    clients: dict[str, FlaskClient]
    tokens: dict[str, str]
    hidden: dict[str, frozenset[str]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return "Aviary"  # Hypothesis would take it apart and print all of it

    def listen(self, role: str, answer: TestResponse, what: str) -> None:
        """Fail when an answer tells what the role must not hear."""
        heard = self.cage.heard(f"{answer.location or ''} {answer.text}", self.hidden[role])
        assert not heard, f"{role} heard {heard} by {what} ({answer.status_code})"
        assert answer.status_code < 500 or answer.status_code == 503, (what, answer.text[-800:])

    def get(self, role: str, url: str, **headers: str) -> TestResponse:
        answer = self.clients[role].get(url, headers=headers, follow_redirects=True)
        self.listen(role, answer, url)
        return answer

    def post(self, role: str, url: str, **data: Any) -> TestResponse:
        given = {"csrf_token": self.tokens[role], **data}
        answer = self.clients[role].post(url, data=given, follow_redirects=True)
        self.listen(role, answer, f"POST {url} {sorted(data)}")
        return answer


@pytest.fixture(scope="module")
def aviary(server_url: str) -> Iterator[Aviary]:
    name = unique_name("canaries")
    url = clone(server_url, name)
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection, Session(connection) as session:
        demo_mark.set_mark(connection, demo_mark.DEMO)
        known = ensure_roles(session)
        for role, permissions in OWN.items():
            known[role] = Role(name=role, permissions=permissions)
            session.add(known[role])
        for role in ROLES:
            member = add_member(session, name=role, email=f"{role.lower()}@demo.example", roles=[known[role]])
            member.create_datetime = LONG_AGO  # the first of the role is who signs in
        session.flush()
    fill(engine, CUSTOMERS, lambda _line: None, datetime.now(UTC))
    site = make_site(as_app(url))
    registry = site.machine.registry
    clients = {role: site.client(role) for role in ROLES}
    cage = planted(engine, registry)
    with engine.connect() as connection:
        ids = {key: [encode_key(tuple(row)) for row in some_rows(connection, registry.spec(key))] for key in registry}
        held = dict(connection.execute(sa.select(Role.name, Role.permissions)).all())  # type: ignore[arg-type]  # pairs
    tokens = {role: token_in(client.get("/admin/").text) for role, client in clients.items()}
    found = Aviary(site, cage, {key: rows for key, rows in ids.items() if rows}, clients, tokens)
    found.hidden = {role: cage.hidden_from(Person(uuid4(), role, (role,), frozenset(held[role]))) for role in ROLES}
    yield found
    site.machine.database.engine.dispose()
    drop(server_url, name)


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


def column_of(dice: Random, spec: ModelSpec) -> str:
    """Return a column, rather a personal one."""
    personal = [column.key for column in spec.columns.values() if column.is_personal]
    return dice.choice(personal or list(spec.columns))


def listing(aviary: Aviary, role: str, spec: ModelSpec, dice: Random) -> None:
    column = column_of(dice, spec)
    operator = dice.choice(["eq", "contains", "starts", "gt", "between", "empty", "filled", "has"])
    query = dice.choice(
            [
                {}, {"sort": column}, {"sort": f"-{column}"}, {f"f.{column}.{operator}": WORD}, {"q": WORD},
                {"add": column}, {"last": "1"}, {"at": WORD}, {"size": "200"},
            ])  # fmt: skip
    aviary.get(role, urls.list_url(spec.key, query))


def searching(aviary: Aviary, role: str, spec: ModelSpec, dice: Random) -> None:
    column = column_of(dice, spec)
    operator = dice.choice(["eq", "contains", "starts", "gt", "lt", "between"])
    typed = dice.choice([{"words": WORD}, {"column": column, "op": operator, "value": WORD}])
    answer = aviary.post(role, urls.search_url(spec.key), **typed)
    clear = frozenset(bird for bird in aviary.cage.homes if bird not in aviary.hidden[role])
    if not any(aviary.cage.homes[bird][0] == spec.key for bird in clear):  # then no cell it sees holds the word
        assert not any(f'{urls.record_url(spec.key, one)}"' in answer.text for one in aviary.ids[spec.key]), (
            f"{role} found a record of {spec.key} by a masked value"
        )


def saving_a_view(aviary: Aviary, role: str, spec: ModelSpec, dice: Random) -> None:
    column = column_of(dice, spec)
    state = {"sort": column} if dice.random() < 0.5 else {f"f.{column}.eq": WORD}
    aviary.post(role, urls.views_url(spec.key), name=f"View {uuid4().hex[:8]}", **state)
    aviary.get(role, urls.list_url(spec.key))


def choosing_columns(aviary: Aviary, role: str, spec: ModelSpec, dice: Random) -> None:
    aviary.post(role, urls.columns_url(spec.key), columns=list(spec.columns), column=list(spec.columns))
    aviary.get(role, urls.list_url(spec.key))


def opening(aviary: Aviary, role: str, spec: ModelSpec, dice: Random) -> None:
    record = urls.record_url(spec.key, dice.choice(aviary.ids[spec.key]))
    pages = ["/history", "/edit", "/delete", *(f"/related/{relation}" for relation in spec.children)]
    aviary.get(role, record)
    aviary.get(role, record + dice.choice(pages))


def asking_to_reveal(aviary: Aviary, role: str, spec: ModelSpec, dice: Random) -> None:
    record, column = dice.choice(aviary.ids[spec.key]), column_of(dice, spec)
    reason = dice.choice(["", "short", "x" * 600])
    aviary.get(role, urls.reveal_url(spec.key, record, column))
    aviary.post(role, urls.reveal_url(spec.key, record, column), reason=reason, ticket="1")


def editing(aviary: Aviary, role: str, spec: ModelSpec, dice: Random) -> None:
    """Send a form that is refused: without a version, with a masked field named, with values that can't be."""
    record = dice.choice(aviary.ids[spec.key])
    fields = {f"c-{key}": dice.choice(["", "x", "\x00", "9" * 400]) for key in spec.columns}
    version = dice.choice(["", "x"])
    aviary.post(role, urls.edit_url(spec.key, record), version=version, **fields)
    aviary.post(role, urls.new_url(spec.key), **fields)


def picking(aviary: Aviary, role: str, spec: ModelSpec, dice: Random) -> None:
    column = dice.choice(["", *spec.columns])
    aviary.post(role, urls.lookup_url(spec.key), q=dice.choice(["", WORD]), column=column)


def asking_the_palette(aviary: Aviary, role: str, spec: ModelSpec, dice: Random) -> None:
    aviary.post(role, "/admin/palette", q=dice.choice([*aviary.ids[spec.key], WORD, spec.plural]))


def acting(aviary: Aviary, role: str, spec: ModelSpec, dice: Random) -> None:
    record = dice.choice(aviary.ids[spec.key])
    for offered in aviary.site.machine.actions.by_model.get(spec.key, ()):
        aviary.get(role, urls.action_url(spec.key, record, offered.name))
        aviary.post(role, urls.action_url(spec.key, record, offered.name), once="x")


def opening_a_page(aviary: Aviary, role: str, spec: ModelSpec, dice: Random) -> None:
    """Open any page that is no record of a list, with an id where it wants one."""
    aviary.get(role, dice.choice(pages_of(aviary)))


def pages_of(aviary: Aviary) -> list[str]:
    """Return the addresses of all pages without arguments, and of those about one record."""
    rules = [rule for rule in aviary.site.app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    plain = [rule.rule for rule in rules if rule.rule.startswith("/admin") and not rule.arguments]
    about = {
        "change_sets": ("/admin/changes/{}",),
        "jobs": ("/admin/system/jobs/{}", "/admin/system/jobs/{}/outcomes.csv"),
        "mail_messages": ("/admin/system/outbox/{}", "/admin/system/outbox/{}/html"),
        "staff_members": ("/admin/staff/{}", "/admin/staff/{}/roles", "/admin/staff/{}/leave"),
        "approvals": ("/admin/approvals/{}",),
        "artifacts": ("/admin/files/{}",),
        "audit_entries": ("/admin/system/audit/entries/{}",),
        "customers": ("/admin/system/looked-at?kind=customer&key={}",),
    }
    return plain + [
        path.format(one) for model, paths in about.items() for one in aviary.ids.get(model, ()) for path in paths
    ]


Operation = Callable[[Aviary, str, ModelSpec, Random], None]
OPERATIONS: tuple[Operation, ...] = (
    listing, searching, saving_a_view, choosing_columns, opening, opening, asking_to_reveal, editing, picking,
    asking_the_palette, acting, opening_a_page,
)  # fmt: skip


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


# --- The other side of the law: what is shown in clear is in the log


def unlogged(aviary: Aviary, client: FlaskClient, url: str) -> list[str]:
    """Return the cells that a page shows in clear and that no entry of its request names.

    Who did something is named beside it: that a colleague's name was read there is not logged.
    """
    answer = client.get(url)
    birds = set(BIRDS.findall(answer.text)) & set(aviary.cage.homes)
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
    missed = {url: cells for url in pages_of(aviary) if (cells := unlogged(aviary, owner_of_birds, url))}
    assert missed == {}, "\n".join(f"{url}: {cells}" for url, cells in missed.items())


@SETTINGS
@given(seed=st.integers(0, 2**32))
def test_every_generated_screen_that_shows_somebody_s_data_is_in_the_log(
    aviary: Aviary, owner_of_birds: FlaskClient, seed: int
) -> None:
    dice = Random(seed)
    spec = aviary.site.machine.registry.spec(dice.choice(sorted(aviary.ids)))
    record = urls.record_url(spec.key, dice.choice(aviary.ids[spec.key]))
    pages = ["", "/history", "/edit", "/delete", *(f"/related/{relation}" for relation in spec.children)]
    url = dice.choice([urls.list_url(spec.key), *(record + page for page in pages)])
    assert unlogged(aviary, owner_of_birds, url) == [], url

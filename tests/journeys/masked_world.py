"""What people do in the law of masks, one operation each, and the world in which they do it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from admin_core.generator import urls
from admin_core.generator.record_parts import collected_parts
from admin_core.generator.spec import ModelSpec
from tests.journeys.canaries import WORD, Cage
from tests.journeys.site import Site


@dataclass(repr=False)
class Aviary:
    """A site whose personal cells all hold canaries, and the rows they sit in."""

    site: Site
    cage: Cage
    ids: dict[str, list[str]]
    clients: dict[str, FlaskClient]
    tokens: dict[str, str]
    engine: sa.Engine
    hidden: dict[str, frozenset[str]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    """Canaries that somebody who may was shown."""

    def __repr__(self) -> str:
        return "Aviary"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(repr(self))  # or it would be taken apart, and two megabytes would hide what failed

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
    aviary.get(role, record)
    aviary.get(role, record + dice.choice(parts_of(aviary, spec)))


def parts_of(aviary: Aviary, spec: ModelSpec) -> list[str]:
    """Return the pages behind a record's, those of plugins included."""
    panels = [o.name for o in collected_parts(aviary.site.machine.plugins).panels if o.panel.model == spec.key]
    related = [f"/related/{relation}" for relation in spec.children]
    return ["/history", "/edit", "/delete", "/timeline", *related, *(f"/panel/{name}" for name in panels)]


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


def exporting(aviary: Aviary, role: str, spec: ModelSpec, dice: Random) -> None:
    asked = dice.choice([{}, {"sort": column_of(dice, spec)}, {f"f.{column_of(dice, spec)}.eq": WORD}])
    aviary.post(role, urls.export_url(spec.key), format=dice.choice(["csv", "excel", "jsonl"]), **asked)


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
    asking_the_palette, acting, opening_a_page, exporting,
)  # fmt: skip

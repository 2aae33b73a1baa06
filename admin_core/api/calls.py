"""What a route's function is given: who calls, a session bound by the policy, the moment, effects, pages of lists."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy.orm import Session

from admin_core.api.key_store import Key
from admin_core.api.models import Model, Page, PageQuery
from admin_core.api.problems import Problem, not_found
from admin_core.ciphers import Cipher, Unreadable
from admin_core.contributions import ApiRoute, Effects
from admin_core.generator.cursors import text_of, value_of
from admin_core.generator.keyset import SortKey, behind, read_page
from admin_core.generator.registry import Registry
from admin_core.generator.spec import ModelSpec
from admin_core.generator.subjects import way_of
from admin_core.policy import Person, Verb, limit, require

KEY_ROLE = "API key"
ItemT = TypeVar("ItemT", bound=Model)


@dataclass(frozen=True)
class Call:
    """One request by a program. The session commits when the function returns, and rolls back when it raises."""

    session: Session
    key: Key
    person: Person
    """The key as the policy sees it."""
    now: datetime
    """Aware, UTC."""
    route: ApiRoute
    registry: Registry
    cipher: Cipher
    effects: Effects
    request_id: str = ""
    subjects: list[tuple[str, str]] = field(default_factory=list)
    """Kind and key of everybody whose data was read, for the access log: ``("customer", "0198…")``."""
    written: list[str] = field(default_factory=list)
    """Keys of the rows that a batch stored, for the audit log: it counts them and keeps their hash."""

    def rows(self, statement: sa.Select[Any], model: str) -> sa.Select[Any]:
        """Return the statement restricted to what this key may see of a model, by its key; Refused without access."""
        return limit(statement, self.person, self.registry.spec(model))

    def page(
        self, model: str, where: Sequence[Any], query: PageQuery, item: Callable[[Any], ItemT], *, newest: str
    ) -> Page[ItemT]:
        """Return a page of a model's records, newest first by a column that an index serves together with the key."""
        spec = self.registry.spec(model)
        names = (newest, *spec.primary_key)
        keys = [SortKey(getattr(spec.model, name), name, desc=True) for name in names]
        statement = self.rows(sa.select(spec.model).where(*where), model)
        ranges = behind(keys, self.opened(spec, keys, query)) if query.cursor else None
        found = read_page(self.session, statement, keys, query.limit, ranges=ranges)
        records = [self.noted(spec, row[0]) for row in found.rows]
        last = [getattr(records[-1], name) for name in names] if found.more else []
        return Page[ItemT](items=[item(record) for record in records], next=self.next_url(query, last))

    def next_url(self, query: PageQuery, last: Sequence[Any]) -> str | None:
        """Return the address of the page behind a row, None without one."""
        if not last:
            return None
        words = query.model_dump(mode="json", exclude_none=True, exclude={"cursor"})
        sealed = self.cipher.seal(self.purpose, json.dumps([filters_of(query), *(text_of(value) for value in last)]))
        pairs = [(name, str(value).lower() if isinstance(value, bool) else str(value)) for name, value in words.items()]
        return f"{self.route.address}?{urlencode([*pairs, ('cursor', sealed)])}"

    def opened(self, spec: ModelSpec, keys: Sequence[SortKey], query: PageQuery) -> list[Any]:
        """Return the sort values of a cursor; Problem unless it is from this list with the same filters."""
        try:
            filters, *texts = json.loads(self.cipher.open(self.purpose, query.cursor or ""))
            if filters != filters_of(query):
                raise Unreadable("other filters")
            return [value_of(spec.columns[key.name], key, text) for key, text in zip(keys, texts, strict=True)]
        except ValueError as error:
            hint = "Begin without a cursor. The filters of all pages of a list must be the same."
            raise Problem(400, "cursor-invalid", f"This cursor is not one of this list. {hint}") from error

    @property
    def purpose(self) -> str:
        """What a cursor is bound to: the route. The filters stand inside."""
        return f"api cursor {self.route.name}"

    def one(self, model: str, *where: Any) -> Any:
        """Return the one record of a model that fulfils this; a Problem 404 when this key can see none."""
        found = self.find(model, *where)
        if found is None:
            raise not_found()
        return found

    def find(self, model: str, *where: Any) -> Any:
        """Return the one record of a model that fulfils this, None when this key can see none."""
        statement = self.rows(sa.select(self.registry.model(model)).where(*where), model)
        found = self.session.scalars(statement).unique().one_or_none()
        return None if found is None else self.noted(self.registry.spec(model), found)

    def require(self, verb: Verb, model: str) -> None:
        """Raise Refused unless the route's permissions let a call do this to rows of a model."""
        require(self.person, verb, self.registry.spec(model))

    def noted(self, spec: ModelSpec, record: Any) -> Any:
        """Return the record, having noted whose it is where its own column says so."""
        way = way_of(spec)
        person = getattr(record, way.column) if way and way.column else None
        if way and person is not None:
            self.subjects.append((way.kind, str(person)))
        return record


def person_of(key: Key, route: ApiRoute) -> Person:
    """Return the key as the policy sees it: it may do what the route says, and nothing else."""
    return Person(id=key.id, name=f"{KEY_ROLE} {key.prefix}", roles=(KEY_ROLE,), permissions=route.permissions)


def filters_of(query: PageQuery) -> str:
    """Return a fingerprint of everything in an address that chooses rows."""
    words = query.model_dump_json(exclude={"cursor", "limit"})
    return hashlib.sha256(words.encode()).hexdigest()[:16]

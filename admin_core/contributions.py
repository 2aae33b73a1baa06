"""What plugins return: frozen data that core wires. Nothing here knows Flask, RQ or a business word."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from admin_core.jobs.arguments import Argument
from admin_core.jobs.declared import Job
from admin_core.policy import Person
from admin_core.theme.frame import Tone
from admin_core.theme.tiles import Tile

__all__ = [
    "Action",
    "ActionRefused",
    "Demo",
    "Done",
    "Effects",
    "Filters",
    "HomeTile",
    "Job",
    "Link",
    "Manifest",
    "Page",
    "Permission",
    "Question",
    "Segment",
    "Tile",
    "Visit",
    "Waiting",
]

Filters = tuple[tuple[str, str], ...]
"""Filters of a list as they stand in its address: ``("f.status.eq", "active")``; a name may come several times."""


@dataclass(frozen=True)
class Manifest:
    """Who a plugin is. ``name`` is its folder, its permission prefix, its part of URLs and its template folder."""

    name: str
    title: str
    description: str
    icon: str = "puzzle"
    version: str = "1.0"
    order: int = 100
    """Smaller comes first on pages that show several plugins."""


@dataclass(frozen=True)
class Link:
    """An entry of the Links menu: somewhere outside that the team works in."""

    label: str
    url: str
    icon: str = "external-link"


@dataclass(frozen=True)
class Segment:
    """A list that everybody finds as a tab: a saved view that comes with the product."""

    model: str
    """The model's key."""
    name: str
    columns: tuple[str, ...]
    """In order."""
    filters: Filters = ()


@dataclass(frozen=True)
class Demo:
    """How a plugin fills an empty database with its demo company."""

    seed: Callable[[Engine, int, Callable[[str], None]], None]
    """Takes an engine, the scale and a function to report progress to."""


@dataclass(frozen=True)
class Waiting:
    """Rows that wait for somebody's decision: core counts them, shows home's line, and links to exactly those rows."""

    label: str
    model: str
    """The model's key. Who may not read it is not shown the line."""
    filters: Callable[[datetime], Filters]
    """Takes the present moment; pure. Every column must be one a list can filter by."""
    permission: str
    icon: str = "inbox"
    tone: Tone = "warning"
    note: str = ""


@dataclass(frozen=True)
class HomeTile:
    """A number on home. Core asks for it only when the person has the permission, on its own and within a second."""

    label: str
    permission: str
    load: Callable[[Session, datetime], Tile]
    """Takes the request's session and the present moment. Reads; never a whole table."""
    model: str = ""
    """The model behind the tile's link; who may not read it gets the number without a link."""


@dataclass(frozen=True)
class Permission:
    """A word that roles may grant: ``plugin:noun:verb``."""

    name: str
    label: str
    """Completes "may …", for whoever edits roles."""


class Effects(Protocol):
    """What an action may ask to happen after its commit. Nothing leaves before; nothing leaves when it rolls back."""

    def enqueue(self, job: str, args: Mapping[str, Argument] | None = None, *, key: str | None = None) -> UUID:
        """Ask for a job by its slug; under one ``key`` it exists once. Returns the job's id."""


@dataclass(frozen=True)
class Visit:
    """What a page is given: who asks, over which session, with which words."""

    session: Session
    person: Person
    now: datetime
    """Aware, UTC."""
    args: Mapping[str, str]
    """Of the address; the first value of each name."""
    form: Mapping[str, str]
    """Of a POST; empty otherwise."""
    effects: Effects


@dataclass(frozen=True)
class Done:
    """What a page answers to a POST that succeeded: core commits, says the sentence, and goes on to the address."""

    sentence: str
    url: str = ""
    """Empty: the page itself."""


class ActionRefused(Exception):
    """Raised by an action or a page's POST that declines; both parts are shown to the person. Nothing was changed."""

    def __init__(self, sentence: str, hint: str = "") -> None:
        self.sentence = sentence
        self.hint = hint
        super().__init__(sentence)


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page at ``/admin/<plugin>/<slug>``, with an entry in the sidebar."""

    slug: str
    title: str
    permission: str
    load: Callable[[Visit], Mapping[str, Any]]
    """Returns what the template shows."""
    template: str
    """In the plugin's own folder: ``<plugin>/page.html``. It extends ``admin/base.html``."""
    post: Callable[[Visit], Done] | None = None
    """Answers a form of the page; may raise ActionRefused, which the page then shows as ``problem``."""
    post_permission: str = ""
    """Needed for the POST besides ``permission``; required when there is a ``post``."""
    group: str = "System"
    """Heading in the sidebar; empty: no entry."""
    icon: str = "file"
    statements: int = 10
    """Budget of SQL statements per visit, checked by the conformance kit."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """Something an action asks before it runs."""

    name: str
    label: str
    kind: Literal["text", "textarea", "number", "choice", "switch"] = "text"
    help: str = ""
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    """Value and label; for ``choice``."""
    longest: int = 2_000
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, kw_only=True)
class Action:
    """A verb on a record, offered on its page. Core checks, asks, commits and says what happened."""

    slug: str
    label: str
    """Verb and object: "Assign to me"."""
    model: str
    """The model's key."""
    permission: str
    run: Callable[..., str]
    """Takes any of ``session, record, person, answers, effects, now`` by name; returns what was done, in a sentence."""
    explain: Callable[[Any], str] | str = ""
    """What will happen: a sentence, or a function of the record that returns one."""
    refuses: Callable[[Any], str] | None = None
    """Takes the record; returns why the action does not apply now, empty when it does."""
    questions: tuple[Question, ...] = ()
    icon: str = "bolt"
    dangerous: bool = False
    """True: it stands apart, and asks for a fresh proof of identity."""
    order: int = field(default=100)

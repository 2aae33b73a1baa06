"""What people open and do: pages of plugins' own, actions on records, and what both may ask to happen afterwards."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from admin_core.contributions.mail import Letter
from admin_core.jobs.arguments import Argument
from admin_core.policy import Person


class Effects(Protocol):
    """What an action may ask to happen after its commit. Nothing leaves before; nothing leaves when it rolls back."""

    def enqueue(
        self, job: str, args: Mapping[str, Argument] | None = None, *, key: str | None = None, rows: int = 0
    ) -> UUID:
        """Ask for a job by its slug; under one ``key`` it exists once. Returns the job's id.

        ``rows``: how many it will change as things are. They count where one person alone may change so many.
        """

    def about(self, kind: str, key: str) -> "Effects":
        """Return the same for jobs about a person or company, such as ``"customer"`` and their id.

        They stand in that one's timeline. What an action on a record asks for is about whom the record is about.
        """

    def mail(self, letter: Letter) -> UUID:
        """Ask for an e-mail; under one ``key`` it exists once. Returns the message's id."""

    def webhook(self, event_type: str, data: Mapping[str, Any], *, key: str) -> int:
        """Tell the endpoints that asked for this type; under one ``key`` each is told once. Returns how many."""

    def call(self, service: str, /, **values: Any) -> Any:
        """Have another plugin's service do its part now, in the same transaction; return what it returns.

        ActionRefused when it declines, or when its plugin is switched off.
        """


@dataclass(frozen=True)
class Service:
    """A change that other plugins may have done in their own transaction, by its name: none imports another."""

    slug: str
    """``plugin.verb-noun``."""
    run: Callable[..., Any]
    """Takes ``session``, ``effects`` and what the caller names; may raise ActionRefused. The caller commits."""


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


@dataclass(frozen=True)
class HandOver:
    """What a page answers to a POST that goes on at another site: core commits, then the browser posts this there.

    By a form and never in an address, which histories and logs would keep. Nothing of it is stored on the way.
    """

    url: str
    """An address of the other site; the page may post to its origin and to no other."""
    fields: Mapping[str, str] = field(repr=False)
    label: str
    """Of the button for browsers without scripts: "Open the customer app"."""


class ActionRefused(Exception):
    """Raised by an action or a page's POST that declines; both parts are shown to the person. Nothing was changed."""

    def __init__(self, sentence: str, hint: str = "") -> None:
        self.sentence = sentence
        self.hint = hint
        super().__init__(sentence)


def done_on_its_page() -> str:
    """Refuse: what an action with a ``page`` does, that page does."""
    raise ActionRefused("This is done on a page of its own.", "Go back and choose it again.")


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
    post: Callable[[Visit], Done | HandOver] | None = None
    """Answers a form of the page; may raise ActionRefused, which the page then shows as ``problem``."""
    post_permission: str = ""
    """Needed for the POST besides ``permission``; required when there is a ``post``."""
    proof_within_s: int = 0
    """The POST asks for a proof of identity that is no older than this; 0: it asks for none."""
    group: str = "System"
    """Heading in the sidebar; empty: no entry."""
    icon: str = "file"
    statements: int = 10
    """Budget of the page's own SQL statements per visit, checked by the conformance kit."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """Something an action asks before it runs."""

    name: str
    label: str
    kind: Literal["text", "textarea", "number", "choice", "switch", "date"] = "text"
    """A date is answered as ``2026-03-31``, as it hangs on our wall."""
    help: str = ""
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    """Value and label; for ``choice``."""
    options: Callable[[Session, Any, datetime], Sequence[tuple[str, str]]] | None = None
    """Returns the choices for one record at a moment, where they depend on it; in one statement."""
    begins: Callable[[Any], str] | str = ""
    """What stands there when the page of a record is opened, or a function of the record that returns it: nothing
    personal, and nothing else happens to it. Not for a switch, nor on a selection."""
    longest: int = 2_000
    least: int | None = None
    most: int | None = None
    column: str = ""
    """Column of the record that stands there beforehand, to be changed: who may not see it in clear may not act, and
    nothing is written over what somebody else changed meanwhile. For texts; not together with ``many``."""


@dataclass(frozen=True, kw_only=True)
class Action:
    """A verb on a record, offered on its page. Core checks, asks, commits and says what happened."""

    slug: str
    label: str
    """Verb and object: "Assign to me"."""
    model: str
    """The model's key."""
    permission: str
    run: Callable[..., str] = done_on_its_page
    """Takes any of ``session, record, person, answers, effects, now`` by name; returns what was done, in a sentence."""
    explain: Callable[[Any], str] | str = ""
    """What will happen: a sentence, or a function of the record that returns one."""
    refuses: Callable[[Any], str] | None = None
    """Takes the record; returns why the action does not apply now, empty when it does."""
    page: str = ""
    """Address of a page of its own that asks and answers instead of core's; ``{record}`` stands for the record's id."""
    then: str = ""
    """Address to go on to when it was done; empty: the record's page."""
    questions: tuple[Question, ...] = ()
    many: bool = False
    """True: also offered for selected rows of the list. It runs on each by itself; what one declines stops no other."""
    icon: str = "bolt"
    dangerous: bool = False
    """True: it stands apart, shows what will happen before it can be done, and asks for a fresh proof of identity."""
    approval: Literal["", "always", "thresholds"] = ""
    """When a second person has to approve it: never, always, or above the limits below. Only for dangerous ones."""
    limit_cents: int | None = None
    """Money that one person alone may move, until a setting says otherwise. None: no such limit."""
    limit_rows: int | None = None
    """Rows that one person alone may change."""
    role_limit: str = ""
    """Column of roles, such as ``…_limit_cents``, up to which somebody may move money by this at once. Above it core
    refuses, in the plan as in the run. One with a page of its own asks ``policy.may_up_to`` itself."""
    order: int = field(default=100)

    def __post_init__(self) -> None:
        """Refuse what would let an action through that somebody else was meant to approve."""
        limits = (self.limit_cents, self.limit_rows)
        if (self.many or self.approval) and any(question.options for question in self.questions):
            raise ValueError(f"Action {self.slug} offers options of one record: not for many, nor for approval.")
        if self.approval and not self.dangerous:
            raise ValueError(f"Action {self.slug} asks for approval, so it must be dangerous=True.")
        if self.role_limit and self.page:
            raise ValueError(f"Action {self.slug} has a page of its own: ask policy.may_up_to there.")
        if self.approval and self.page:
            raise ValueError(f"Action {self.slug} asks for approval, so it can't have a page of its own.")
        if self.many and self.page:
            raise ValueError(f"Action {self.slug} has a page of its own, so it can't be done on many records.")
        if any(limit is not None for limit in limits) and self.approval != "thresholds":
            raise ValueError(f"Action {self.slug} has limits, so it must say approval='thresholds'.")
        if any(limit is not None and limit < 0 for limit in limits):
            raise ValueError(f"Action {self.slug} has a limit below zero.")

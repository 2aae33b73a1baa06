"""The customers of the demo company, and the company around them, as the rooms see them."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from plugins.demo.catalog import Catalog, Plan
from plugins.demo.clock import Span
from plugins.demo.prompts import Prompts
from plugins.demo.team import Team


@dataclass(frozen=True)
class Customer:
    """Who a customer is, before anything has happened."""

    n: int
    id: str
    line: str
    name: str
    email: str
    host: str
    signup: datetime
    people: tuple[tuple[str, str, str], ...]
    """Key, name and e-mail of each, the main one first."""
    billing: dict[str, Any]


@dataclass(frozen=True)
class Stretch:
    """A time in which a customer used a plan."""

    begins: datetime
    ends: datetime
    plan: Plan | None


@dataclass
class Standing:
    """Where a customer has come to."""

    status: str
    plan: str | None = None
    mrr: int = 0
    trial_ends_at: datetime | None = None
    closed_at: datetime | None = None
    assessments_used: int = 0
    last_active_at: datetime | None = None
    activated_at: datetime | None = None
    stretches: list[Stretch] = field(default_factory=list)


@dataclass(frozen=True)
class Sample:
    """A customer whom other rooms may write about: tickets, privacy requests, mailboxes."""

    id: str
    line: str
    name: str
    email: str
    person: tuple[str, str, str]
    status: str


@dataclass(frozen=True)
class World:
    """The company: when, who works there, what it sells, what its AI is asked; and what adds up over all customers."""

    span: Span
    team: Team
    catalog: Catalog
    prompts: Prompts
    texts: dict[tuple[str, int], str]
    """Consent texts by purpose and version."""
    spent: dict[tuple[date, str], list[Decimal]] = field(default_factory=lambda: defaultdict(lambda: [Decimal(0)] * 3))
    """By UTC day and model: cost of the AI, tokens in, tokens out."""
    samples: list[Sample] = field(default_factory=list)
    cases: list[tuple[str, str, str, datetime]] = field(default_factory=list)
    """Some decisions for other rooms: decision, candidate, customer, when."""

"""When two customers look like one: what they share, and how much that weighs. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from admin_core.phones import normal_phone

MERGE = "customers:duplicates:merge"
"""See what looks like a duplicate, and make one record of two. No ``…:read``: Viewers hold all of those."""
FREE_MAIL = frozenset({
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "webmail.co.za",
    "mweb.co.za", "telkomsa.net", "vodamail.co.za", "proton.me", "protonmail.com",
})  # fmt: skip
"""Where everybody may have an address: the same domain says nothing."""
DOTS_MEAN_NOTHING = frozenset({"gmail.com", "googlemail.com"})
LEGAL_FORM = re.compile(r"\b(pty|proprietary|ltd|limited|inc|incorporated|cc|npc|rf|soc|llc|gmbh)\b")
SIMILAR = 0.5
"""From this share of common trigrams on two names are alike: one letter wrong in a name of eight."""
WEIGHTS = {
    "same e-mail": 60, "same phone": 40, "same company": 40, "same name": 15, "same domain and a similar name": 30,
}  # fmt: skip
ENOUGH = 30
"""A name alone is no sign: many people share one."""


class Known(Protocol):
    """What is compared of a customer."""

    @property
    def email(self) -> str:
        """Main address."""

    @property
    def phone(self) -> str | None:
        """Number in any spelling."""

    @property
    def company_name(self) -> str | None:
        """The employer or agency."""

    @property
    def person_name(self) -> str | None:
        """The job seeker, or whom to ask for."""


@dataclass(frozen=True)
class Likeness:
    """How much two records look like one."""

    reasons: tuple[str, ...]

    @property
    def score(self) -> int:
        """The weights of all reasons, at most 100."""
        return min(100, sum(WEIGHTS[reason] for reason in self.reasons))

    @property
    def is_enough(self) -> bool:
        """Whether somebody should look at the two."""
        return self.score >= ENOUGH


def likeness(one: Known, other: Known) -> Likeness:
    """Return what two records share; empty values are never the same."""
    return Likeness(tuple(reasons(one, other)))


def reasons(one: Known, other: Known) -> Iterator[str]:
    """Yield what speaks for two records being one customer."""
    if normal_email(one.email) == normal_email(other.email):
        yield "same e-mail"
    if one.phone and other.phone and phone_of(one.phone) == phone_of(other.phone):
        yield "same phone"
    companies = [normal_company(each.company_name or "") for each in (one, other)]
    people = [" ".join((each.person_name or "").casefold().split()) for each in (one, other)]
    if companies[0] and companies[0] == companies[1]:
        yield "same company"
    if people[0] and people[0] == people[1]:
        yield "same name"
    is_alike = any(0 < similarity(*pair) < 1 and similarity(*pair) >= SIMILAR for pair in (companies, people))
    if is_alike and own_domain(one.email) and own_domain(one.email) == own_domain(other.email):
        yield "same domain and a similar name"


def normal_email(email: str) -> str:
    """Return an address without what its owner may vary: capitals, a ``+tag``, dots where they mean nothing."""
    name, _, domain = email.strip().casefold().rpartition("@")
    name = name.partition("+")[0] or name
    return f"{name.replace('.', '') if domain in DOTS_MEAN_NOTHING else name}@{domain}"


def phone_of(text: str) -> str:
    """Return a number as E.164; as it stands when it can be none."""
    return normal_phone(text) or text


def own_domain(email: str) -> str:
    """Return the domain of an address; empty where everybody may have one."""
    domain = email.strip().casefold().rpartition("@")[2]
    return "" if domain in FREE_MAIL else domain


def normal_company(name: str) -> str:
    """Return a company's name without capitals, marks, spacing and its legal form: ``Acme (Pty) Ltd`` is ``acme``."""
    return "".join(core_words(name))


def core_words(name: str) -> list[str]:
    """Return the words of a company's name that are its own."""
    words = re.sub(r"[^\w]+", " ", name.casefold().replace("&", " and ")).replace("_", " ")
    return LEGAL_FORM.sub(" ", words).split()


def similarity(one: str, other: str) -> float:
    """Return the share of trigrams two names have in common, from 0 to 1, as pg_trgm counts it."""
    first, second = trigrams(one), trigrams(other)
    return len(first & second) / len(first | second) if one and other else 0.0


def trigrams(text: str) -> set[str]:
    """Return the pieces of three letters of a text, its beginning and end marked by spaces."""
    padded = [f"  {word} " for word in text.split()]
    return {word[at : at + 3] for word in padded for at in range(len(word) - 2)}

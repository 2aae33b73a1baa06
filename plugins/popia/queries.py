"""Questions about consent, objections and restrictions, where the latest word counts; and about requests."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from admin_core.contributions import Contact, RowRule
from admin_core.periods import Period, as_rows, local_day_of
from admin_core.policy import Person
from admin_core.policy.about import changes_about, rows_about
from plugins.popia.rules import KEPT_FOR_PROOF, PROCESS, RESTRICTED, WHY_RESTRICTED
from schema.candidates import Candidate
from schema.consents import Consent, ConsentAct, Objection
from schema.customers import Customer
from schema.privacy import SubjectRequest
from schema.tags import options_of

MARKETING, EVERYTHING = "marketing", "all"
SERVES_THE_CONTRACT = frozenset({"transactional", "service"})


def reasons_against(session: Session, contact: Contact) -> list[str]:
    """Return why the law is against a message: POPIA section 69 asks for consent, section 11 lets people object."""
    if contact.mail_class in SERVES_THE_CONTRACT:
        return []  # it performs what the person asked for; a refusal of all mail is a suppression
    reasons = ["objection"] if has_objected(session, contact) else []
    return reasons if has_consented(session, contact) else [*reasons, "no-consent"]


def has_consented(session: Session, contact: Contact) -> bool:
    """Return whether the person's latest word about advertising is a yes."""
    said = select(Consent.act).where(
        Consent.purpose == MARKETING,
        Consent.act != ConsentAct.ASKED,
        Consent.occurred_at <= contact.now,
        theirs(contact),
    )
    latest = session.scalar(said.order_by(Consent.occurred_at.desc(), Consent.recorded_at.desc()).limit(1))
    return latest is ConsentAct.GIVEN


def has_objected(session: Session, contact: Contact) -> bool:
    """Return whether an objection of the customer to advertising, or to everything, is in force."""
    if contact.customer_id is None:
        return False
    objection = select(Objection.id).where(
        Objection.customer_id == contact.customer_id,
        Objection.purpose.in_([MARKETING, EVERYTHING]),
        Objection.in_force_from <= contact.now,
        Objection.lifted_at.is_(None),
    )
    return session.scalar(select(exists(objection))) is True


def theirs(contact: Contact) -> ColumnElement[bool]:
    """Return the condition that a consent is about this customer or this address."""
    ways: list[ColumnElement[bool]] = [
        Consent.address_hash.in_(contact.address_hashes),
        func.lower(Consent.email) == contact.email.lower(),
    ]
    if contact.customer_id is not None:
        ways.append(Consent.customer_id == contact.customer_id)
    return or_(*ways)


def restriction_rules() -> list[RowRule]:
    """Return the rules that hide whose data is restricted, with all that is kept about them and is not proof."""
    return [
        RowRule(RESTRICTED.format(subject.__tablename__), WHY_RESTRICTED, model, always(criterion), PROCESS)
        for subject, model, criterion in restrictable()
    ]


def restrictable() -> Iterator[tuple[type[Any], type[Any], ColumnElement[bool]]]:
    """Yield whose data may be restricted, each model about them, and the criterion that leaves those out."""
    for subject in (Customer, Candidate):
        restricted = select(subject.id).where(subject.restricted_at.is_not(None))  # a partial index holds them
        for model, without in [*rows_about(subject), changes_about(subject)]:
            if options_of(model).group not in KEPT_FOR_PROOF:
                yield subject, model, without(restricted)


def always(criterion: ColumnElement[bool]) -> Callable[[Person], ColumnElement[bool]]:
    """Return a rule that asks the same whoever looks."""
    return lambda _person: criterion


DUE = func.coalesce(SubjectRequest.extended_until, SubjectRequest.due_on)
"""The day that holds: the extended one where there is one."""


def open_at(session: Session, periods: Sequence[Period]) -> list[tuple[int, int]]:
    """Return how many requests were open at the end of each period, and how many of them were past their day."""
    spans = as_rows(periods)
    late = local_day_of(spans.c.end) > DUE
    still = or_(SubjectRequest.closed_at.is_(None), SubjectRequest.closed_at >= spans.c.end)
    statement = (
        select(func.count(SubjectRequest.id), func.count(SubjectRequest.id).filter(late), spans.c.place)
        .join(spans, and_(SubjectRequest.received_at < spans.c.end, still))
        .group_by(spans.c.place)
    )
    found = {place: (count, overdue) for count, overdue, place in session.execute(statement)}
    return [found.get(place, (0, 0)) for place in range(len(periods))]


def closed_in(session: Session, periods: Sequence[Period]) -> list[tuple[int, int]]:
    """Return how many requests were closed in each period, and how many of them in time."""
    spans = as_rows(periods)
    in_time = local_day_of(SubjectRequest.closed_at) <= DUE
    statement = (
        select(func.count(SubjectRequest.id), func.count(SubjectRequest.id).filter(in_time), spans.c.place)
        .join(spans, and_(SubjectRequest.closed_at >= spans.c.start, SubjectRequest.closed_at < spans.c.end))
        .group_by(spans.c.place)
    )
    found = {place: (count, kept) for count, kept, place in session.execute(statement)}
    return [found.get(place, (0, 0)) for place in range(len(periods))]

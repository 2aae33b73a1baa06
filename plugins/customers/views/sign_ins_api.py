"""Sign-ins through the API: the customer app reports who signed in, or tried to."""

from typing import Annotated

from pydantic import AwareDatetime, Field, IPvAnyAddress

from admin_core.api.calls import Call
from admin_core.api.models import Model, WrongValue
from plugins.customers.actions.sign_ins import note_sign_ins
from plugins.customers.queries import sign_ins as queries
from plugins.customers.rules import sign_ins as rules
from schema.accounts import SignInMethod

MOST = 500
Key = Annotated[str, Field(min_length=1, max_length=200)]


class NewSignIn(Model):
    """Somebody signed in, or tried to."""

    id: Annotated[Key, Field(description="Your key of this event: sent again, it is stored once.")]
    account: Annotated[Key, Field(description="Your key of the account.")]
    person: Annotated[Key | None, Field(description="Your key of the person; null when nobody is known.")] = None
    at: AwareDatetime
    succeeded: bool = True
    method: SignInMethod = SignInMethod.OTHER
    ip: IPvAnyAddress | None = None
    country: Annotated[str | None, Field(pattern=r"^[A-Z]{2}$")] = None
    device: Annotated[str | None, Field(max_length=400, description="Browser and system in words.")] = None
    user_agent: Annotated[str | None, Field(max_length=400)] = None


class NewSignIns(Model):
    """What happened since the last report."""

    events: Annotated[list[NewSignIn], Field(min_length=1, max_length=MOST)]


class Stored(Model):
    """What came of a report."""

    stored: int
    known: Annotated[int, Field(description="Reported before.")]
    skipped: Annotated[list[WrongValue], Field(description="What can't be taken, each with its place in the report.")]


def report(call: Call, body: NewSignIns) -> Stored:
    """Store what is new of a report, and say what could not be taken: one bad event stops no other."""
    call.require("create", "sign_ins")
    for model in ("customers", "people"):
        call.require("edit", model)
    events = [event_of(each) for each in body.events]
    accounts = queries.accounts(call.session, {event.account for event in events})
    people = queries.people(call.session, {event.person for event in events if event.person is not None})
    taken, skipped = rules.placed(events, accounts, people, call.now)
    stored = note_sign_ins(call.session, taken)
    call.written.extend(stored)
    wrong = [WrongValue(pointer=f"/events/{each.place}/{each.field}", detail=each.why) for each in skipped]
    return Stored(stored=len(stored), known=len(taken) - len(stored), skipped=wrong)


def event_of(sent: NewSignIn) -> rules.Event:
    """Return an event as a value."""
    return rules.Event(**{**sent.model_dump(exclude={"ip"}), "ip": str(sent.ip) if sent.ip is not None else None})

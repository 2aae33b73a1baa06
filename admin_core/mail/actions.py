"""What people do with messages and refusals: cancel, send again, stop writing to an address, lift."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from admin_core.contributions import Action, ActionRefused, Effects, Question
from admin_core.mail.addresses import AddressHashes
from admin_core.mail.asking import SEND
from admin_core.mail.suppression import Suppressing, lift, suppress
from admin_core.policy import Person
from schema.mail import MailMessage, MailState, Suppression, SuppressionReason, SuppressionScope

SCOPES = (("marketing", "Advertising only"), ("all", "Everything, invitations and receipts too"))
WHY = Question(name="why", label="Why", kind="textarea", help="Who asked for it, when and how.", longest=500)
SCOPE = Question(name="scope", label="What not to send any more", kind="choice", choices=SCOPES)


def cancel(record: MailMessage) -> str:
    """Stop a message that waits."""
    record.state = MailState.CANCELLED
    return "Cancelled the message: it will not be sent."


def not_waiting(record: MailMessage) -> str:
    """Return why a message cannot be cancelled; empty when it waits."""
    return "" if record.state is MailState.QUEUED else f"The message is {record.state.value}, it does not wait."


def send_again(record: MailMessage, effects: Effects, now: datetime) -> str:
    """Put a message that was not sent back into the queue; it is asked anew whether it may go."""
    record.state, record.send_at, record.attempts = MailState.QUEUED, now, 0
    record.error = record.withheld_reason = record.server_answer = None
    effects.enqueue(SEND, {"message": record.id})
    return "The message waits to be sent again."


def not_unsent(record: MailMessage) -> str:
    """Return why a message cannot be sent again; empty when it failed, was withheld or cancelled."""
    if record.state not in {MailState.FAILED, MailState.WITHHELD, MailState.CANCELLED}:
        return f"The message is {record.state.value}."
    return "Its words are gone: they are kept for 90 days." if record.body_text is None else ""


def suppressor(hashes: AddressHashes) -> Any:
    """Return the action that stops writing to the receiver of a message."""

    def stop_writing(session: Session, record: MailMessage, person: Person, answers: Mapping[str, Any]) -> str:
        """Write a refusal in the person's name."""
        return stop(session, hashes, record.to_email, person, answers)

    return stop_writing


def stop(session: Session, hashes: AddressHashes, email: str, person: Person, answers: Mapping[str, Any]) -> str:
    """Write that an address gets no more of this, or raise ActionRefused when that is so already."""
    wanted = Suppressing(
        address_hash=hashes.of_address(email)[0],
        email=email,
        scope=SuppressionScope(answers["scope"]),
        reason=SuppressionReason.MANUAL,
        source="person",
        note=answers["why"],
        created_by_id=person.id,
    )
    if not suppress(session, wanted):
        raise ActionRefused("This address is not written to already.", "The list of suppressions shows since when.")
    return (
        "This address gets no more advertising."
        if answers["scope"] == "marketing"
        else "This address gets no more mail."
    )


def lift_suppression(record: Suppression, person: Person, answers: Mapping[str, Any], now: datetime) -> str:
    """End a refusal."""
    lift(record, by=person.id, now=now, why=answers["why"])
    return "Lifted: the address may be written to again, as far as nothing else speaks against it."


def not_in_force(record: Suppression) -> str:
    """Return why a refusal cannot be lifted; empty when it can."""
    if record.reason is SuppressionReason.ERASED:
        return "The person's data was erased. Only a new account of theirs, under a new consent, ends this."
    return "It was lifted already." if record.lifted_at is not None else ""


def core_actions(hashes: AddressHashes) -> tuple[Action, ...]:
    """Return the actions on messages and refusals."""
    return (
        Action(
            slug="cancel-mail",
            label="Cancel message",
            model="mail_messages",
            permission="core:mail:cancel",
            run=cancel,
            refuses=not_waiting,
            explain="The message waits to be sent. It will not be.",
            icon="ban",
        ),
        Action(
            slug="send-mail-again",
            label="Send again",
            model="mail_messages",
            permission="core:mail:send",
            run=send_again,
            refuses=not_unsent,
            explain="The same words go to the same address. Refusals and consent are asked about anew.",
            icon="send",
        ),
        Action(
            slug="stop-writing",
            label="Stop writing to this address",
            model="mail_messages",
            permission="core:suppressions:add",
            run=suppressor(hashes),
            questions=(SCOPE, WHY),
            explain="The refusal is remembered by a keyed hash, even when the person's data is erased.",
            icon="mail-off",
            order=200,
        ),
        Action(
            slug="lift-suppression",
            label="Lift suppression",
            model="suppressions",
            permission="core:suppressions:lift",
            run=lift_suppression,
            refuses=not_in_force,
            questions=(WHY,),
            explain="The address may be written to again. Do this only when the person asked for it.",
            icon="mail",
            dangerous=True,
        ),
    )

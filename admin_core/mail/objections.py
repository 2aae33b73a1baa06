"""What plugins say against a message that is about to leave: the hook ``may_contact``, and who could not be asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from admin_core.contributions import Contact
from admin_core.plugin_manager import Plugins

HOOK = "may_contact"
NOT_ASKED = "could-not-be-asked"
LONGEST_REASON = 80


@dataclass(frozen=True)
class Objection:
    """What speaks against a message, as a short word; empty: nothing does."""

    why: str = ""
    unheard: tuple[str, ...] = ()
    """Plugins that could not be asked, when that is why."""


def objection_of_plugins(session: Session, plugins: Plugins, contact: Contact) -> Objection:
    """Return what a plugin says against the message; one that could not answer counts as a no for now.

    Advertising waits for everybody who may have a say, and for somebody who has: silence is no consent.
    """
    session.flush()
    asking = session.begin_nested()
    answers = plugins.collect(HOOK, session=session, contact=contact)
    asking.rollback()  # they were only asked: what one wrote, or broke, is undone
    for answer in answers:
        if answer.items:
            return Objection(str(answer.items[0])[:LONGEST_REASON])
    unheard = [answer.plugin for answer in answers if answer.error]
    advertises = contact.mail_class == "marketing"
    if advertises:
        unheard += plugins.unasked(HOOK, answers)
    return Objection(NOT_ASKED, tuple(unheard)) if unheard or (advertises and not answers) else Objection()


def could_not_ask(unheard: Sequence[str]) -> str:
    """Return the sentence that says why nobody knows whether a message may be sent."""
    if not unheard:
        return "No plugin says whether this message may be sent. It waits until one does."
    return f"{', '.join(unheard)} could not be asked whether this message may be sent. It waits, and is asked again."

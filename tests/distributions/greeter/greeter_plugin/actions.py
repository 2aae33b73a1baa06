"""What the plugin changes."""

from sqlalchemy.orm import Session

from greeter_plugin.models import Greeting
from schema.support import Ticket


def greet(session: Session, record: Ticket) -> str:
    """Note that the ticket was greeted."""
    session.add(Greeting(word="Sawubona", ticket_id=record.id))
    return "Greeted."

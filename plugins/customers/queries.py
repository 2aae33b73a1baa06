"""Questions about customers."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_core.contributions import Contact
from schema.customers import Customer, CustomerStatus

NOT_ADVERTISED_TO = frozenset({CustomerStatus.SUSPENDED, CustomerStatus.CLOSED})


def reasons_against(session: Session, contact: Contact) -> list[str]:
    """Return why a customer gets no advertising: who was suspended or has left is left alone."""
    if contact.mail_class != "marketing" or contact.customer_id is None:
        return []
    status = session.scalar(select(Customer.status).where(Customer.id == contact.customer_id))
    return [f"customer-{status.value}"] if status in NOT_ADVERTISED_TO and status is not None else []

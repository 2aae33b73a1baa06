"""Which rows of customers nobody may meet: those of their own account; and what is told of sign-ins."""

from admin_core.contributions import Belonging

OWN = "customers:accounts:own"
TAKEN = "Another record had the same key of the customer app's sign-in first: it is theirs, so use that record."
WHY = "Nobody sees or changes their own customer account, nor what belongs to it. Ask a colleague to look after it."
SIGN_INS = Belonging(
    rows="sign_ins",
    columns=("occurred_at", "succeeded", "method", "ip", "country", "device", "person_id"),
    newest="occurred_at",
)

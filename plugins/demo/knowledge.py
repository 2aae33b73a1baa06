"""What the team knows: questions it asks itself, known issues, and answers that are ready."""

from psycopg.types.json import Jsonb

from plugins.demo.copying import Pen
from plugins.demo.who import World

ISSUES = (
    ("CVs from Gmail mailboxes stop after a password change", "Nothing arrives since the password changed.",
     "Ask for a new app password and save it under Mailboxes.", "workaround", "mailbox"),
    ("Scanned CVs have no text", "The CV is empty, or the score is missing.",
     "Ask for a PDF with text, or wait for OCR.", "open", "upload"),
    ("Excel shows one column", "The export opens in a single column.",
     "Import it with the comma as separator.", "by_design", "export"),
    ("Wrong VAT number on invoices", "Our VAT number is missing.",
     "Correct the billing details, credit and issue again.", "open", "billing"),
    ("Upload stops at 80 %", "Large files never finish.", "Fixed in 2.9: ask to reload the page.", "fixed", "upload"),
)  # fmt: skip
FAQS = (
    ("When may I give credits?", "Up to ten without asking; more with the owner.", "billing"),
    (
        "How do I move a customer to annual billing?",
        "Change the plan at period end; the proration is shown first.",
        "billing",
    ),
    ("Who may see a CV?", "Support, with a reason. Every look is recorded.", "privacy"),
    ("What do we say about AI decisions?", "That a person can look again, and that we explain the logic.", "privacy"),
    ("What happens at the end of a trial?", "Nothing is charged. The account becomes read-only.", "product"),
)
ANSWERS = (
    ("greeting", "Thank you for writing", "Dear {{ name }}\n\nThank you for your message."),
    ("card", "Payment failed", "Dear {{ name }}\n\nYour bank declined the payment. Here is a new link: {{ link }}"),
    ("mailbox", "Mailbox password", "Dear {{ name }}\n\nPlease make an app password and save it under Mailboxes."),
    ("privacy", "Privacy request received", "Dear {{ name }}\n\nWe have your request and answer within thirty days."),
)


def write_knowledge(pen: Pen, world: World) -> list[str]:
    """Write what the team knows and return the keys of the known issues."""
    span, team = world.span, world.team
    for n, (question, answer, category) in enumerate(FAQS):
        pen.add("internal_faqs", span.ago(300 - n), question=question, answer=answer, category=category, position=n,
                used_count=40 - 6 * n, owner_id=team.owner, reviewed_at=span.ago(30 + n))  # fmt: skip
    for n, (name_key, name, body) in enumerate(ANSWERS):
        pen.add(
            "ready_answers",
            span.ago(280),
            key=name_key,
            name=name,
            body=body,
            category="general",
            used_count=90 - 9 * n,
        )
    return [
        pen.add("known_issues", span.ago(200 - n), title=title, symptoms=symptoms, solution=solution, state=state,
                category=category, keywords=Jsonb([category]), owner_id=team.owner,
                fixed_at=span.ago(40) if state == "fixed" else None)
        for n, (title, symptoms, solution, state, category) in enumerate(ISSUES)
    ]  # fmt: skip

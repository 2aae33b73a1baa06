"""What customers read: FAQ, help articles, e-mail templates, announcements, maintenance."""

from datetime import timedelta

from plugins.demo.copying import Book, Pen
from plugins.demo.who import World

FAQ = (
    (
        "How does the screening work?",
        "The CV is compared with your requirements. Every point is backed by a quote.",
        "Screening",
        None,
    ),
    ("Can I change a decision?", "Yes. Your own decision always counts.", "Screening", "b2b"),
    ("Where is my data kept?", "In the European Union, under a written agreement.", "Privacy", None),
    ("How do I cancel?", "Under Billing, at any time, to the end of the period.", "Billing", "b2b"),
    ("What is in a career pack?", "Ten assessments, valid for a year.", "Job seekers", "b2c"),
    ("Do you share CVs between agencies?", "Never.", "Privacy", "recruiter"),
    ("Which cards do you take?", "All cards of South African banks.", "Billing", None),
)
ARTICLES = (
    ("getting-started", "Getting started", "Basics", "Create a role, upload CVs, read the shortlist."),
    ("connect-mailbox", "Connect a mailbox", "Basics", "Make an app password and enter the address."),
    ("read-shortlist", "How to read a shortlist", "Screening", "Score, recommendation, evidence and what is missing."),
    ("ask-for-review", "Ask for a human review", "Screening", "Press *Review* on a candidate."),
    ("invoices", "Invoices and VAT", "Billing", "All invoices are under Billing, as PDF."),
    ("popia", "POPIA and candidates", "Privacy", "What you must tell candidates, and what we do."),
    ("api-keys", "API keys", "Developers", "Make a key under Settings and keep it secret."),
)
TEMPLATES = (
    ("welcome", "Welcome", "transactional", "Welcome to HireInbox, {{ name }}"),
    ("password-reset", "Password reset", "transactional", "Choose a new password"),
    ("invoice", "Invoice", "transactional", "Your invoice {{ number }}"),
    ("dunning-1", "Reminder", "service", "Your payment did not go through"),
    ("dunning-2", "New payment link", "service", "A new link for your payment"),
    ("trial-ends", "Trial ends soon", "service", "Three days left of your trial"),
    ("newsletter", "Newsletter", "marketing", "Hiring news of the month"),
    ("survey", "Survey after a ticket", "service", "How did we do?"),
)


def write(book: Book, world: World) -> list[str]:
    """Write what customers read; return the keys of the live e-mail texts."""
    pen, span, team = book.pen("content"), world.span, world.team
    for n, (question, answer, category, line) in enumerate(FAQ):
        pen.add(
            "faq_entries", span.ago(400 - n), question=question, answer=answer, category=category, product_line=line,
            position=n, state="published", published_at=span.ago(390 - n),
        )  # fmt: skip
    pen.add(
        "faq_entries", span.ago(3), question="Can I screen video interviews?", answer="Soon.", category="Screening",
        position=9, state="draft", published_at=None, product_line=None,
    )  # fmt: skip
    for n, (slug, title, category, body) in enumerate(ARTICLES):
        _article(pen, world, n, (slug, title, category, body))
    versions = []
    for n, (name_key, name, mail_class, subject) in enumerate(TEMPLATES):
        versions.append(_template(pen, world, n, (name_key, name, mail_class, subject)))
    for ago, title, body, severity, ends in (
        (150, "New: talent pool", "Search all your earlier candidates.", "info", 120),
        (114, "Screening quality", "Between two dates some quotes were not verbatim. It is repaired.", "warning", 100),
        (2, "December hours", "Support is closed from 24 December to 2 January.", "info", -40),
    ):
        pen.add("announcements", span.ago(ago), title=title, body=body, severity=severity, starts_at=span.ago(ago),
                ends_at=span.now - timedelta(days=ends), is_published=True, created_by_id=team.owner)  # fmt: skip
    pen.add("maintenance_windows", span.ago(22), title="Move of the database", message="Back at 02:00.", mode="closed",
            starts_at=span.ago(21, 22), ends_at=span.ago(20, 2), ended_at=span.ago(20, 1), reason="Larger machine",
            started_by_id=team.owner, ended_by_id=team.owner)  # fmt: skip
    pen.add(
        "maintenance_windows", span.ago(1), title="Index maintenance", message="The app is read-only for an hour.",
        mode="read_only", starts_at=span.now + timedelta(days=5), ends_at=span.now + timedelta(days=5, hours=1),
        ended_at=None, reason="Planned", started_by_id=None, ended_by_id=None,
    )  # fmt: skip
    return versions


def _article(pen: Pen, world: World, n: int, words: tuple[str, str, str, str]) -> None:
    slug, title, category, body = words
    at, team = world.span.ago(500 - 20 * n), world.team
    article = pen.add(
        "help_articles", at, slug=slug, title=title, category=category, position=n, state="published",
        published_version=2, published_at=at + timedelta(days=3), helpful_count=pen.between(20, 140),
        unhelpful_count=pen.between(1, 15),
    )  # fmt: skip
    for number, text in (
        (1, f"# {title}\n\n{body}"),
        (2, f"# {title}\n\n{body}\n\nWrite to us when something is unclear."),
    ):
        pen.add(
            "help_article_versions", at + timedelta(days=number), article_id=article, number=number, title=title,
            body=text, change_note="First text" if number == 1 else "Added where to ask", author_id=team.owner,
        )  # fmt: skip


def _template(pen: Pen, world: World, n: int, words: tuple[str, str, str, str]) -> str:
    name_key, name, mail_class, subject = words
    at = world.span.ago(600 - n)
    template = pen.add(
        "email_templates", at, key=name_key, name=name, description=f"Sent as: {name.lower()}.",
        mail_class=mail_class, live_version=1, is_active=True,
    )  # fmt: skip
    return pen.add(
        "email_template_versions", at, template_id=template, number=1, subject=subject, author_id=world.team.owner,
        body=f"Dear {{{{ name }}}}\n\n{subject}.\n\nYour HireInbox team", variables={"name": "Who it is for"},
        change_note="First text",
    )  # fmt: skip

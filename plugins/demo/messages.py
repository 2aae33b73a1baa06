"""What was sent: mail with what became of it, a newsletter, notices in the app, and who does not want any."""

from datetime import timedelta
from hashlib import sha256

from plugins.demo.copying import Book, Pen
from plugins.demo.who import Sample, World

FROM = "hello@hireinbox.example"
KINDS = (
    ("welcome", "transactional", "Welcome to HireInbox"), ("invoice", "transactional", "Your invoice"),
    ("dunning-1", "service", "Your payment did not go through"),
    ("trial-ends", "service", "Three days left of your trial"),
)  # fmt: skip


def write(book: Book, world: World, texts: list[str]) -> None:
    """Write messages of the last ninety days; ``texts`` are the live e-mail texts."""
    pen = book.pen("messages")
    for n, sample in enumerate(world.samples):
        template, mail_class, subject = KINDS[n % len(KINDS)]
        _mail(pen, world, sample, (template, mail_class, subject), pen.between(0, 90))
        if n % 5 == 0:
            _notice(pen, world, sample)
    _campaign(pen, world, texts[6])


def _mail(pen: Pen, world: World, to: Sample, kind: tuple[str, str, str], ago: int) -> str:
    template, mail_class, subject = kind
    at = world.span.ago(ago, pen.between(6, 18), pen.between(0, 59))
    failed = pen.chance(0.02)
    message = pen.add(
        "mail_messages", at, mail_class=mail_class, state="failed" if failed else "sent", template_key=template,
        template_version=1, customer_id=to.id, to_email=to.email, to_name=to.person[1], from_email=FROM,
        subject=subject, body_text=f"Dear {to.person[1]}\n\n{subject}.",
        message_id=f"<{pen.key(at)[-20:]}@hireinbox.example>", attempts=3 if failed else 1,
        error="The server does not know the address." if failed else None, send_at=at, sent_at=None if failed else at,
    )  # fmt: skip
    if not failed:
        pen.add("mail_events", at, message_id=message, kind="delivered", permanent=False, detail=None, occurred_at=at)
    return message


def _notice(pen: Pen, world: World, to: Sample) -> None:
    at = world.span.ago(pen.between(0, 60), 9)
    pen.add(
        "in_app_notifications", at, customer_id=to.id, person_id=to.person[0], kind="billing",
        title="Your invoice is ready", body="You find it under Billing.",
        seen_at=min(at + timedelta(hours=3), world.span.now) if pen.chance(0.7) else None,
    )  # fmt: skip


def _campaign(pen: Pen, world: World, text: str) -> None:
    span, team = world.span, world.team
    sent = pen.add(
        "email_campaigns", span.ago(26), name="News of the month", template_version_id=text, mail_class="marketing",
        audience={"product_line": ["b2b", "recruiter"]}, state="sent", scheduled_at=span.ago(25, 10),
        started_at=span.ago(25, 10), finished_at=span.ago(25, 11), recipients_count=40, created_by_id=team.owner,
    )  # fmt: skip
    pen.add(
        "email_campaigns", span.ago(2), name="December hours", template_version_id=None, mail_class="service",
        audience={}, state="draft", scheduled_at=None, started_at=None, finished_at=None, recipients_count=0,
        created_by_id=team.owner,
    )  # fmt: skip
    at = span.ago(25, 10)
    for n, sample in enumerate(world.samples[:40]):
        withheld = n % 9 == 4
        message = (
            None if withheld else _mail(pen, world, sample, ("newsletter", "marketing", "Hiring news of the month"), 25)
        )
        pen.add(
            "campaign_deliveries", at, campaign_id=sent, customer_id=sample.id, person_id=sample.person[0],
            mail_message_id=message, state="withheld" if withheld else "queued",
            withheld_reason="no consent" if withheld else None, processed_at=at,
        )  # fmt: skip
        if n % 10 == 3 and message:
            _leave(pen, world, sample, sent, message)


def _leave(pen: Pen, world: World, sample: Sample, campaign: str, message: str) -> None:
    at = world.span.ago(24, 9)
    suppression = pen.add(
        "suppressions", at, address_hash=sha256(f"demo {sample.email}".encode()).hexdigest(), email=sample.email,
        reason="unsubscribed", scope="marketing", source="newsletter", message_id=message,
    )  # fmt: skip
    pen.add(
        "unsubscribes", at, email=sample.email, customer_id=sample.id, person_id=sample.person[0],
        campaign_id=campaign, mail_message_id=message, suppression_id=suppression, way="one_click",
    )  # fmt: skip
    pen.add("mail_events", at, message_id=message, kind="unsubscribed", permanent=False, detail=None, occurred_at=at)

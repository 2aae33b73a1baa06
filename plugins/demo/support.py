"""Support: hours and targets, and tickets with their messages, one of them close to its target."""

from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from psycopg.types.json import Jsonb

from plugins.demo.clock import at as time_of
from plugins.demo.clock import local_day
from plugins.demo.copying import Book, Pen
from plugins.demo.knowledge import write_knowledge
from plugins.demo.who import Sample, World

PRIORITIES = (("urgent", 60, 480), ("high", 120, 960), ("normal", 240, 1920), ("low", 480, 3840))
HOLIDAYS = ((3, 21, "Human Rights Day"), (4, 27, "Freedom Day"), (5, 1, "Workers' Day"), (6, 16, "Youth Day"),
            (8, 9, "National Women's Day"), (9, 24, "Heritage Day"), (12, 16, "Day of Reconciliation"),
            (12, 25, "Christmas Day"), (12, 26, "Day of Goodwill"), (1, 1, "New Year's Day"))  # fmt: skip
SUBJECTS = (
    ("CVs from our mailbox do not arrive", "technical", "Since this morning no CV has come in from our jobs mailbox."),
    (
        "Invoice shows the wrong company name",
        "billing",
        "Please correct the name on our last invoice, we need it for VAT.",
    ),
    ("How do I invite a colleague?", "question", "I want to give our branch manager access. Where do I do that?"),
    ("Candidate scored too low", "quality", "A very good candidate was rejected. Can a person look at it?"),
    ("Payment failed although the card is fine", "billing", "The bank says nothing is wrong with the card."),
    ("Please cancel at the end of the month", "billing", "We have filled all positions. Thank you for everything."),
    ("Export to Excel is empty", "technical", "The file has a heading but no rows."),
    ("Do you keep CVs outside South Africa?", "privacy", "Our compliance officer asks where the data is kept."),
    ("Upgrade from Starter to Growth", "sales", "Can we upgrade now and pay the difference?"),
    ("Upload stops at 80 %", "technical", "Large PDF files never finish uploading."),
)
COMMENTS = ("Took too long.", "Quick and friendly.")
DAYS_BACK = 365


class Desk:
    """Writes tickets."""

    def __init__(self, pen: Pen, world: World) -> None:
        self.pen, self.world = pen, world
        self.targets: dict[str, str] = {}
        self.issues: list[str] = []
        self.calendar = self.mailbox = self.step = ""

    def open_office(self) -> None:
        """Write business hours, targets, escalation, rota and mailbox."""
        pen, at, team = self.pen, self.world.span.ago(700), self.world.team
        calendar = pen.add(
            "business_calendars", at, name="South Africa", timezone="Africa/Johannesburg", is_default=True
        )
        hours = {str(day): [["08:00", "17:00"]] for day in range(1, 6)}
        self.calendar = pen.add("calendar_versions", at, calendar_id=calendar, number=1, hours=hours,
                                created_by_id=team.owner)  # fmt: skip
        for year in range(self.world.span.today.year - 2, self.world.span.today.year + 2):
            for month, day, name in HOLIDAYS:
                pen.add(
                    "holidays", at, calendar_id=calendar, day=date(year, month, day), name=name, is_from_library=True
                )
        procedure = pen.add("escalation_procedures", at, name="Standard escalation", is_active=True,
                            description="Warn the assignee, then the owner.")  # fmt: skip
        self.step = pen.add(
            "escalation_steps", at, procedure_id=procedure, position=1, clock="first_response", at_percent=80,
            act="notify", instructions="Answer, or hand over.",
        )  # fmt: skip
        pen.add(
            "escalation_steps", at, procedure_id=procedure, position=2, clock="resolution", at_percent=90,
            act="reassign", staff_id=team.owner, instructions="Phone the customer.",
        )  # fmt: skip
        for priority, first, whole in PRIORITIES:
            self.targets[priority] = pen.add(
                "sla_targets", at, priority=priority, calendar_id=calendar, first_response_minutes=first,
                next_response_minutes=first * 2, resolution_minutes=whole, warn_at_percent=80, procedure_id=procedure,
            )  # fmt: skip
        for agent in team.agents:
            pen.add(
                "rota_members",
                at,
                staff_id=agent,
                is_present=True,
                max_open=20,
                last_assigned_at=self.world.span.ago(1),
            )
        self.mailbox = pen.add(
            "support_mailboxes", at, name="Support", address="support@hireinbox.example",
            imap_host="imap.hireinbox.example", imap_user="support@hireinbox.example", imap_port=993, is_active=False,
            signature="The HireInbox team",
        )  # fmt: skip
        self.issues = write_knowledge(pen, self.world)

    def ticket(self, opened: datetime, who: Sample, *, status: str, priority: str, due: datetime | None = None) -> str:
        """Write one ticket with its conversation and events; return its key."""
        pen, now = self.pen, self.world.span.now
        subject, category, text = pen.pick(SUBJECTS)
        first = opened + timedelta(minutes=pen.between(10, 230))
        answered = status != "new" and first <= now
        solved = min(opened + timedelta(hours=pen.between(3, 90)), now) if status in {"solved", "closed"} else None
        agent = pen.pick(self.world.team.agents) if answered or pen.chance(0.4) else None
        first = max(min(first, solved), opened) if solved else first
        ticket = pen.add(
            "tickets", opened, subject=subject, customer_id=who.id, person_id=who.person[0],
            requester_email=who.person[2], requester_name=who.person[1],
            channel=pen.weighted({"email": 70, "in_app": 20, "phone": 6, "whatsapp": 4}), status=status,
            priority=priority, category=category, tags=Jsonb([category]), assignee_id=agent, mailbox_id=self.mailbox,
            opened_at=opened, first_response_at=first if answered else None, solved_at=solved,
            closed_at=solved if status == "closed" else None,
            last_message_at=solved or (first if answered else opened), last_customer_message_at=opened,
            sla_target_id=self.targets[priority], calendar_version_id=self.calendar,
            first_response_due_at=due or office_time(opened, timedelta(hours=4)),
            resolution_due_at=office_time(opened, timedelta(hours=30)), updated_at=solved or opened,
        )  # fmt: skip
        self._events(ticket, opened, first if answered else None, solved, agent, status=status)
        self._talk(ticket, who, (subject, text), opened, first if answered else None, agent=agent)
        if solved:
            self._survey(ticket, who, agent, solved)
        if category == "technical" and pen.chance(0.4):
            pen.add("ticket_issues", opened, ticket_id=ticket, issue_id=pen.pick(self.issues), linked_by_id=agent)
        return ticket

    def _events(self, ticket: str, opened: datetime, first: datetime | None, solved: datetime | None,
                agent: str | None, *, status: str) -> None:  # fmt: skip
        def event(kind: str, at: datetime, actor: str, **words: Any) -> None:
            given = {"from_value": None, "to_value": None, "staff_id": agent if actor == "staff" else None, **words}
            self.pen.add("ticket_events", at, ticket_id=ticket, kind=kind, actor=actor, occurred_at=at, **given)

        event("opened", opened, "customer", to_value="new")
        if agent:
            event("assigned", opened + timedelta(minutes=1), "system", to_value=agent)
        if first:
            event("replied", first, "staff")
            event(
                "status", first, "staff", from_value="new", to_value="pending_customer" if status != "open" else "open"
            )
        if solved:
            event("status", solved, "staff", from_value="pending_customer", to_value=status)

    def _talk(self, ticket: str, who: Sample, words: tuple[str, str], opened: datetime, first: datetime | None, *,
              agent: str | None) -> None:  # fmt: skip
        subject, text = words
        asked = f"<{ticket[-16:]}.1@{who.email.split('@')[1]}>"
        message = self.pen.add(
            "ticket_messages", opened, ticket_id=ticket, direction="inbound", sender=who.person[2],
            recipients=Jsonb(["support@hireinbox.example"]), subject=subject,
            body=f"Good day\n\n{text}\n\nRegards\n{who.person[1]}", message_id=asked, delivery="received",
            occurred_at=opened,
        )  # fmt: skip
        if self.pen.chance(0.1):
            self.pen.add(
                "ticket_attachments", opened, message_id=message, filename="screenshot.png", content_type="image/png",
                size_bytes=184_220, storage_path=f"tickets/{ticket}.png", sha256=sha256(ticket.encode()).hexdigest(),
            )  # fmt: skip
        if first:
            self.pen.add(
                "ticket_messages", first, ticket_id=ticket, direction="outbound", sender="support@hireinbox.example",
                recipients=Jsonb([who.person[2]]), subject=f"Re: {subject}",
                message_id=f"<{ticket[-16:]}.2@hireinbox.example>",
                body=f"Dear {who.person[1]}\n\nThank you. We are looking into it and come back to you today.",
                in_reply_to=asked, author_id=agent, delivery="sent", occurred_at=first, sent_at=first,
            )  # fmt: skip
        if self.pen.chance(0.3) and agent:
            self.pen.add(
                "ticket_notes",
                first or opened,
                ticket_id=ticket,
                author_id=agent,
                body="Seen before, see known issues.",
            )

    def _survey(self, ticket: str, who: Sample, agent: str | None, solved: datetime) -> None:
        answered = solved + timedelta(hours=self.pen.between(1, 40))
        score = self.pen.draw.choices((5, 4, 3, 2, 1), (46, 28, 12, 8, 6))[0]
        given = self.pen.chance(0.4) and answered <= self.world.span.now
        self.pen.add(
            "satisfaction_surveys", solved, ticket_id=ticket, customer_id=who.id, answered_for_id=agent,
            token_hash=sha256(f"survey {ticket}".encode()).hexdigest(), sent_at=solved,
            expires_at=solved + timedelta(days=14),
            answered_at=answered if given else None, score=score if given else None,
            comment=COMMENTS[score > 3] if given and self.pen.chance(0.4) else None,
        )  # fmt: skip


def write(book: Book, world: World) -> None:
    """Write a year of tickets, most of them solved, and the open ones of today."""
    desk = Desk(book.pen("support"), world)
    desk.open_office()
    pen, span = desk.pen, world.span
    asking = [sample for sample in world.samples if sample.status != "closed"]
    for n in range(min(len(world.samples), DAYS_BACK)):
        opened = time_of(span.day(pen.between(6, DAYS_BACK)), pen.between(8, 16), pen.between(0, 59))
        desk.ticket(opened, pen.pick(asking), status=pen.pick(("closed", "solved")), priority=_priority(pen, n))
    for n, status in enumerate(
        ("new", "open", "open", "pending_customer", "on_hold", "new", "open", "pending_customer")
    ):
        desk.ticket(
            span.ago(1 + n // 3, 9 + n % 6, 12 * n % 60), pen.pick(asking), status=status, priority=_priority(pen, n)
        )
    close = time_of(span.today, 16, 30)
    ticket = desk.ticket(span.now - timedelta(hours=2), pen.pick(asking), status="new", priority="high", due=close)
    late = desk.ticket(span.ago(2, 9), pen.pick(asking), status="new", priority="urgent", due=span.ago(2, 10))
    pen.add(
        "escalations", span.ago(2, 10), ticket_id=late, step_id=desk.step, due_at=span.ago(2, 10),
        taken_at=span.ago(2, 10), outcome="Told the assignee.",
    )  # fmt: skip
    pen.add("ticket_events", span.now, ticket_id=ticket, kind="target_warned", actor="system", occurred_at=span.now)


def _priority(pen: Pen, n: int) -> str:
    return "urgent" if n % 23 == 7 else pen.weighted({"high": 2, "normal": 7, "low": 2})


def office_time(start: datetime, work: timedelta) -> datetime:
    """Return when so much time of weekdays from 08:00 to 17:00 has passed."""
    at, left = start, work
    while True:
        day = local_day(at)
        opens, closes = time_of(day, 8), time_of(day, 17)
        if day.weekday() < 5 and at < closes:
            at = max(at, opens)
            if at + left <= closes:
                return at + left
            left -= closes - at
        at = time_of(day + timedelta(days=1), 8)

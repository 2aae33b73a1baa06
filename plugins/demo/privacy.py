"""Privacy: requests at every stage, one due in two days and one overdue; registers, holds, a breach, retention."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from plugins.demo.copying import Book, Pen
from plugins.demo.support import HOLIDAYS
from plugins.demo.who import Sample, World

CHANNELS = ("form", "email", "whatsapp", "phone")
LIMIT = timedelta(days=30)


@dataclass(frozen=True)
class Case:
    """A request as it should stand today."""

    kind: str
    state: str
    ago: int
    """Days since it came in."""
    words: str


CASES = (
    Case("access", "received", 1, "Please send me everything you hold about me."),
    Case("deletion", "identity_asked", 4, "Delete my account and my CV."),
    Case("access", "verified", 12, "I would like a copy of my data and who has seen it."),
    Case("deletion", "awaiting_approval", 28, "I no longer look for work. Remove all my data."),
    Case("deletion", "verified", 34, "Second request: remove our account with all candidates."),
    Case("correction", "received", 3, "My surname is spelt wrongly in your records."),
    Case("deletion", "running", 9, "Please erase everything."),
    Case("access", "needs_attention", 17, "What did your machine decide about me, and why?"),
    Case("objection", "completed", 50, "Stop sending me offers."),
    Case("access", "completed", 75, "A copy of my data, please."),
    Case("deletion", "completed", 96, "Delete my profile."),
    Case("deletion", "partly_refused", 130, "Delete everything, invoices too."),
    Case("access", "refused", 160, "Send me the data of my former colleague."),
    Case("access", "referred", 70, "An agency uploaded my CV. I want to see it."),
    Case("correction", "withdrawn", 110, "My phone number is old. No longer needed."),
    Case("restriction", "completed", 200, "Do not use my CV while I contest the score."),
)
GROUNDS = {"partly_refused": "Tax law: invoices are kept", "refused": "Not about the requester"}
OVER = {"completed", "partly_refused", "refused", "referred", "withdrawn"}
PATH = {
    "received": (), "identity_asked": ("identity_asked",), "verified": ("identity_asked", "verified"),
    "awaiting_approval": ("identity_asked", "verified", "awaiting_approval"),
    "running": ("identity_asked", "verified", "awaiting_approval", "running"),
    "needs_attention": ("identity_asked", "verified", "running", "needs_attention"),
    "completed": ("identity_asked", "verified", "running", "completed"), "referred": ("referred",),
    "partly_refused": ("identity_asked", "verified", "running", "partly_refused"),
    "refused": ("identity_asked", "refused"), "withdrawn": ("identity_asked", "withdrawn"),
}  # fmt: skip
PROCESSORS = (
    ("OpenAI", "Screening of CVs", "United States", ["CV text"], "Binding agreement (s72(1)(a))", "30 days"),
    ("Anthropic", "Talent matching", "United States", ["CV text"], "Binding agreement (s72(1)(a))", "30 days"),
    ("Supabase", "Database and files", "European Union", ["accounts", "CVs"], "Agreement (s72(1)(a))", "as told"),
    ("Vercel", "Hosting", "European Union", ["addresses", "logs"], "Binding agreement (s72(1)(a))", "30 days"),
    ("Yoco", "Payments", "South Africa", ["payers", "cards"], None, "five years"),
)  # fmt: skip
RETENTION = (
    ("candidates", "last_screened_at", 365, "anonymise", "Disputes about appointments, and the customer's instruction"),
    ("cv_documents", "received_at", 365, "delete", "No longer needed once the vacancy is filled"),
    ("sign_ins", "occurred_at", 365, "delete", "Security"),
    ("tickets", "closed_at", 1095, "anonymise", "Claims prescribe after three years"),
    ("invoices", "issued_at", 1825, "restrict", "Tax records are kept for five years"),
    ("error_events", "occurred_at", 90, "delete", "Finding the cause"),
)


def write(book: Book, world: World) -> None:
    """Write requests and registers."""
    pen = book.pen("privacy")
    people = [s for s in world.samples if s.line == "b2c"] or world.samples
    for n, case in enumerate(CASES):
        _request(pen, world, case, people[n % len(people)], n + 1)
    _registers(pen, world)
    _breaches(pen, world)
    _decisions(pen, world)


def due(received: date) -> date:
    """Return the last day to answer: thirty calendar days, moved on from Sundays and public holidays."""
    day = received + LIMIT
    off = {(month, number) for month, number, _ in HOLIDAYS}
    while day.weekday() == 6 or (day.month, day.day) in off or _is_observed(day, off):
        day += timedelta(days=1)
    return day


def _is_observed(day: date, off: set[tuple[int, int]]) -> bool:
    before = day - timedelta(days=1)
    return before.weekday() == 6 and (before.month, before.day) in off


def _request(pen: Pen, world: World, case: Case, who: Sample, number: int) -> None:
    span, team = world.span, world.team
    at = span.ago(case.ago, 9, 20)
    over = case.state in OVER
    moments = [min(at + timedelta(days=2 * (i + 1), hours=1), span.now) for i in range(len(PATH[case.state]))]
    closed = moments[-1] if over else None
    verified = "verified" in PATH[case.state]
    request = pen.add(
        "subject_requests", at, number=f"PR-{number:04d}", kind=case.kind, channel=pen.pick(CHANNELS),
        state=case.state, data_role="operator" if case.state == "referred" else "responsible_party",
        requester_name=who.person[1], requester_email=who.person[2], requester_is_subject=True, verbatim=case.words,
        customer_id=who.id, person_id=who.person[0], received_at=at, received_on=span.day(case.ago),
        due_on=due(span.day(case.ago)),
        identity_method="email_link" if verified else None, identity_verified_at=moments[1] if verified else None,
        identity_verified_by_id=team.agents[0] if verified else None, assigned_to_id=team.agents[number % 3],
        refusal_ground=GROUNDS.get(case.state),
        outcome="Answered in writing." if over else None, answered_at=closed, closed_at=closed,
        updated_at=moments[-1] if moments else at,
    )  # fmt: skip
    before = "received"
    pen.add(
        "subject_request_events", at, request_id=request, kind="received", from_state=None, to_state="received",
        note=None, member_id=None, occurred_at=at,
    )  # fmt: skip
    for moment, state in zip(moments, PATH[case.state], strict=True):
        pen.add(
            "subject_request_events", moment, request_id=request, kind="state", from_state=before, to_state=state,
            note=None, member_id=team.agents[number % 3], occurred_at=moment,
        )  # fmt: skip
        before = state
    _carry_out(pen, case, request, who, moments=moments)


def _carry_out(pen: Pen, case: Case, request: str, who: Sample, *, moments: list[datetime]) -> None:
    if case.kind == "access" and case.state == "completed":
        at = moments[-1]
        pen.add(
            "access_packs", at, request_id=request, token_hash=sha256(request.encode()).hexdigest(),
            counts={"customers": 1, "people": 1, "payments": 2, "sign_ins": 9}, ready_at=at,
            expires_at=at + timedelta(days=7), downloads=1, downloaded_at=at + timedelta(hours=5),
        )  # fmt: skip
    if case.kind == "objection":
        pen.add(
            "objections", moments[-1], request_id=request, purpose="marketing", customer_id=who.id,
            person_id=who.person[0], grounds="Does not want offers.", in_force_from=moments[-1],
        )  # fmt: skip
    if case.kind == "deletion" and case.state in {"awaiting_approval", "running", "partly_refused"}:
        _plan(pen, request, moments, case.state)


def _plan(pen: Pen, request: str, moments: list[datetime], state: str) -> None:
    at = moments[2]
    begun = None if state == "awaiting_approval" else at
    done = moments[-1] if state == "partly_refused" else None
    plan = pen.add(
        "erasure_plans", at, request_id=request, plan_hash=sha256(request.encode()).hexdigest(), schema_hash="0" * 64,
        decisions={"customers": "anonymise", "people": "anonymise", "sign_ins": "delete", "invoices": "keep"},
        rows_expected=31, started_at=begun, finished_at=done,
    )  # fmt: skip
    for position, (kind, target, rows) in enumerate(
        (("freeze", "customers", 1), ("database", "people", 1), ("database", "sign_ins", 24), ("files", "cvs", 2),
         ("processor", "OpenAI", 3), ("verify", "all tables", 0)), 1
    ):  # fmt: skip
        finished = done or (begun if begun and position <= 3 else None)
        pen.add("erasure_steps", at, plan_id=plan, position=position, kind=kind, target=target, strategy="anonymise",
                rows_expected=rows, rows_affected=rows if finished else 0, state="done" if finished else "waiting",
                finished_at=finished)  # fmt: skip


def _registers(pen: Pen, world: World) -> None:
    span, team = world.span, world.team
    for name, purpose, country, kinds, ground, kept in PROCESSORS:
        pen.add(
            "processors", span.ago(600), name=name, purpose=purpose, country=country, data_kinds=kinds,
            transfer_ground=ground, agreement_version="2025-1", agreement_signed_on=span.day(590),
            retention_there=kept, review_on=span.day(-60), contact_email=f"privacy@{name.lower()}.example",
        )  # fmt: skip
    for model, column, days, action, basis in RETENTION:
        policy = pen.add(
            "retention_policies", span.ago(500), model_key=model, after_column=column, days=days, action=action,
            basis=basis, enabled=False, declared_days=days, due_soon=pen.between(3, 90), overdue=pen.between(0, 12),
            counted_at=span.ago(0, 3), last_run_at=span.ago(1, 2),
        )  # fmt: skip
        for week in range(4):
            at, rows = span.ago(1 + 7 * week, 2), pen.between(0, 40)
            pen.add("retention_runs", at, policy_id=policy, rows_due=rows, rows_done=rows, rows_held=0, started_at=at,
                    finished_at=at + timedelta(seconds=4))  # fmt: skip
    held = world.samples[0]
    pen.add("legal_holds", span.ago(60), title="Dispute about an invoice", reason="The customer has gone to the ombud.",
            customer_id=held.id, placed_by_id=team.owner, review_on=span.day(-30))  # fmt: skip
    pen.add(
        "legal_holds", span.ago(300), title="CCMA referral", reason="A candidate disputed a rejection.",
        model_key="ai_decisions", placed_by_id=team.owner, released_at=span.ago(120),
        released_by_id=team.second_owner, release_reason="The matter was settled.",
    )  # fmt: skip


def _breaches(pen: Pen, world: World) -> None:
    span, team = world.span, world.team
    given: tuple[dict[str, Any], ...] = (
        {"title": "Export sent to the wrong customer", "state": "closed", "affected_count": 42,
         "closed_at": span.ago(190),
         "data_kinds": ["names", "e-mail addresses"], "portal_reference": "DEMO-2026-001"},
        {"title": "Laptop of a contractor stolen", "state": "confirmed", "affected_count": 7,
         "data_kinds": ["CV text"]},
    )  # fmt: skip
    for ago, words in zip((210, 5), given, strict=True):
        at = span.ago(ago, 8)
        breach = pen.add(
            "breaches", at, discovered_at=at, occurred_from=at - timedelta(days=1), lead_id=team.owner,
            what_happened="Found by the team, contained on the same day.",
            consequences="Unwanted contact is possible.", measures="Access was withdrawn; passwords were changed.",
            advice="Be careful with unexpected calls.", **words,
        )  # fmt: skip
        pen.add(
            "breach_notices", at, breach_id=breach, recipient="regulator", channel="portal",
            sent_at=at + timedelta(hours=20), reference=words.get("portal_reference"),
            body="First notice; more will follow.",
        )  # fmt: skip
        pen.add(
            "breach_notices", at, breach_id=breach, recipient="subject", channel="email",
            people_told=words["affected_count"], sent_at=at + timedelta(hours=30) if ago > 30 else None,
            body="Your data was seen by somebody else.",
        )  # fmt: skip


def _decisions(pen: Pen, world: World) -> None:
    for n, (decision, candidate, _, at) in enumerate(world.cases[:8]):
        received = (
            max(at + timedelta(days=2), world.span.ago(40)) if n % 2 else min(at + timedelta(days=2), world.span.now)
        )
        received = min(received, world.span.now)
        is_open = received > world.span.ago(20)
        pen.add(
            "representations", received, candidate_id=candidate, decision_id=decision, received_on=received.date(),
            due_on=due(received.date()), statement="The machine has overlooked my last position.",
            logic_explained="The requirements, the quotes and the rule that applied were explained.",
            state="received" if is_open else pen.pick(("upheld", "changed")),
            reviewer_id=None if is_open else world.team.agents[n % 3], seconds_spent=None if is_open else 640,
            reasons=None if is_open else "Read again by a person.",
            decided_at=None if is_open else min(received + timedelta(days=9), world.span.now),
        )  # fmt: skip

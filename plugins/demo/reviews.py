"""What people made of the AI's decisions: blind verdicts, overrides, feedback, requests to look again, outcomes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from plugins.demo.copying import Pen
from plugins.demo.prompts import BAD, Version

if TYPE_CHECKING:
    from plugins.demo.who import Customer, World

NEIGHBOURS = {"shortlist": "consider", "consider": "reject", "reject": "consider"}
SAMPLED = 0.1
COMMENTS = (
    "Too strict for this role.",
    "Good match, thank you.",
    "The quote is not in the CV!",
    "Missed a certificate.",
)
ASKS = (
    "I have more experience than the system says; please look at my CV again.",
    "My qualification is in my certificates, not in the CV itself.",
    "I would like a person to decide.",
)


@dataclass
class Decision:
    """A decision that people may react to."""

    id: str
    at: datetime
    word: str
    version: Version
    candidate: str | None
    answered: bool
    unfounded: int
    person: str = ""


def follow_up(pen: Pen, world: "World", customer: "Customer", decision: Decision) -> None:
    """Write what followed a decision, as far as it has happened by today."""
    if pen.chance(SAMPLED) and decision.answered:
        _review(pen, world, decision)
    elif decision.unfounded and pen.chance(0.15):
        _queue(pen, world, decision, "invented_evidence")
    elif pen.chance(0.006):
        _queue(pen, world, decision, pen.pick(("flagged", "low_confidence", "bad_feedback")))
    wrong = 1 - decision.version.agrees
    if decision.candidate and pen.chance(wrong * 0.45):
        _override(pen, world, customer, decision)
    if pen.chance(0.06):
        _feedback(pen, world, customer, decision, wrong)
    if decision.candidate:
        _candidate(pen, world, decision, decision.candidate)
        if pen.chance(0.01) and len(world.cases) < 60:
            world.cases.append((decision.id, decision.candidate, customer.id, decision.at))


def human_word(pen: Pen, decision: Decision) -> str:
    """Draw the verdict of a person who has not seen the AI's."""
    return decision.word if pen.chance(decision.version.agrees) else NEIGHBOURS[decision.word]


def _review(pen: Pen, world: "World", decision: Decision) -> None:
    at = decision.at + timedelta(hours=pen.between(5, 80))
    done = at <= world.span.now
    asked = decision.at + timedelta(hours=1)
    if asked > world.span.now:
        return
    assignment = pen.add(
        "review_assignments", asked, decision_id=decision.id, reason="sample", stratum=decision.word, stratum_size=250,
        blind=True, priority=0, state="done" if done else "waiting", assigned_to_id=None,
        due_at=decision.at + timedelta(days=5), done_at=at if done else None,
    )  # fmt: skip
    if done:
        _verdict(pen, world, decision, assignment, at, blind=True)


def _verdict(pen: Pen, world: "World", decision: Decision, assignment: str, at: datetime, *, blind: bool) -> None:
    word = human_word(pen, decision)
    differs = word != decision.word
    pen.add(
        "human_reviews", at, decision_id=decision.id, assignment_id=assignment,
        member_id=pen.pick(world.team.reviewers), blind=blind, recommendation=word,
        reason="The evidence does not carry the score." if differs else None,
        reason_codes=["evidence" if decision.unfounded else "judgement"] if differs else [],
        approved_for_training=pen.chance(0.5), seconds_spent=pen.between(35, 420), submitted_at=at,
        ai_seen_at=at if blind else at - timedelta(minutes=3),
    )  # fmt: skip


def _queue(pen: Pen, world: "World", decision: Decision, reason: str) -> None:
    asked = decision.at + timedelta(minutes=20)
    at = decision.at + timedelta(days=pen.between(1, 6))
    if asked > world.span.now:
        return
    done = at <= world.span.now and pen.chance(0.97)
    assignment = pen.add(
        "review_assignments", asked, decision_id=decision.id, reason=reason, stratum=None, stratum_size=None,
        blind=False, priority=5, state="done" if done else "waiting",
        assigned_to_id=None if done else pen.pick(world.team.agents), due_at=decision.at + timedelta(days=7),
        done_at=at if done else None,
    )  # fmt: skip
    if done:
        _verdict(pen, world, decision, assignment, at, blind=False)


def _override(pen: Pen, world: "World", customer: "Customer", decision: Decision) -> None:
    at = decision.at + timedelta(hours=pen.between(1, 60))
    if at <= world.span.now:
        pen.add(
            "decision_overrides", at, decision_id=decision.id, customer_id=customer.id, by_kind="customer",
            external_id=f"ovr_{pen.key(at)[-20:]}", person_id=decision.person, from_recommendation=decision.word,
            to_recommendation=NEIGHBOURS[decision.word], reason="Knows the candidate's branch.", occurred_at=at,
        )  # fmt: skip


def _feedback(pen: Pen, world: "World", customer: "Customer", decision: Decision, wrong: float) -> None:
    at = decision.at + timedelta(minutes=pen.between(2, 900))
    if at > world.span.now:
        return
    helpful = not pen.chance(min(wrong * 1.6, 0.9))
    pen.add(
        "decision_feedback", at, decision_id=decision.id, customer_id=customer.id, person_id=decision.person,
        external_id=f"fb_{pen.key(at)[-20:]}", feature="screening", helpful=helpful,
        reason_codes=[] if helpful else [pen.pick(("wrong_score", "invented_quote", "too_strict"))],
        comment=pen.pick(COMMENTS) if pen.chance(0.3) else None, page="/candidates/[id]", given_at=at,
    )  # fmt: skip


def _candidate(pen: Pen, world: "World", decision: Decision, candidate: str) -> None:
    if pen.chance(0.12):
        pen.add(
            "candidate_demographics", decision.at, candidate_id=candidate, gender=pen.pick(("female", "male")),
            population_group=pen.weighted({"african": 60, "coloured": 14, "indian": 10, "white": 16}),
            disability=None, age_band=pen.pick(("18-24", "25-34", "35-44", "45-54")), basis="volunteered",
            declared_at=decision.at,
        )  # fmt: skip
    at = decision.at + timedelta(days=pen.between(6, 35))
    if decision.word == "shortlist" and at <= world.span.now and pen.chance(0.2):
        kind = pen.weighted({"interviewed": 60, "hired": 22, "rejected": 12, "withdrew": 6})
        pen.add("candidate_outcomes", at, candidate_id=candidate, decision_id=decision.id, kind=kind, occurred_at=at,
                reported_by="customer")  # fmt: skip
    if decision.word == "reject" and pen.chance(0.012):
        _ask(pen, world, decision, candidate)


def _ask(pen: Pen, world: "World", decision: Decision, candidate: str) -> None:
    at = decision.at + timedelta(days=pen.between(1, 12))
    if at > world.span.now:
        return
    answered = at + timedelta(days=pen.between(1, 14))
    done = answered <= world.span.now
    changed = done and (decision.version.number == BAD or pen.chance(0.25))
    pen.add(
        "review_requests", at, decision_id=decision.id, candidate_id=candidate, message=pen.pick(ASKS),
        state="changed" if changed else "upheld" if done else "open", requested_at=at,
        due_on=at + timedelta(days=21), reviewer_id=pen.pick(world.team.agents) if done else None,
        answer="Thank you; we looked at it together." if done else None, answered_at=answered if done else None,
    )  # fmt: skip

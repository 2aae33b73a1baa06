"""Screenings of one customer: vacancies, candidates, CVs and what the AI decided, rule and result apart."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from plugins.demo import reviews
from plugins.demo.clock import liveliness
from plugins.demo.copying import Pen
from plugins.demo.cvs import FAMILIES, JOBS, Cv, write_cv
from plugins.demo.evidence import Item, items_of
from plugins.demo.prompts import MODEL, VERSIONS, Experiment, Version
from plugins.demo.who import Customer, World

FALLBACK = 0.012
BROKEN = 0.008
MILLION = Decimal(1_000_000)
EXPLANATION = (
    "Your CV was compared with the requirements of the vacancy. Each requirement was looked for in the text; the score "
    "is higher the more of them are shown with results. A person can look at it again if you ask."
)


@dataclass
class Role:
    """A vacancy of the customer."""

    id: str
    family: str
    title: str
    years: int
    left: int
    """How many CVs come in for it."""
    arms: dict[str, tuple[str, int]]
    """Exposure and version by experiment."""


@dataclass(frozen=True)
class Verdict:
    """Score and recommendation."""

    score: int
    word: str


def band(score: int) -> str:
    """Return the recommendation for a score."""
    return "shortlist" if score >= 80 else "consider" if score >= 60 else "reject"


class Screener:
    """Writes the screenings of one customer."""

    def __init__(self, pen: Pen, world: World, customer: Customer) -> None:
        self.pen, self.world, self.customer = pen, world, customer
        self.role: Role | None = None
        self.count = 0

    def screen(self, at: datetime, person: str) -> None:
        """Screen one CV that came in at that moment."""
        pen = self.pen
        seeker = self.customer.line == "b2c"
        role = None if seeker else self._role(at)
        family = role.family if role else pen.pick(FAMILIES)
        cv = write_cv(pen, self.world.span, family)
        candidate = None if role is None else self._candidate(at, role, cv)
        document = self._document(at, candidate, cv)
        version, exposure = self._version(at, role)
        if seeker:
            version = replace(version, number=0)
        decision = self._decide(
            at,
            role,
            cv,
            version,
            family,
            links={"candidate_id": candidate, "cv_document_id": document, "exposure_id": exposure},
        )
        decision.person = person
        reviews.follow_up(pen, self.world, self.customer, decision)
        self.count += 1

    def _role(self, at: datetime) -> Role:
        role = self.role
        if role is None or role.left == 0:
            role = self.role = self._vacancy(at)
        role.left -= 1
        return role

    def _vacancy(self, at: datetime) -> Role:
        pen, family = self.pen, self.pen.pick(FAMILIES)
        title, years = pen.pick(JOBS[family]), pen.pick((0, 1, 2, 3, 5))
        opened = max(at - timedelta(hours=pen.between(2, 90)), self.customer.signup)
        is_open = opened > self.world.span.now - timedelta(days=45)
        closed = None if is_open else min(opened + timedelta(days=pen.between(30, 70)), self.world.span.now)
        row = pen.add(
            "job_roles", opened, customer_id=self.customer.id, external_id=f"role_{pen.key(opened)[-20:]}",
            title=title, description=f"{title} wanted. At least {years} years of experience.",
            location=self.customer.billing["city"], family=family, work_mode=pen.pick(("onsite", "hybrid", "remote")),
            minimum_years=years, requirements={"must": [f"{years} years of experience"], "nice": ["own transport"]},
            status="open" if is_open else pen.pick(("filled", "closed")), closed_at=closed, updated_at=at,
        )  # fmt: skip
        return Role(row, family, title, years, pen.between(4, 16), {})

    def _candidate(self, at: datetime, role: Role, cv: Cv) -> str:
        pen = self.pen
        return pen.add(
            "candidates", at, customer_id=self.customer.id, job_role_id=role.id,
            external_id=f"cand_{pen.key(at)[-20:]}", name=str(cv.name), email=cv.email, phone=cv.phone,
            location=cv.location, current_title=cv.title, current_company=cv.company, years_experience=cv.years,
            education_level=cv.education,
            status=pen.weighted({"new": 30, "shortlist": 25, "talent_pool": 20, "reject": 20, "hired": 2}),
            training_consent=pen.chance(0.4), last_screened_at=at, retain_until=at + timedelta(days=365),
        )  # fmt: skip

    def _document(self, at: datetime, candidate: str | None, cv: Cv) -> str:
        pen = self.pen
        mailed = candidate is not None and pen.chance(0.3)
        return pen.add(
            "cv_documents", at, candidate_id=candidate, customer_id=self.customer.id,
            origin="mailbox" if mailed else "upload", external_id=f"cv_{pen.key(at)[-20:]}",
            file_name=f"CV {cv.name}.pdf", media_type="application/pdf", size_bytes=pen.between(60_000, 900_000),
            storage_location=f"cvs/{pen.key(at)}.pdf", page_count=2, language="en", parse_state="done",
            cv_text=cv.text, received_at=at,
        )  # fmt: skip

    def _version(self, at: datetime, role: Role | None) -> tuple[Version, str | None]:
        if role is None:
            return self.world.prompts.at(at), None
        for experiment in self.world.prompts.experiments:
            if experiment.begins <= at < experiment.ends:
                exposure, number = self._exposure(at, role, experiment)
                return VERSIONS[number - 1], exposure
        return self.world.prompts.at(at), None

    def _exposure(self, at: datetime, role: Role, experiment: Experiment) -> tuple[str, int]:
        if experiment.id not in role.arms:
            bucket = Decimal(str(round(self.pen.draw.random(), 12)))
            arm, number = experiment.arms[int(bucket * 2)]
            row = self.pen.add("exposures", at, experiment_id=experiment.id, arm_id=arm, unit_key=role.id,
                               bucket=bucket, first_at=at)  # fmt: skip
            role.arms[experiment.id] = (row, number)
        return role.arms[experiment.id]

    def _decide(
        self, at: datetime, role: Role | None, cv: Cv, version: Version, family: str, *, links: dict[str, Any]
    ) -> reviews.Decision:
        pen = self.pen
        answered = not pen.chance(FALLBACK)
        items = items_of(pen, cv, family, version.invents) if answered else []
        model = Verdict(*self._score(cv, role)) if answered else None
        rule = self._rule(role, cv, model)
        final = rule or model or Verdict(65, "consider")
        texts = self._texts(cv, role, model, rule, final, items=items)
        attempts = 2 if not answered or pen.chance(0.03) else 1
        tokens = self._tokens(at, attempts, answered=answered)
        key = pen.key(at)
        unfounded = sum(item.is_unfounded for item in items)
        checkable = sum(item.is_checkable for item in items)
        pen.add(
            "ai_decisions", at, id=key, external_id=f"trace_{key[-22:]}", customer_id=self.customer.id,
            call_site="screening" if role else "cv-analysis", job_role_id=role.id if role else None, **links,
            prompt_version_id=self.world.prompts.ids.get(version.number, self.world.prompts.analysis),
            provider="openai", model=MODEL, parameters={"temperature": 0, "max_tokens": 4000},
            model_score=model.score if model else None, model_recommendation=model.word if model else None,
            parse_failed=not answered, repaired=answered and pen.chance(BROKEN * 2), is_fallback=not answered,
            attempts=attempts, rule_name="minimum_years" if rule else None, rule_score=rule.score if rule else None,
            rule_recommendation=rule.word if rule else None,
            rule_reason=f"The CV shows {cv.years} years; the vacancy asks for more." if rule else None,
            score=final.score, recommendation=final.word, confidence=self._confidence(answered=answered), **texts,
            explanation=EXPLANATION, inputs={"cv": True, "role": role is not None, "removed": ["id number"]}, **tokens,
            grounding=grounding(checkable, unfounded, answered=answered), evidence_total=len(items),
            evidence_checkable=checkable, evidence_unfounded=unfounded, decided_at=at,
        )  # fmt: skip
        self._evidence(at, key, items)
        return reviews.Decision(key, at, final.word, version, links["candidate_id"], answered=answered,
                                unfounded=unfounded)  # fmt: skip

    def _score(self, cv: Cv, role: Role | None) -> tuple[int, str]:
        mean = 70 if role is None or cv.years >= role.years else 58
        score = max(5, min(95, 5 * round(self.pen.draw.gauss(mean, 15) / 5)))
        return score, band(score)

    def _rule(self, role: Role | None, cv: Cv, model: Verdict | None) -> Verdict | None:
        if role is None or model is None or role.years - cv.years <= 1 or model.word == "reject":
            return None
        return Verdict(min(model.score, 55), "reject")

    def _confidence(self, *, answered: bool) -> str:
        return self.pen.weighted({"high": 50, "medium": 38, "low": 12}) if answered else "low"

    def _texts(
        self,
        cv: Cv,
        role: Role | None,
        model: Verdict | None,
        rule: Verdict | None,
        final: Verdict,
        *,
        items: list[Item],
    ) -> dict[str, str | None]:
        if model is None:
            reason = "Auto-generated fallback"
            return {"raw_output": None, "reason": reason, "result": json.dumps({"overall_score": 65, "reason": reason})}
        wanted = role.title if role else "the chosen field"
        reason = f"{cv.years} years of experience; {len(items)} points speak to {wanted}."
        answer = self._answer(cv, model, reason, items)
        raw = json.dumps(answer, ensure_ascii=False)
        if rule is None:
            return {"raw_output": raw, "reason": reason, "result": raw}
        reason = "Has fewer years of experience than the vacancy asks for."
        changed = {**answer, "overall_score": final.score, "recommendation": "REJECT", "recommendation_reason": reason}
        return {"raw_output": raw, "reason": reason, "result": json.dumps(changed, ensure_ascii=False)}

    def _answer(self, cv: Cv, model: Verdict, reason: str, items: list[Item]) -> dict[str, Any]:
        met = [f'{i.claim}: "{i.quote}"' for i in items if i.kind == "requirement_met"]
        return {
            "candidate_name": str(cv.name), "candidate_email": cv.email, "current_title": cv.title,
            "current_company": cv.company, "years_experience": cv.years, "education_level": cv.education,
            "overall_score": model.score, "recommendation": model.word.upper(), "recommendation_reason": reason,
            "confidence": {"level": "MEDIUM", "reasons": ["CV text is complete"]},
            "evidence_highlights": [{"claim": i.claim, "evidence": i.quote} for i in items if i.kind == "highlight"],
            "hard_requirements": {"met": met, "not_met": [], "partial": [], "unclear": []},
            "exception_applied": False, "risk_register": [], "interview_focus": ["Motivation"],
            "summary": {"strengths": [{"label": i.claim, "evidence": i.quote} for i in items if i.kind == "strength"]},
        }  # fmt: skip

    def _tokens(self, at: datetime, attempts: int, *, answered: bool) -> dict[str, Any]:
        read, said = self.pen.between(1400, 2600) * attempts, self.pen.between(420, 900) if answered else 12
        cost = (read * Decimal("0.30") + said * Decimal("1.20")) / MILLION
        total = self.world.spent[at.astimezone(UTC).date(), MODEL]
        total[0], total[1], total[2] = total[0] + cost, total[1] + read, total[2] + said
        slow = 3 if liveliness(at.date()) > 1.4 else 1
        return {"tokens_in": read, "tokens_out": said, "tokens_cached": 0, "cost": cost, "currency": "USD",
                "price_id": self.world.prompts.price,
                "latency_ms": int(self.pen.draw.lognormvariate(8.1, 0.35)) * attempts + 300 * slow}  # fmt: skip

    def _evidence(self, at: datetime, decision: str, items: list[Item]) -> None:
        for position, item in enumerate(items):
            self.pen.add(
                "evidence_items", at, decision_id=decision, position=position, kind=item.kind, claim=item.claim,
                quote=item.quote, severity=item.severity, verdict=item.verdict, similarity=item.similarity,
                match_start=item.begins, match_end=item.ends, method_version=1, checked_at=at, decided_at=at,
            )  # fmt: skip


def grounding(checkable: int, unfounded: int, *, answered: bool) -> str:
    """Return the state of a decision's quotes as a whole."""
    if not answered or not checkable:
        return "nothing_to_check"
    if not unfounded:
        return "grounded"
    return "invented" if unfounded == checkable else "partly"

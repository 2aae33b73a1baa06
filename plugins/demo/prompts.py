"""Prompts of the demo company: eight versions of the screening prompt, one of them a mistake, and two experiments."""

from bisect import bisect
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from psycopg.types.json import Jsonb

from plugins.demo.clock import Span
from plugins.demo.copying import Book, Pen
from plugins.demo.team import Team

MODEL = "ft:gpt-4o-mini-2024-07-18:personal:hireinbox-v3:CqlakGfJ"
BASE_MODEL = "gpt-4o-mini-2024-07-18"
BAD = 5
"""The version that was live for ten days and then rolled back."""
SYSTEM = """You screen CVs for South African employers. Rules:
1. Judge only what the CV says. 2. Quote the CV word for word as evidence. 3. Write "not mentioned" where it is silent.
4. Never use age, race, gender or health. 5. Score 0-100: SHORTLIST from 80, CONSIDER from 60, REJECT below.
6. Answer in JSON only. 7. {rule}"""
USER = "ROLE CONTEXT\n{{ role }}\n\nCV TO EVALUATE\n{{ cv }}\n\nINSTRUCTIONS\n{{ instructions }}"


@dataclass(frozen=True)
class Version:
    """A version of the screening prompt and how well it does."""

    number: int
    live_ago: int
    """Days ago on which it went live."""
    rule: str
    summary: str
    agrees: float
    """Share of blind reviews that agree with it."""
    invents: float
    """Share of its quotes that are not in the CV."""


VERSIONS = (
    Version(1, 790, "An exception needs 2 exceptional indicators.", "First version.", 0.80, 0.11),
    Version(2, 600, "An exception needs 3 exceptional indicators.", "Stricter exceptions.", 0.84, 0.08),
    Version(3, 430, "Give at least two quotes per strength.", "More evidence.", 0.87, 0.06),
    Version(4, 260, "Quote at most 20 words.", "Shorter quotes.", 0.90, 0.04),
    Version(5, 124, "Summarise the evidence in your own words.", "Shorter answers to save tokens.", 0.69, 0.27),
    Version(6, 80, "Quote at most 20 words; never paraphrase.", "Repeats that quotes are verbatim.", 0.91, 0.035),
    Version(7, 30, "Quote at most 15 words; name the section.", "Names the section of the CV.", 0.92, 0.03),
    Version(8, 12, "Quote at most 15 words; rate each requirement first.", "Requirements first.", 0.925, 0.028),
)
ROLLED_BACK = 114
OTHERS = (
    ("cv-analysis", "CV check for job seekers", "openai", MODEL),
    ("cv-rewrite", "CV rewrite", "openai", "gpt-4o-2024-08-06"),
    ("interview-start", "Interview practice: first question", "openai", BASE_MODEL),
    ("talent-matching", "Talent pool matching", "anthropic", "claude-sonnet-4-20250514"),
    ("email-router", "Which mailbox message is a CV", "anthropic", "claude-3-5-haiku-20241022"),
)


@dataclass(frozen=True)
class Experiment:
    """An experiment between two versions, in days ago."""

    id: str
    begins: datetime
    ends: datetime
    arms: tuple[tuple[str, int], ...]
    """Key of each arm and the version it draws."""


@dataclass(frozen=True)
class Prompts:
    """Keys of the screening versions, who was live when, and the experiments."""

    ids: dict[int, str]
    changes: tuple[datetime, ...]
    live: tuple[int, ...]
    experiments: tuple[Experiment, ...]
    price: str
    analysis: str

    def at(self, moment: datetime) -> Version:
        """Return the version that was live then."""
        return VERSIONS[self.live[max(bisect(self.changes, moment) - 1, 0)] - 1]


def write(book: Book, span: Span, team: Team) -> Prompts:
    """Write prompts, versions, labels with their moves, experiments, model prices and retirements."""
    pen = book.pen("prompts")
    at = span.ago(790)
    prompt = pen.add("prompts", at, name="screening", title="CV screening", tags=["production", "screening"],
                     description="Scores a CV against a vacancy.", kind="chat", owner_id=team.owner)  # fmt: skip
    ids: dict[int, str] = {}
    for version in VERSIONS:
        ids[version.number] = _version(pen, span, team, prompt, version, before=ids.get(version.number - 1))
    steps = [(span.ago(v.live_ago, 9), v.number) for v in VERSIONS if v.number < 8]
    steps.append((span.ago(ROLLED_BACK, 15), BAD - 1))
    steps.sort()
    _labels(pen, span, team, prompt, ids, steps=steps)
    experiments = _experiments(pen, span, team, prompt, ids)
    _cases(pen, span, prompt, ids)
    analysis = ""
    for other in OTHERS:
        key = _other(pen, span, team, *other)
        analysis = key if other[0] == "cv-analysis" else analysis
    price = _models(pen, span)
    changes, live = zip(*steps, strict=True)
    return Prompts(ids, changes, live, experiments, price, analysis)


def _version(pen: Pen, span: Span, team: Team, prompt: str, version: Version, *, before: str | None) -> str:
    at = span.ago(version.live_ago + 2)
    messages = [{"role": "system", "content": SYSTEM.format(rule=version.rule)}, {"role": "user", "content": USER}]
    return pen.add(
        "prompt_versions", at, prompt_id=prompt, number=version.number, messages=Jsonb(messages), provider="openai",
        model=MODEL, parameters={"temperature": 0, "max_tokens": 4000, "response_format": "json_object"},
        variables=["role", "cv", "instructions"], content_hash=sha256(str(messages).encode()).hexdigest(),
        summary=version.summary, based_on_id=before, created_by_id=team.owner, approved_by_id=team.second_owner,
        approved_at=at + timedelta(hours=3),
    )  # fmt: skip


def _labels(
    pen: Pen, span: Span, team: Team, prompt: str, ids: dict[int, str], *, steps: list[tuple[datetime, int]]
) -> None:
    production = pen.add("prompt_labels", steps[0][0], prompt_id=prompt, name="production", protected=True,
                         version_id=ids[7], previous_version_id=ids[6], moved_at=steps[-1][0],
                         moved_by_id=team.owner)  # fmt: skip
    pen.add("prompt_labels", span.ago(14), prompt_id=prompt, name="staging", protected=False, version_id=ids[8],
            previous_version_id=ids[7], moved_at=span.ago(14), moved_by_id=team.owner)  # fmt: skip
    before: str | None = None
    for at, number in steps:
        rollback = number == BAD - 1 and before == ids[BAD]
        pen.add(
            "prompt_label_moves", at, label_id=production, from_version_id=before, to_version_id=ids[number],
            rollback=rollback, moved_by_id=team.owner, moved_at=at,
            reason="Accuracy fell and quotes were invented." if rollback else VERSIONS[number - 1].summary,
        )  # fmt: skip
        before = ids[number]


def _experiments(pen: Pen, span: Span, team: Team, prompt: str, ids: dict[int, str]) -> tuple[Experiment, ...]:
    given = (("quote-length", "Shorter quotes", 52, 31, "promoted", (6, 7)),
             ("requirements-first", "Requirements before the score", 12, 0, "running", (7, 8)))  # fmt: skip
    made = []
    for name, title, first, last, state, versions in given:
        begins, ends = span.ago(first), span.ago(last, 17) if last else span.now
        row = pen.add(
            "experiments", begins, key=name, title=title, hypothesis="Reviewers agree more often.", prompt_id=prompt,
            unit="vacancy", state=state, traffic_share=Decimal(1), metric="agreement", minimum_effect=Decimal("0.02"),
            planned_per_arm=400, started_at=begins, ended_at=ends if last else None, created_by_id=team.owner,
            conclusion="Agreement rose; nothing else got worse." if last else None,
        )  # fmt: skip
        arms = []
        for position, number in enumerate(versions):
            arm = pen.add("experiment_arms", begins, experiment_id=row, name=f"v{number}", position=position,
                          version_id=ids[number], is_control=position == 0,
                          is_winner=bool(last) and position == 1)  # fmt: skip
            arms.append((arm, number))
        _looks(pen, row, begins, (ends - begins).days)
        made.append(Experiment(row, begins, ends, tuple(arms)))
    return tuple(made)


def _looks(pen: Pen, experiment: str, begins: datetime, days: int) -> None:
    for day in range(1, days):
        n = 22 * day
        arms: dict[str, Any] = {
            "control": {"n": n, "agreed": int(0.9 * n)},
            "new": {"n": n - 3, "agreed": int(0.925 * n)},
        }
        pen.add(
            "experiment_looks", begins + timedelta(days=day), experiment_id=experiment, arms=arms,
            effect=Decimal("0.025"), half_width=Decimal(str(round(0.4 / n**0.5, 6))), significant=day > 18,
            p_always_valid=Decimal(str(round(max(0.03, 1 - day / 20), 4))), p_sample_ratio=Decimal("0.62"),
            looked_at=begins + timedelta(days=day),
        )  # fmt: skip


def _cases(pen: Pen, span: Span, prompt: str, ids: dict[int, str]) -> None:
    for n, (name, expected) in enumerate((("strong-sales-manager", "shortlist"), ("empty-cv", "reject"),
                                          ("career-changer", "consider"), ("too-few-years", "reject"),
                                          ("invented-degree", "reject"))):  # fmt: skip
        pen.add("regression_cases", span.ago(300 - n), prompt_id=prompt, name=name, expected=expected,
                inputs={"role": "Sales Manager, 5 years", "cv": f"Case {name}: invented text."})  # fmt: skip
    for version in VERSIONS:
        at = span.ago(version.live_ago + 1)
        failed = 2 if version.number == BAD else 0
        pen.add("regression_runs", at, version_id=ids[version.number], passed=5 - failed, failed=failed,
                started_at=at, finished_at=at + timedelta(seconds=41))  # fmt: skip


def _other(pen: Pen, span: Span, team: Team, *words: str) -> str:
    name, title, provider, model = words
    at = span.ago(500)
    prompt = pen.add("prompts", at, name=name, title=title, tags=["production"], kind="chat", owner_id=team.owner)
    messages = [{"role": "system", "content": f"{title}. Answer in JSON."}, {"role": "user", "content": "{{ input }}"}]
    version = pen.add(
        "prompt_versions", at, prompt_id=prompt, number=1, messages=Jsonb(messages), provider=provider, model=model,
        parameters={"temperature": 0.3}, variables=["input"], content_hash=sha256(name.encode()).hexdigest(),
        summary="First version.", created_by_id=team.owner, approved_by_id=team.second_owner, approved_at=at,
    )  # fmt: skip
    pen.add("prompt_labels", at, prompt_id=prompt, name="production", protected=True, version_id=version, moved_at=at,
            moved_by_id=team.owner)  # fmt: skip
    return version


def _models(pen: Pen, span: Span) -> str:
    at = span.ago(790)
    prices = ((MODEL, "0.30", "0.15", "1.20", "openai"), (BASE_MODEL, "0.15", "0.075", "0.60", "openai"),
              ("gpt-4o-2024-08-06", "2.50", "1.25", "10.00", "openai"),
              ("claude-sonnet-4-20250514", "3.00", "0.30", "15.00", "anthropic"),
              ("claude-3-5-haiku-20241022", "0.80", "0.08", "4.00", "anthropic"))  # fmt: skip
    keys = [
        pen.add("model_prices", at, provider=provider, model=model, valid_from=span.day(790),
                input_per_million=Decimal(fresh), cached_per_million=Decimal(cached), output_per_million=Decimal(out),
                currency="USD", source="price list")
        for model, fresh, cached, out, provider in prices
    ]  # fmt: skip
    announced = date(2026, 10, 14)
    for model in (MODEL, BASE_MODEL):
        pen.add("model_retirements", span.ago(20), provider="openai", model=model, announced_on=announced,
                shuts_down_on=date(2027, 1, 14), replacement="gpt-6-luna",
                plan="Compare on the regression cases, shadow for a week, then an experiment.")  # fmt: skip
    return keys[0]

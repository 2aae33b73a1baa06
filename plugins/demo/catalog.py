"""What the demo company sells: plans with dated prices, credit packs, features, promotion codes, dunning rules."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from plugins.demo.clock import Span
from plugins.demo.copying import Book, Pen

VAT_RATE = Decimal("0.15")
VAT_NUMBER = "4000000000"  # no vendor has it: the check digits are wrong
SUPPLIER = {
    "name": "HireInbox Demo (Pty) Ltd",
    "vat_number": VAT_NUMBER,
    "address": "1 Example Street, Cape Town, 8001",
    "registration_number": "2000/000000/07",
}


@dataclass(frozen=True)
class Price:
    """A price of a plan for one billing interval."""

    id: str
    amount: int
    interval: str

    @property
    def months(self) -> int:
        """How many months it pays for."""
        return 12 if self.interval == "year" else 1

    @property
    def mrr(self) -> int:
        """What it adds to monthly recurring revenue, half a cent rounded up."""
        return (2 * self.amount + self.months) // (2 * self.months)


@dataclass(frozen=True)
class Plan:
    """A plan with its present monthly and annual price and the price before."""

    key: str
    id: str
    name: str
    line: str
    rank: int
    month: Price
    year: Price
    old: Price
    churn: float
    """Share of its monthly subscribers that leave each month."""
    cvs: int
    """CVs a typical customer has screened in a month."""

    def price(self, interval: str) -> Price:
        """Return the price for month or year."""
        return self.year if interval == "year" else self.month


@dataclass(frozen=True)
class Pack:
    """Assessments a job seeker buys once; the price includes VAT."""

    key: str
    id: str
    name: str
    credits: int
    amount: int


@dataclass(frozen=True)
class Code:
    """A promotion code that takes a percentage off the first months."""

    id: str
    percent: int
    months: int


@dataclass(frozen=True)
class Catalog:
    """Everything that is sold."""

    plans: tuple[Plan, ...]
    packs: tuple[Pack, ...]
    codes: tuple[Code, ...]
    rules: tuple[tuple[str, int, str], ...]
    """Dunning rules: id, days after the due date, what happens."""
    raised_at: datetime
    """When the prices went up; earlier subscribers moved over three months later."""

    def of_line(self, line: str) -> tuple[Plan, ...]:
        """Return the plans of a product line, the smallest first."""
        return tuple(plan for plan in self.plans if plan.line == line)


PLANS = (  # key, name, line, month, year, before the rise, churn, CVs a month, trial days, seats
    ("b2b-starter", "Starter", "b2b", 69_900, 671_000, 64_900, 0.05, 3, 14, 2),
    ("b2b-growth", "Growth", "b2b", 149_900, 1_439_000, 139_900, 0.032, 5, 14, 5),
    ("b2b-scale", "Scale", "b2b", 299_900, 2_879_000, 279_900, 0.022, 9, 14, 15),
    ("b2b-enterprise", "Enterprise", "b2b", 599_900, 5_759_000, 559_900, 0.009, 16, 30, None),
    ("recruiter-solo", "Solo", "recruiter", 149_900, 1_439_000, 139_900, 0.042, 5, 7, 1),
    ("recruiter-team", "Team", "recruiter", 349_900, 3_359_000, 329_900, 0.027, 9, 7, 6),
    ("recruiter-agency", "Agency", "recruiter", 799_900, 7_679_000, 749_900, 0.013, 18, 14, 25),
)
PACKS = (
    ("cv-check", "CV check", 1, 7_900),
    ("cv-rewrite", "CV check and rewrite", 2, 14_900),
    ("interview-coach", "Interview practice", 5, 24_900),
    ("career-pack", "Career pack", 10, 34_900),
)
FEATURES = (  # key, name, kind, unit, event, value?
    ("cv-screening", "CV screening", "limit", "CVs", "cv_screened", True),
    ("email-inbox", "CVs by e-mail", "switch", None, "cv_received_by_email", True),
    ("talent-pool", "Talent pool", "switch", None, "talent_pool_searched", False),
    ("video-interviews", "Video interviews", "limit", "interviews", "video_interview_started", False),
    ("reference-checks", "Reference checks", "switch", None, "reference_check_started", False),
    ("exports", "Exports", "switch", None, "report_exported", False),
    ("api", "API access", "switch", None, "api_called", False),
    ("seats", "Team seats", "limit", "people", None, False),
)
DUNNING = (
    ("Friendly reminder", 0, "remind"),
    ("New payment link", 3, "new_link"),
    ("Call the customer", 7, "call_task"),
    ("Warn of suspension", 10, "warn"),
    ("Cancel", 14, "cancel"),
)


def write(book: Book, span: Span, owner: str) -> Catalog:
    """Write what is sold and return it."""
    pen = book.pen("catalog")
    start = span.start - timedelta(days=60)
    raised = span.ago(365, 0)
    plans = tuple(_plan(pen, start, raised, rank, *row) for rank, row in enumerate(PLANS, 1))
    partner = _plan(pen, start, raised, 9, "b2b-partner", "Partner", "b2b", 149_900, 1_439_000, 139_900, 0.0, 3, 0, 5)
    _features(pen, start, (*plans, partner))
    packs = tuple(
        Pack(key, _pack(pen, start, key, name, size=size, amount=amount), name, size, amount)
        for key, name, size, amount in PACKS
    )
    rules = tuple(
        (
            pen.add(
                "dunning_rules",
                start,
                name=name,
                position=n,
                days_after_due=days,
                act=act,
                template_key=f"dunning-{n}",
                is_active=True,
            ),
            days,
            act,
        )
        for n, (name, days, act) in enumerate(DUNNING, 1)
    )
    pen.add("vat_periods", start, valid_from=date(2018, 4, 1), rate=VAT_RATE, is_vendor=True, vat_number=VAT_NUMBER)
    _migration(pen, raised, plans[0], owner)
    return Catalog(plans, packs, _codes(pen, span, owner, plans), rules, raised)


def _plan(
    pen: Pen,
    start: datetime,
    raised: datetime,
    rank: int,
    *row: str | float | None,
) -> Plan:
    name_key, name, line, month, year, old, churn, cvs, trial, seats = row
    plan = pen.add(
        "plans",
        start,
        key=name_key,
        name=name,
        product_line=line,
        description=f"{name} for {'agencies' if line == 'recruiter' else 'employers'}: about {cvs} CVs a month.",
        rank=rank,
        trial_days=trial,
        included_credits=0,
        seats=seats,
        is_sold=rank < 9,
        is_complimentary=rank == 9,
    )
    first = _price(pen, start, plan, f"{name} monthly, first", "month", amount_cents=old, valid_until=raised)
    present = _price(pen, raised, plan, f"{name} monthly", "month", amount_cents=month, replaces_id=first.id)
    annual = _price(pen, start, plan, f"{name} annual", "year", amount_cents=year)
    return Plan(
        str(name_key), plan, str(name), str(line), rank, present, annual, first, float(churn or 0), int(cvs or 0)
    )


def _price(pen: Pen, at: datetime, plan: str, nickname: str, interval: str, **words: Any) -> Price:
    row = pen.add(
        "prices", at, plan_id=plan, nickname=nickname, interval=interval, includes_vat=False, valid_from=at,
        is_default="valid_until" not in words, **words,
    )  # fmt: skip
    return Price(row, words["amount_cents"], interval)


def _pack(pen: Pen, at: datetime, name_key: str, name: str, *, size: int, amount: int) -> str:
    return pen.add(
        "credit_packs",
        at,
        key=name_key,
        name=name,
        product_line="b2c",
        credits=size,
        amount_cents=amount,
        includes_vat=True,
        expires_after_days=365,
        is_sold=True,
    )


def _features(pen: Pen, at: datetime, plans: tuple[Plan, ...]) -> None:
    for n, (name_key, name, kind, unit, event, value) in enumerate(FEATURES):
        feature = pen.add(
            "features",
            at,
            key=name_key,
            name=name,
            kind=kind,
            unit=unit,
            event_name=event,
            is_value=value,
            released_on=at.date() + timedelta(days=60 * n),
        )
        for plan in plans:
            limit = {"cv-screening": plan.cvs * 20, "video-interviews": plan.rank * 10, "seats": plan.rank * 3}
            pen.add(
                "plan_features",
                at,
                plan_id=plan.id,
                feature_id=feature,
                is_included=plan.rank >= 2 or n < 3,
                limit_value=limit.get(name_key) if kind == "limit" else None,
            )


def _migration(pen: Pen, raised: datetime, plan: Plan, owner: str) -> None:
    pen.add(
        "price_migrations",
        raised,
        from_price_id=plan.old.id,
        to_price_id=plan.month.id,
        mode="on_date",
        state="done",
        effective_at=raised + timedelta(days=90),
        announced_at=raised,
        decided_by_id=owner,
    )


def _codes(pen: Pen, span: Span, owner: str, plans: tuple[Plan, ...]) -> tuple[Code, ...]:
    campaigns = (
        ("january-jobs", "January hiring season", "JAN20", 20, 3, 320, 290),
        ("launch", "First hundred customers", "LAUNCH25", 25, 3, 700, 610),
        ("women-in-hr", "Women in HR month", "WIHR15", 15, 2, 120, 85),
        ("spring", "Spring campaign", "SPRING10", 10, 3, 80, -20),
    )
    codes = []
    for name_key, name, word, percent, months, first, last in campaigns:
        begins, ends = span.ago(first, 0), span.now - timedelta(days=last)
        campaign = pen.add(
            "discount_campaigns",
            begins,
            key=name_key,
            name=name,
            starts_at=begins,
            ends_at=ends,
            budget_cents=5_000_000,
            utm_campaign=name_key,
            is_active=last < 0,
        )
        code = pen.add(
            "promotion_codes",
            begins,
            code=word,
            campaign_id=campaign,
            kind="percent",
            percent=percent,
            duration="repeating",
            duration_months=months,
            starts_at=begins,
            ends_at=ends,
            is_active=last < 0,
            created_by_id=owner,
        )
        pen.add("promotion_code_plans", begins, code_id=code, plan_id=plans[1].id)
        codes.append(Code(code, percent, months))
    pen.add(
        "promotion_codes",
        span.ago(200),
        code="FREE5",
        kind="credits",
        credits=5,
        duration="once",
        max_redemptions=100,
        is_active=True,
    )
    return tuple(codes)

"""What the company pays: costs by UTC day and model, usage at providers, exchange rates, and the gateway's books."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from plugins.demo.clock import DAYS
from plugins.demo.copying import Book, Pen
from plugins.demo.prompts import MODEL
from plugins.demo.who import World

OVERHEAD = Decimal("1.31")
"""Other calls than screenings: drafts, retries, tests."""
HOSTING = (("vercel", "hosting", "Pro seats and functions", 1.45), ("supabase", "database", "Team plan", 0.95),
           ("supabase", "storage", "File storage", 0.21), ("sentry", "error_tracking", "Team plan", 0.96))  # fmt: skip
MODELS = (("gpt-4o-2024-08-06", "openai", 0.34), ("claude-sonnet-4-20250514", "anthropic", 0.52),
          ("claude-3-5-haiku-20241022", "anthropic", 0.11))  # fmt: skip
USAGE = (("supabase", "database_size", "GB", 3.1, 8), ("supabase", "storage_size", "GB", 21.0, 100),
         ("supabase", "egress", "GB", 1.4, 250), ("vercel", "bandwidth", "GB", 4.8, 1000),
         ("vercel", "function_invocations", "calls", 42_000.0, 1_000_000))  # fmt: skip


def write(book: Book, world: World) -> None:
    """Write costs, exchange rates and reconciliation runs; call it when all screenings are known."""
    pen = book.pen("costs")
    _rates(pen, world)
    imports = {provider: _import(pen, world, provider) for provider in ("openai", "anthropic")}
    for n, day in enumerate(days(world)):
        growth = 0.4 + 0.9 * n / DAYS
        _ai(pen, world, day, growth, imports)
        _platforms(pen, day, growth)
    _reconcile(pen, world)


def days(world: World) -> Iterator[date]:
    """Yield the UTC days for which providers have sent their figures: up to yesterday."""
    first = world.span.start.date()
    last = world.span.now.date() - timedelta(days=1)
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def midnight(day: date) -> datetime:
    """Return the start of a UTC day."""
    return datetime.combine(day, time(), UTC)


def _rates(pen: Pen, world: World) -> None:
    rate = 18.4
    for day in days(world):
        rate = min(max(rate + pen.draw.gauss(0, 0.07), 16.8), 19.6)
        if day.weekday() < 5:
            pen.add(
                "fx_rates", midnight(day) + timedelta(hours=15), day=day, base="USD", quote="ZAR",
                rate=Decimal(f"{rate:.4f}"), source="demo rates", fetched_at=midnight(day) + timedelta(hours=15),
            )  # fmt: skip


def _import(pen: Pen, world: World, provider: str) -> str:
    at = world.span.now - timedelta(hours=1)
    return pen.add(
        "cost_imports", at, provider=provider, source="api", from_day=world.span.start.date(),
        until_day=world.span.now.date(), state="done", pages_count=24, rows_count=DAYS, currency="USD", started_at=at,
        finished_at=at + timedelta(seconds=38),
    )  # fmt: skip


def _cost(pen: Pen, day: date, provider: str, category: str, amount: Decimal, **words: object) -> None:
    given = {"model": None, "project": None, "line_item": None, "import_id": None, "quantity": None, "unit": None,
             "source": "api", **words}  # fmt: skip
    pen.add("provider_costs", midnight(day) + timedelta(hours=26), provider=provider, category=category, day=day,
            amount=amount, currency="USD", **given)  # fmt: skip


def _ai(pen: Pen, world: World, day: date, growth: float, imports: dict[str, str]) -> None:
    if (day, MODEL) in world.spent:
        cost, read, said = world.spent[day, MODEL]
        _cost(pen, day, "openai", "ai", cost * OVERHEAD, model=MODEL, project="screening", import_id=imports["openai"],
              quantity=read + said, unit="tokens")  # fmt: skip
    for model, provider, dollars in MODELS:
        amount = Decimal(f"{dollars * growth * pen.draw.uniform(0.6, 1.4):.8f}")
        _cost(pen, day, provider, "ai", amount, model=model, project="other", import_id=imports[provider])


def _platforms(pen: Pen, day: date, growth: float) -> None:
    for provider, category, item, dollars in HOSTING:
        _cost(
            pen, day, provider, category, Decimal(f"{dollars * (0.8 + growth / 3):.4f}"), line_item=item, source="csv"
        )
    for provider, metric, unit, quantity, included in USAGE:
        amount = Decimal(f"{quantity * growth * pen.draw.uniform(0.9, 1.1):.3f}")
        pen.add("provider_usage", midnight(day) + timedelta(hours=26), provider=provider, day=day, metric=metric,
                quantity=amount, unit=unit, included_quantity=included, source="api")  # fmt: skip


def _reconcile(pen: Pen, world: World) -> None:
    for week in range(26):
        end = world.span.ago(7 * week, 3)
        count, cents = pen.between(60, 90), pen.between(9_000_000, 14_000_000)
        run = pen.add("reconciliation_runs", end, gateway="yoco", period_start=end - timedelta(days=7), period_end=end,
                      finished_at=end, theirs_count=count, ours_count=count - (week % 6 == 1), theirs_cents=cents,
                      ours_cents=cents)  # fmt: skip
        if week % 6 == 1:
            is_open = week == 1
            pen.add(
                "reconciliation_findings", end, run_id=run, gateway="yoco",
                kind="missing_here" if is_open else "fee_differs", reference=f"p_unknown{week:04d}",
                theirs_cents=172_385, ours_cents=None if is_open else 172_380,
                happened_on=(end - timedelta(days=2)).date(), found_at=end, state="open" if is_open else "resolved",
                resolved_at=None if is_open else end + timedelta(days=1),
                resolved_by_id=None if is_open else world.team.owner,
                resolution=None if is_open else "Rounded by the gateway; accepted.",
            )  # fmt: skip

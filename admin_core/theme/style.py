"""The style page: every component in every state, with invented data. The visual test, and what authors build from."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import render_template

from admin_core.theme import charts, formats
from admin_core.theme.feedback import Message
from admin_core.theme.tiles import Decision, Tile

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
TREND = (12.0, 14.0, 13.5, 17.0, 16.0, 19.0, 22.0, 21.5, 24.0, 27.0, 26.0, 31.0)


def style_page(lookup_url: str = "") -> str:
    """Answer the style page; the app registers this at a route of its own. With an address the picker searches."""
    now = datetime.now(UTC)
    return render_template(
        "admin/style.html",
        now=now,
        lookup_url=lookup_url,
        today=date(2026, 3, 5),
        rows=_rows(now),
        tiles=_tiles(now),
        charts=_charts(),
        series=_series(now),
        decisions=_decisions(),
        timeline=_timeline(now),
        record={"plan": "growth", "seats": 5, "features": ["search", "export"], "trial": None},
        done=Message(text="Saved Nomsa Dlamini.", tone="success", undo_url="#"),
    )


def _rows(now: datetime) -> list[dict[str, Any]]:
    names = ("Ada Nkosi", "Finn van der Merwe", "Nomsa Dlamini", "Otto Pillay")
    states = (("active", "success"), ("past due", "warning"), ("blocked", "danger"), ("draft", "neutral"))
    amounts = (69900, 149900, -29900, 599900)
    return [
        {"id": i + 1, "name": name, "status": status, "cents": cents, "at": now - timedelta(hours=7**i)}
        for i, (name, status, cents) in enumerate(zip(names, states, amounts, strict=True))
    ]


def _tiles(now: datetime) -> list[Tile]:
    return [
        Tile("Income", formats.money(123456700), "this month", "#", "+4,2 %", "up", "success", now, TREND),
        Tile("Errors", "0,8 %", "last 7 days", "#", "+0,3 %", "up", "danger", now, TREND[::-1]),
        Tile("Accounts", formats.number(12480), "today", "#", "no change", "flat", "neutral", now, TREND[:6]),
        Tile("Cost", "none", "this month", note="No cost has been imported for this month yet."),
    ]


def _charts() -> dict[str, charts.Chart]:
    money = lambda value: formats.money(round(value * 100))  # noqa: E731 - one format for two charts
    steps = [charts.Step("Start", 82, total=True), charts.Step("New", 14), charts.Step("More", 6)]
    steps += [charts.Step("Less", -4), charts.Step("Lost", -9), charts.Step("End", 89, total=True)]
    cohorts = [(f"{month} 2026", [1.0, *(0.9 - 0.07 * n for n in range(5 - i))]) for i, month in enumerate(MONTHS[:6])]
    return {
        "bars": charts.bars(list(zip(MONTHS, (*TREND[:-2], -4, 31), strict=True)), "Net change per month"),
        "lines": charts.lines(MONTHS, [("This year", TREND), ("Last year", [v * 0.7 + 3 for v in TREND])], "Use"),
        "waterfall": charts.waterfall(steps, "Movement", money),
        "funnel": charts.funnel([("Visited", 12480), ("Signed up", 3120), ("Tried", 1870), ("Paid", 640)], "Funnel"),
        "heat_map": charts.heat_map([f"Month {n}" for n in range(6)], cohorts, "Kept, by month of start"),
    }


def _series(now: datetime) -> dict[str, Any]:
    start = int(now.timestamp()) - 86400 * len(TREND)
    return {"x": [start + 86400 * n for n in range(len(TREND))], "names": ["Requests"], "y": [list(TREND)]}


def _decisions() -> list[Decision]:
    return [
        Decision("Requests due this week", 3, "#", "shield-check", "danger", "The first is due tomorrow."),
        Decision("Reviews waiting", 12, "#", "checklist", "warning"),
        Decision("Alerts firing", 1, "#", "bell", "info"),
    ]


def _timeline(now: datetime) -> list[dict[str, Any]]:
    entries = (
        (timedelta(minutes=4), "Status changed", "draft → active", "Ada Nkosi", "edit", "accent"),
        (timedelta(hours=5), "Job failed", "The mail server did not answer.", "system", "alert-triangle", "danger"),
        (timedelta(days=40), "Created", "", "import", "plus", "neutral"),
    )
    names = ("title", "text", "who", "icon", "tone")
    return [{"at": now - age, "url": "#", **dict(zip(names, words, strict=True))} for age, *words in entries]

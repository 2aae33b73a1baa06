"""Routes of dashboards and of explanations. Everything works as a link; with a script the cards come after the page."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Flask, Response, render_template, request
from flask.typing import ResponseReturnValue

from admin_core.access import signed_in
from admin_core.audit.reads import page_reads
from admin_core.contained import PartFailed
from admin_core.contributions import Card, Dashboard, Figure, Picture, Trend
from admin_core.dashboards import cards, explaining, trends
from admin_core.dashboards.cards import Board
from admin_core.dashboards.figures import UnknownFigure
from admin_core.dashboards.tiles import owner_of, rows_url, tile_of
from admin_core.exports.texts import FORMATS, head, record
from admin_core.generator.context import Context
from admin_core.generator.errors import BadRequest, NotFound, TooSlow
from admin_core.generator.view import is_fragment
from admin_core.machine import machine, request_session
from admin_core.menu import figure_url
from admin_core.period_choice import COMPARISONS, NAMES, BadPeriod, Choice, read
from admin_core.policy import require_permission
from admin_core.surfaces import POLICY, admin, declare
from admin_core.theme.formats import NBSP

blueprint = Blueprint("dashboards", __name__)
HINT = "Choose a period on the page, or leave the address without one."
ALL_AT_ONCE = "all"
"""With this in the address a dashboard is one page: for printing, and where no script runs."""


def install(app: Flask) -> None:
    """Mount the pages; each asks for the permission of the dashboard or figure at hand."""
    app.register_blueprint(blueprint)
    declare(app, {"dashboards.*": admin(POLICY)})


# --- Dashboards
@blueprint.get("/admin/dashboards/<plugin>/<slug>")
def dashboard(plugin: str, slug: str) -> ResponseReturnValue:
    """Show a dashboard: its cards come after the page, or with it when that is asked for."""
    ctx, board = context(), board_of(plugin, slug)
    shown = all_cards(ctx, board) if ALL_AT_ONCE in request.args else None
    return render_template("admin/dashboards/dashboard.html", board=board, shown=shown, **picker(board.choice))


def all_cards(ctx: Context, board: Board) -> list[cards.Shown]:
    """Return every card with what it says."""
    circuits = machine().plugins.circuits
    return [cards.shown(ctx, board, card, machine().figures, circuits) for card in board.cards]


@blueprint.get("/admin/dashboards/<plugin>/<slug>/cards/<card>")
def one_card(plugin: str, slug: str, card: str) -> ResponseReturnValue:
    """Show one card: a part of the page for a script, a page of its own otherwise."""
    ctx, board = context(), board_of(plugin, slug)
    shown = cards.shown(ctx, board, card_of(board, card), machine().figures, machine().plugins.circuits)
    words = {"board": board, "card": shown, "partial": is_fragment()}
    return render_template("admin/dashboards/card.html", **words, **picker(board.choice))


@blueprint.get("/admin/dashboards/<plugin>/<slug>/cards/<card>/values.csv")
def card_values(plugin: str, slug: str, card: str) -> ResponseReturnValue:
    """Send what a card shows as a file: figures as numbers, a picture as its table."""
    ctx, board = context(), board_of(plugin, slug)
    found = card_of(board, card)
    try:
        with cards.boxed(ctx, board, found, machine().plugins.circuits):
            names, rows = table_of(ctx, board, found)
    except PartFailed as failure:
        raise TooSlow(failure.sentence, "Choose a shorter period.") from failure
    return as_csv(f"{board.dashboard.slug}-{found.slug}", board.choice, names, rows)


@blueprint.get("/admin/dashboards/<plugin>/<slug>/cards/<card>/explain")
def explained_card(plugin: str, slug: str, card: str) -> ResponseReturnValue:
    """Explain a picture."""
    ctx, board = context(), board_of(plugin, slug)
    found = card_of(board, card)
    if not isinstance(found, Picture):
        raise NotFound("This card shows figures, and each has an explanation of its own.", "Go back to the dashboard.")
    shown = cards.shown(ctx, board, found, machine().figures, machine().plugins.circuits)
    words = {"board": board, "card": shown, "meaning": explaining.meaning_of(ctx, found), "partial": False}
    return render_template("admin/dashboards/explain_card.html", **words, **picker(board.choice))


def table_of(ctx: Context, board: Board, card: Card) -> tuple[Iterable[str], Iterable[Iterable[Any]]]:
    """Return the head and the rows of a card's file."""
    if isinstance(card, Picture):
        chart = card.draw(ctx.session, board.choice.period).chart
        rows = [[cell.replace(NBSP, " ") for cell in row] for row in chart.rows] if chart else []
        return (chart.head if chart else [""]), rows
    known = machine().figures
    shown = [known.named(name) for name in cards.names_of(card)]
    return trends.table_of(trends.series_of(ctx.session, ctx.person, shown, board.choice.period))


# --- Figures
@blueprint.get("/admin/figures/<name>")
def figure(name: str) -> ResponseReturnValue:
    """Explain a figure: what it means, how it went, where its rows are."""
    ctx, found = context(), figure_named(name)
    choice = chosen(found.home or "this_month")
    circuits = machine().plugins.circuits
    trend = Trend(slug=found.name, title=found.title, figures=(found.name,), kind="lines" if found.level else "bars")
    board = Board(owner_of(found), Dashboard(slug="", title="", permission="", cards=(trend,)), (trend,), choice)
    return render_template(
        "admin/dashboards/figure.html",
        figure=found,
        meaning=explaining.meaning_of(ctx, found),
        tile=tile_of(ctx, found, choice, circuits),
        card=cards.shown(ctx, board, trend, machine().figures, circuits),
        rows_url=rows_url(ctx, found, choice.period),
        csv_url=cards.with_period(f"{figure_url(found.name)}/values.csv", choice),
        check_url=cards.with_period(f"{figure_url(found.name)}/check", choice),
        **picker(choice),
    )


@blueprint.get("/admin/figures/<name>/check")
def figure_check(name: str) -> ResponseReturnValue:
    """Say whether the rows themselves come to the same number."""
    ctx, found = context(), figure_named(name)
    checked = explaining.check(ctx, found, chosen(found.home or "this_month"))
    words = {"figure": found, "checked": checked, "partial": is_fragment()}
    return render_template("admin/dashboards/check.html", **words)


@blueprint.get("/admin/figures/<name>/values.csv")
def figure_values(name: str) -> ResponseReturnValue:
    """Send a figure over time as a file."""
    ctx, found = context(), figure_named(name)
    choice = chosen(found.home or "this_month")
    names, rows = trends.table_of(trends.series_of(ctx.session, ctx.person, [found], choice.period))
    return as_csv(found.name, choice, names, rows)


# --- What a request names
def context() -> Context:
    """Return this request's surroundings."""
    person, parts = signed_in(), machine()
    session, now = request_session(person), datetime.now(UTC)
    return Context(session, person, parts.registry, parts.cipher, now, reads=page_reads())


def board_of(plugin: str, slug: str) -> Board:
    """Return the dashboard of an address, as this person may see it."""
    parts, person = machine(), signed_in()
    offered = [answer for answer in parts.plugins.collect("register_dashboards") if answer.plugin == plugin]
    found: Dashboard | None = next((each for answer in offered for each in answer.items if each.slug == slug), None)
    if found is None:
        raise NotFound("There is no such dashboard.", "It may have been switched off with its plugin.")
    require_permission(person, found.permission, f"see the dashboard {found.title}")
    known = parts.figures
    titles = {figure.name: figure.title for figure in known}
    return Board(plugin, found, cards.cards_seen_by(person, found, known), chosen(found.period), titles)


def card_of(board: Board, slug: str) -> Card:
    """Return a card of a dashboard."""
    found = board.card(slug)
    if found is None:
        raise NotFound(f"{board.dashboard.title} has no such card.", "It may show figures that you may not see.")
    return found


def figure_named(name: str) -> Figure:
    """Return the figure of an address; Refused for who may not see it."""
    try:
        found = machine().figures.named(name)
    except UnknownFigure as error:
        raise NotFound(str(error), "Open it from the page that shows it.") from None
    require_permission(signed_in(), found.permission, f"see {found.title}")
    return found


def chosen(default: str) -> Choice:
    """Return the period that the address asks for."""
    try:
        return read(request.args, datetime.now(UTC), default)
    except BadPeriod as error:
        raise BadRequest(str(error), HINT) from None


def picker(choice: Choice) -> dict[str, Any]:
    """Return what the period picker shows."""
    return {"choice": choice, "period_names": NAMES, "comparisons": COMPARISONS}


def as_csv(name: str, choice: Choice, names: Iterable[str], rows: Iterable[Iterable[Any]]) -> Response:
    """Return values as a file, safe to open in a spreadsheet."""
    form, names = FORMATS["csv"], list(names)
    body = head(form, names) + b"".join(record(form, names, row) for row in rows)
    filename = f"{name}-{choice.days[0].isoformat()}-{choice.last_day.isoformat()}.csv"
    return Response(
        body, mimetype=form.media_type, headers={"Content-Disposition": f'attachment; filename="{filename}"'}
    )

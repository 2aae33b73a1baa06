"""Pages of the theme without a browser: the policy, the frame's cost in bytes, errors, messages, escaping."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, flash, render_template, render_template_string
from markupsafe import Markup

from admin_core.conformance.markup import FORBIDDEN, in_template
from admin_core.theme import cells, charts, csp, errors, tiles
from admin_core.theme.drawing import scale
from admin_core.theme.frame import Frame, FramePerson, NavItem
from tests.admin_core.theme.site import make_site, navigation

ROOT = Path(__file__).parents[3]
TEMPLATES = sorted(
    [*(ROOT / "admin_core" / "templates").rglob("*.html"), *(ROOT / "plugins").rglob("templates/**/*.html")]
)


@pytest.fixture(scope="module")
def site() -> Flask:
    return make_site()


@pytest.fixture
def context(site: Flask) -> Iterator[None]:
    with site.test_request_context():
        yield


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_hold_nothing_the_policy_would_block(path: Path) -> None:
    assert in_template(path.read_text()) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("inline script", "<script>x"),
        ("style attribute", '<p style="x">'),
        ("inline handler", '<a onclick="x">'),
        ("other host", '<img src="//x">'),
        ("hx without target", '<a hx-get="/x">'),
        ("trigger filter", 'hx-trigger="click[x]"'),
        ("unsafe", "{{ x | safe }}"),
    ],
)
def test_the_template_rules_bite(name: str, text: str) -> None:
    assert re.search(FORBIDDEN[name], text)


def test_every_answer_carries_the_policy(site: Flask) -> None:
    headers = site.test_client().get("/style").headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_page_may_widen_only_forms_and_frames() -> None:
    wide = csp.policy(form_action=("https://app.example",), frames=True)
    assert "form-action 'self' https://app.example;" in wide
    assert wide.endswith("frame-src 'self'")
    assert csp.policy() == csp.POLICY
    assert "unsafe" not in wide


def rendered(entries: int) -> str:
    app = make_site(framed=False)
    with app.test_request_context():
        frame = Frame(person=FramePerson("Ada Nkosi", "Owner"), navigation=navigation(entries))
        return render_template("admin/error.html", frame=frame, status=200, title="Page", sentence="", advice="")


def test_a_hundred_entries_cost_at_most_12_kb() -> None:
    assert len(rendered(100)) - len(rendered(4)) < 12_000


def test_a_short_sidebar_is_open_and_has_no_filter() -> None:
    assert "data-nav-filter" not in rendered(8)
    assert "data-nav-filter" in rendered(40)
    assert rendered(40).count('<details class="nav-group" open>') == 1


def test_the_base_works_without_frame_and_person() -> None:
    app = make_site(framed=False)
    with app.test_request_context():
        bare = render_template("admin/plain.html", title="Sign in")
        framed = render_template("admin/plain.html", title="Sign in", frame=Frame(product="HireInbox"))
    assert '<h1 class="plain-title">Sign in</h1>' in bare
    assert "HireInbox" in framed
    assert 'id="sidebar"' not in bare + framed


@pytest.mark.parametrize("status", sorted(errors.ERRORS))
def test_every_error_says_what_happened_and_what_to_do(site: Flask, status: int) -> None:
    answer = site.test_client().get(f"/error/{status}")
    text = errors.ERRORS[status]
    page = Markup(answer.text).unescape()
    assert answer.status_code == status
    assert text.sentence in page
    assert text.advice in page
    assert "01JD-TEST" in page


def test_an_error_inside_a_page_is_a_notice_not_a_page(site: Flask) -> None:
    answer = site.test_client().get("/error/503", headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert 'role="alert"' in answer.text


def test_the_lists_html_stays_light(site: Flask) -> None:
    row = (
        '{% for row in rows %}<tr data-href="/x">{{ td_select("f", row, "Ada") }}<td><a href="{{ row }}">Ada</a>'
        "</td>{% for _ in range(9) %}<td>{{ money_cell(123456) }}</td>{% endfor %}</tr>{% endfor %}"
    )
    page = (
        '{% extends "admin/base.html" %}{% from "components/table.html" import td_select %}{% block body %}<table>'
        + row
        + "</table>{% endblock %}"
    )
    with site.test_request_context():
        assert len(render_template_string(page, rows=range(50))) < 60_000


@pytest.mark.usefixtures("context")
def test_messages_become_toasts_with_their_tone() -> None:
    flash("Plain", "error")
    page = render_template("admin/plain.html")
    assert '<div class="toast-note tone-danger" data-toast>' in page


def test_undo_is_offered_by_a_form(site: Flask) -> None:
    page = site.test_client().get("/done").text
    assert '<form method="post" action="/undo/1">' in page


@pytest.mark.parametrize(
    "made",
    [
        cells.badge("<b>", "success"),
        cells.text_cell("<b>"),
        cells.text_cell("<b>" * 100),
        cells.link_cell("<b>", '"><b>'),
        cells.tags_cell(["<b>"]),
        cells.code_block({"a": "<b>"}),
        cells.masked_cell("<b>"),
        cells.money_cell(1, "<b>"),
        cells.number_cell(1, "<b>"),
        charts.bars([("<b>", 1)], "<b>").svg,
        charts.lines(["<b>"], [("<b>", [1.0])], "<b>").svg,
        charts.funnel([("<b>", 1)], "<b>").svg,
        charts.waterfall([charts.Step("<b>", 1)], "<b>").svg,
        charts.heat_map(["<b>"], [("<b>", [1.0])], "<b>").svg,
    ],
)
def test_nothing_typed_by_people_becomes_markup(made: Markup) -> None:
    assert "<b>" not in made
    assert "&lt;b&gt;" in made


@pytest.mark.parametrize(
    "cell",
    [
        cells.moment_cell,
        cells.exact_moment_cell,
        cells.date_cell,
        cells.money_cell,
        cells.number_cell,
        cells.percent_cell,
        cells.boolean_cell,
        cells.text_cell,
        cells.tags_cell,
    ],
)
def test_nothing_is_shown_as_a_dash_and_said_as_a_word(cell: object) -> None:
    assert cell(None) == cells.DASH  # type: ignore[operator]  # each takes one value


def test_a_moment_cell_is_exact_in_title_and_machine_form() -> None:
    at = datetime(2026, 3, 5, 12, 7, tzinfo=UTC)
    cell = cells.moment_cell(at, datetime(2026, 3, 5, 15, 7, tzinfo=UTC))
    assert cell == '<time datetime="2026-03-05T14:07:00+02:00" title="2026-03-05 14:07 SAST">3\u00a0h ago</time>'


@pytest.mark.parametrize(
    ("values", "marks"),
    [
        ([0.0], (0, 0.25, 0.5, 0.75, 1)),
        ([82, 105], (0, 50, 100, 150)),
        ([-4, 31], (-10, 0, 10, 20, 30, 40)),
        ([], (0, 0.25, 0.5, 0.75, 1)),
        ([0.03], (0, 0.01, 0.02, 0.03)),
    ],
)
def test_axes_have_round_marks_around_zero(values: list[float], marks: tuple[float, ...]) -> None:
    assert scale(values).marks == pytest.approx(marks)


def test_a_waterfall_ends_where_its_changes_lead() -> None:
    steps = [
        charts.Step("Start", 10, total=True),
        charts.Step("New", 4),
        charts.Step("Lost", -1),
        charts.Step("End", 13, total=True),
    ]
    assert [row[2] for row in charts.waterfall(steps, "Movement").rows] == ["10", "14", "13", "13"]
    assert charts.waterfall(steps, "Movement").rows[1] == ("New", "+4", "14")


@pytest.mark.parametrize(
    ("series", "words"),
    [
        ([("A", [1.0, None])], ["5 Mar: 1", "6 Mar: no data"]),
        ([("A", [1.0, None]), ("B", [2.0, 3.0])], ["5 Mar: A 1, B 2", "6 Mar: A no data, B 3"]),
    ],
)
@pytest.mark.parametrize("draw", [charts.lines, charts.columns])
def test_each_stretch_of_a_drawing_says_its_values_under_the_pointer(draw: Any, series: Any, words: list[str]) -> None:
    drawn = draw(["5 Mar", "6 Mar"], series, "x").svg
    assert re.findall(r'<rect class="band"[^>]*><title>([^<]*)</title>', drawn) == words


@pytest.mark.parametrize(
    "chart",
    [
        charts.bars([], "x"),
        charts.lines([], [], "x"),
        charts.waterfall([], "x"),
        charts.funnel([], "x"),
        charts.heat_map([], [], "x"),
    ],
)
def test_charts_of_nothing_are_drawn(chart: charts.Chart) -> None:
    assert chart.svg.endswith("</svg>")
    assert chart.rows == ()


@pytest.mark.parametrize(
    ("value", "before", "said"),
    [
        (110, 100, ("+10,0\u00a0%", "up")),
        (90, 100, ("-10,0\u00a0%", "down")),
        (100, 100, ("no change", "flat")),
        (5, 0, ("", "flat")),
        (5, None, ("", "flat")),
        (-5, -10, ("+50,0\u00a0%", "up")),
    ],
)
def test_a_tile_compares_with_the_period_before(value: float, before: float | None, said: tuple[str, str]) -> None:
    assert tiles.change(value, before) == said


def test_sample_data_of_a_series_survives_its_attribute(site: Flask) -> None:
    page = site.test_client().get("/style").text
    found = re.search(r'data-series="([^"]+)"', page)
    assert found
    assert json.loads(Markup(found.group(1)).unescape())["names"] == ["Requests"]


def test_entries_are_counted_with_links() -> None:
    assert Frame(navigation=navigation(4), links=(NavItem("x", "/x"),)).entries == 7

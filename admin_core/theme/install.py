"""Puts the theme into a Flask app: filters, functions, static files, error pages."""

from pathlib import Path

from flask import Flask
from flask_admin.theme import Theme
from jinja2 import ChoiceLoader, FileSystemLoader

from admin_core.theme import cells, charts, feedback, formats
from admin_core.theme.assets import asset, blueprint
from admin_core.theme.icons import icon
from admin_core.theme.sidebar import nav_group

TEMPLATES = Path(__file__).parent.parent / "templates"

FILTERS = {
    "money": formats.money,
    "number": formats.plain_number,
    "percent": formats.percent,
    "duration": formats.duration,
    "bytes": formats.bytes_,
    "day": formats.day,
    "in_sentence": formats.in_sentence,
    "absolute": formats.absolute,
}
FUNCTIONS = {
    "asset": asset,
    "icon": icon,
    "badge": cells.badge,
    "moment_cell": cells.moment_cell,
    "exact_moment_cell": cells.exact_moment_cell,
    "date_cell": cells.date_cell,
    "money_cell": cells.money_cell,
    "number_cell": cells.number_cell,
    "percent_cell": cells.percent_cell,
    "boolean_cell": cells.boolean_cell,
    "text_cell": cells.text_cell,
    "masked_cell": cells.masked_cell,
    "link_cell": cells.link_cell,
    "tags_cell": cells.tags_cell,
    "code_block": cells.code_block,
    "flash_messages": feedback.messages,
    "nav_group": nav_group,
    "tone": cells.tone,
    "sparkline": charts.sparkline,
    "bars": charts.bars,
    "lines": charts.lines,
    "waterfall": charts.waterfall,
    "funnel": charts.funnel,
    "heat_map": charts.heat_map,
}


def flask_admin_theme() -> Theme:
    """Return our theme as Flask-Admin wants it: an absolute folder replaces its whole template set."""
    return Theme(folder=str(TEMPLATES), base_template="admin/base.html")


def install(app: Flask) -> None:
    """Make the theme's templates, filters, functions and static files available to every page of the app."""
    loaders = [app.jinja_loader] if app.jinja_loader is not None else []
    app.jinja_loader = ChoiceLoader([*loaders, FileSystemLoader(TEMPLATES)])
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(FUNCTIONS)
    app.register_blueprint(blueprint())


def compile_templates(app: Flask) -> None:
    """Compile every template of ours now."""
    for path in TEMPLATES.rglob("*.html"):
        app.jinja_env.get_template(path.relative_to(TEMPLATES).as_posix())

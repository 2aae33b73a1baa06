"""Pages of plugins: whatever they ask the database is limited in time, after a refusal as well."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from admin_core.database import LIST_TIMEOUT_MS
from admin_core.plugin_sources import OUTSIDE, forget_modules
from tests.journeys.site import Site, make_site, token_in

PLUGIN = '''"""A page that shows how long its statements may take."""

from sqlalchemy import func, select

from admin_core.contributions import ActionRefused, Manifest, Page, Permission
from admin_core.hookspecs import hookimpl
from schema.views import SavedView

MANIFEST = Manifest(name="limits", title="Limits", description="A test.")
READ, WRITE = "limits:things:read", "limits:things:change"


def limit(session):
    known = select(func.count(SavedView.id)).subquery()
    return session.scalar(select(func.current_setting("statement_timeout")).select_from(known))


def show(visit):
    return {"limit": limit(visit.session)}


def refuse(visit):
    raise ActionRefused(f"It posts within {limit(visit.session)}.", hint="Wait.")


@hookimpl
def register_permissions():
    return [Permission(READ, "see things"), Permission(WRITE, "change things")]


@hookimpl
def register_pages():
    return [
        Page(slug="page", title="Limits", permission=READ, load=show, template="limits/page.html", post=refuse,
             post_permission=WRITE)
    ]
'''
TEMPLATE = (
    '{% extends "admin/base.html" %}{% block body %}{{ problem.sentence }} It loads within {{ limit }}.{% endblock %}'
)
WITHIN = f"within {LIST_TIMEOUT_MS // 1000}s."


@pytest.fixture
def site(fresh_database: str, tmp_path: Path) -> Iterator[Site]:
    folder = tmp_path / "limits"
    (folder / "templates/limits").mkdir(parents=True)
    (folder / "plugin.py").write_text(PLUGIN)
    (folder / "templates/limits/page.html").write_text(TEMPLATE)
    site = make_site(fresh_database, plugin_paths=(str(folder),))
    yield site
    site.machine.database.engine.dispose()
    forget_modules(f"{OUTSIDE}.limits")


def test_statements_are_limited_when_a_page_loads_posts_and_loads_again_after_a_refusal(site: Site) -> None:
    owner, url = site.client("Owner"), "/admin/limits/page"
    page = owner.get(url)
    assert f"It loads {WITHIN}" in page.text
    refused = owner.post(url, data={"csrf_token": token_in(page.text)})
    assert refused.status_code == 422
    assert f"It posts {WITHIN}" in refused.text
    assert f"It loads {WITHIN}" in refused.text

"""The pages as HTML: every control, the summary, the conflict, the inline rows, and no inline script."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask, render_template
from playwright.sync_api import sync_playwright
from werkzeug.datastructures import MultiDict
from werkzeug.serving import make_server

from admin_core.generator.context import Context
from admin_core.generator.forms.deleting import delete_page
from admin_core.generator.forms.pages import form_page
from admin_core.generator.forms.views import FormPage
from tests.admin_core.generator.forms.filling import opened, sent, submit
from tests.admin_core.generator.forms.shapes import Contract, Desk, Firm
from tests.admin_core.generator.models import Owner, Thing
from tests.admin_core.theme.site import make_site
from tests.browsers import launch


@pytest.fixture(scope="module")
def app() -> Flask:
    return make_site()


def drawn(app: Flask, template: str, page: object) -> str:
    with app.test_request_context("/"):
        html = render_template(f"admin/data/{template}.html", page=page)
    assert not re.search(r"<script(?![^>]*\ssrc=)|\son\w+=|\sstyle=|javascript:", html)
    return html


def inner(html: str) -> str:
    return html.partition('<main id="main"')[2]


def test_every_kind_of_field_is_drawn(ctx: Context, app: Flask) -> None:
    owner = Owner(name="Nomsa <b>")
    ctx.session.add(owner)
    ctx.session.flush()
    one = Thing(
        title='A "quoted" <i>', notes="\nfirst line empty", owner_id=owner.id, labels=["a", "b"], extra={"a": 1}
    )
    ctx.session.add(one)
    ctx.session.flush()
    html = drawn(app, "form", opened(ctx, ctx.registry.spec("shapes.things"), str(one.id)))
    assert 'value="A &#34;quoted&#34; &lt;i&gt;"' in html
    assert ">\n\nfirst line empty</textarea>" in html
    assert f'<option value="{owner.id}" selected>Nomsa &lt;b&gt;</option>' in html
    assert 'data-role="lookup" data-url="/admin/data/shapes.owners/lookup"' in html
    assert 'name="c-owner_id~search"' in html
    assert 'type="datetime-local"' in html
    assert "<dt>Blob</dt><dd>Not editable here.</dd>" in html
    assert 'name="version" value="gAAAA' in html
    assert "What it is called." in html
    for name in ("meta", "process", "validate", "data", "errors", "populate_obj"):
        assert f'name="c-{name}"' in html


def test_errors_stand_beside_fields_and_in_a_summary_that_links_to_them(ctx: Context, app: Flask) -> None:
    html = drawn(app, "form", submit(ctx, ctx.registry.spec("shapes.things"), title="", amount="1,234"))
    assert '<a href="#c-title">Title</a>: Fill this in.' in html
    assert 'id="c-title-error"' in html
    assert re.search(r'id="c-title"[^>]*aria-invalid="true"[^>]*aria-describedby="c-title-error', html)
    assert 'value="1,234"' in html


def test_a_conflict_offers_both_values(ctx: Context, app: Flask) -> None:
    one = Thing(title="Kettle")
    ctx.session.add(one)
    ctx.session.flush()
    spec = ctx.registry.spec("shapes.things")
    data = sent(opened(ctx, spec, str(one.id)), title="Mine")
    ctx.session.execute(sa.update(Thing).values(title="Theirs"))
    html = drawn(app, "form", form_page(ctx, spec, str(one.id), data))
    assert 'name="choose-title" value="theirs"' in html
    assert "Theirs</span>" in html
    assert 'value="Mine"' in html


def test_the_page_before_a_deletion(ctx: Context, app: Flask) -> None:
    firm = Firm(name="Acme")
    firm.desks = [Desk(label="A", seats=1)]
    ctx.session.add(firm)
    ctx.session.flush()
    html = drawn(app, "delete", delete_page(ctx, ctx.registry.spec("forms.firms"), str(firm.id)))
    assert "Desks: 1</a>" in html
    assert "Delete 2 rows" in html
    ctx.session.add(Contract(firm_id=firm.id, text="t"))
    ctx.session.flush()
    html = inner(drawn(app, "delete", delete_page(ctx, ctx.registry.spec("forms.firms"), str(firm.id))))
    assert "depend on it" in html
    assert "<button" not in html.partition("</main>")[0]


@pytest.fixture(scope="module")
def served(app: Flask) -> Iterator[str]:
    app.add_url_rule("/form", "form", lambda: app.config["form"])
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.browser
def test_a_browser_adds_inline_rows_and_sends_what_was_typed(
    ctx: Context, app: Flask, served: str, tmp_path: Path
) -> None:
    page = opened(ctx, ctx.registry.spec("forms.firms"))
    app.config["form"] = drawn(app, "form", page)
    said: list[str] = []
    posted: list[str] = []
    with sync_playwright() as playwright:
        browser = launch(playwright)
        tab = browser.new_page(base_url=served)
        tab.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.route(
            "**/admin/data/forms.firms/new",
            lambda route: (posted.append(route.request.post_data or ""), route.fulfill(body="ok"))[1],
        )
        tab.goto("/form")
        tab.fill("#c-name", "Acme")
        tab.click("[data-inline-add=desks]")
        tab.click("[data-inline-add=desks]")
        tab.fill("#i-desks-1-c-label", "Second")
        tab.screenshot(path=tmp_path / "form.png", full_page=True)
        tab.click(".save-bar .btn-primary")
        tab.wait_for_url("**/new")
        browser.close()
    assert said == []
    fields = MultiDict(pair.split("=") for pair in posted[0].split("&"))
    assert (fields["c-name"], fields["i-desks-1-c-label"], fields["i-desks-1-c-is_open"]) == ("Acme", "Second", "false")
    assert "i-desks-__n__-c-label" not in fields
    assert isinstance(page, FormPage)

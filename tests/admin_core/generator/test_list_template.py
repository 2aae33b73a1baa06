"""The list as it is sent: readable without script, within its weight, nothing inline."""

import re

import pytest
from flask import Flask, render_template

from tests.admin_core.generator.shapes_world import MASKED, World, add_owners, add_things
from tests.admin_core.theme.site import make_site


@pytest.fixture(scope="module")
def site() -> Flask:
    return make_site()


def drawn(site: Flask, world: World, name: str, query: str = "") -> str:
    """Return the list as HTML."""
    page = world.open(name, query)
    with site.test_request_context(f"/admin/data/{name}/"):
        return render_template("admin/data/list.html", page=page, csrf_token=lambda: "token")


def test_fifty_rows_stay_within_their_weight(site: Flask, world: World) -> None:
    add_owners(world.session, 60)
    html = drawn(site, world, "owners")
    assert html.count("<tr data-href") == 50
    assert len(html.encode()) < 60_000


def test_every_part_is_drawn_without_inline_script_or_style(site: Flask, world: World) -> None:
    add_owners(world.session, 30)
    add_things(world.session, 30)
    for name, query in (
        ("owners", "size=25&f.colour.eq=red&f2.colour.eq=blue&add=joined_at"),
        ("things", "f.rank.eq=1&add=owner_id"),
        ("things", "f.rank.eq=x"),
        ("things", "f.rank.eq=999"),
        ("topics", ""),
        ("things", "add=colour&size=25"),
        ("things", "add=rank&sort=id&size=25&last=1"),
    ):
        html = drawn(site, world, name, query)
        main = html[html.index("<main") : html.index("</main>")]
        assert not re.search(r"<script|\son\w+=|\sstyle=|javascript:|hx-on", main)
        assert len(re.findall(r"<form[^>]*method=\"post\"", main)) == main.count('name="csrf_token"')


def test_headers_say_how_the_list_is_sorted_and_why_a_column_cannot(site: Flask, world: World) -> None:
    add_owners(world.session, 3)
    html = drawn(site, world.as_person(MASKED), "owners")
    assert html.count('aria-sort="descending"') == 1
    assert "not sort by them" in html
    assert re.search(r'<th scope="row"><a href="/admin/data/shapes.owners/record/', html)


def test_empty_lists_say_which_kind_of_empty(site: Flask, world: World) -> None:
    assert "No topics yet" in drawn(site, world, "topics")
    assert "No topics match" in drawn(site, world, "topics", "f.label.eq=x")
    html = drawn(site, world, "topics", "f.nothing.eq=x")
    assert "This filter can&#39;t be used" in html
    assert 'role="alert"' in html

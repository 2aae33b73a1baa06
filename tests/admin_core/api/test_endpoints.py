"""Routes and the functions behind them: what fits, and what is wrong in which words."""

from collections.abc import Callable
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest

from admin_core.api.calls import Call
from admin_core.api.endpoints import endpoint_of
from admin_core.api.models import Model, NoQuery, Query
from admin_core.api.routes import (
    CORE_ROUTES,
    Offered,
    browser_scopes,
    complaints,
    offered_routes,
    scope_labels,
    sound,
)
from admin_core.contributions import ApiRoute, Manifest, Protocol
from admin_core.hookspecs import hookimpl
from admin_core.plugin_manager import Plugins


class Hat(Model):
    """A hat."""

    size: int


class Sizes(Query):
    """Which."""

    least: int = 0


def route(run: Callable[..., Any] | str = "x.y", **words: Any) -> ApiRoute:
    return ApiRoute(**{"method": "GET", "path": "/hats", "summary": "List hats", "run": run, **words})


def list_hats(call: Call, query: Sizes) -> Hat:
    return Hat(size=query.least)


def make_hat(body: Hat) -> Hat:
    return body


def show_hat(id: UUID) -> Hat:  # noqa: A002
    return Hat(size=id.int)


def test_the_shapes_are_read_off_the_annotations() -> None:
    listed, made, shown = (
        endpoint_of(route(list_hats)),
        endpoint_of(route(make_hat, method="POST")),
        endpoint_of(route(show_hat, path="/hats/{id}")),
    )
    assert (listed.query, listed.body, listed.answer) == (Sizes, None, Hat)
    assert (made.query, made.body) == (NoQuery, Hat)
    assert shown.path.model_fields["id"].annotation is UUID
    assert listed.wanted == {"call", "query"}


def test_a_dotted_path_is_imported() -> None:
    assert endpoint_of(CORE_ROUTES[0]).function.__name__ == "show_key"


def strange(call: Call, hat: str) -> Hat: ...
def silent(call: Call): ...  # type: ignore[no-untyped-def]  # noqa: ANN201
def loose(call: Call) -> dict[str, int]: ...
def wide(query: dict[str, str]) -> Hat: ...
def vague(body: dict[str, str]) -> Hat: ...


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (lambda: route(strange), "asks for hat"),
        (lambda: route(silent), "must say which model it returns"),
        (lambda: route(loose), "must say which model it returns"),
        (lambda: route(wide), "its query must be"),
        (lambda: route(vague, method="POST"), "its body must be"),
        (lambda: route(make_hat), "a GET takes no body"),
        (lambda: route(list_hats, path="/hats/{id}"), "does not take id"),
    ],
)
def test_a_function_that_does_not_fit_is_refused_in_words(made: Callable[[], ApiRoute], says: str) -> None:
    with pytest.raises(TypeError, match=says):
        endpoint_of(made())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"path": "hats"}, "not words in lower case"), ({"path": "/Hats"}, "not words in lower case"),
        ({"path": "/hats/"}, "not words in lower case"), ({"path": "/hats/<id>"}, "not words in lower case"),
        ({"scope": "hats"}, "not noun:verb"), ({"scope": "hats:*"}, "not noun:verb"),
        ({"asks": True}, "only a POST"), ({"personal": "hats"}, "go together"), ({"sees": ("contact",)}, "go together"),
    ],
)  # fmt: skip
def test_a_route_that_could_only_fail_later_is_refused_at_once(words: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        route(**words)


def offered(*routes: ApiRoute) -> list[Offered]:
    return [Offered("shop", each) for each in routes]


@pytest.mark.parametrize("root", ["/api/v2", "/admin/x", "/auth", "ofrep", "/of/{rep}", "/", "/webhooks/x"])
def test_a_protocol_begins_where_nothing_of_ours_stands(root: str) -> None:
    with pytest.raises(ValueError, match="can't begin"):
        Protocol(name="OFREP", root=root, refuse="x.y")


def test_a_route_of_a_protocol_has_an_address_of_its_own() -> None:
    protocol = Protocol(name="OFREP", root="/ofrep/v1", refuse="x.y")
    ours, theirs = route(), route(protocol=protocol)
    assert (ours.address, theirs.address) == ("/api/v1/hats", "/ofrep/v1/hats")
    offered = [Offered("shop", ours), Offered("shop", theirs)]
    assert sound(offered) == offered
    assert offered[1].title == "GET /ofrep/v1/hats"


def test_hook_register_api_serves_routes_of_plugins_behind_those_of_core() -> None:
    module = ModuleType("plugins.shop.plugin")
    vars(module).update(
        MANIFEST=Manifest(name="shop", title="Shop", description="A test."),
        register_api=hookimpl(lambda: [route(list_hats)]),
    )
    plugins = Plugins()
    plugins.load("shop", lambda: module)
    found = offered_routes(plugins)
    assert [(each.plugin, each.route.path) for each in found] == [
        ("core", "/key"),
        ("core", "/status"),
        ("shop", "/hats"),
    ]


def test_two_routes_of_one_address_serve_the_first_and_are_named() -> None:
    first, second = route(path="/hats/{id}", summary="First"), route(path="/hats/{name}", summary="Second")
    found = offered(first, second)
    assert [each.route for each in sound(found)] == [first]
    ((about, sentence),) = complaints(found)
    assert (about.route, "same address" in sentence) == (second, True)


def test_a_scope_that_nobody_explains_is_named() -> None:
    silent_scope, said = route(scope="hats:read"), route(path="/caps", scope="caps:read", scope_label="read caps")
    ((about, sentence),) = complaints(offered(silent_scope, said))
    assert (about.route, sentence) == (silent_scope, "nobody says what the scope hats:read lets a key do.")
    assert scope_labels(offered(silent_scope, said)) == {"caps:read": "read caps"}


def test_a_browser_may_have_a_scope_only_when_all_it_opens_is_safe_there() -> None:
    routes = offered(
        route(scope="hats:read", browser=True),
        route(path="/caps", scope="hats:read"),
        route(path="/bows", scope="bows:read", browser=True),
        route(path="/open", browser=True),
    )
    assert browser_scopes(routes) == {"bows:read"}

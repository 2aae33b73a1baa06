"""Every operation of ``/api/v1``: core's and the plugins', but those that cannot be right. Imports none of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from admin_core.contributions import ApiRoute
from admin_core.plugin_manager import Plugins

CORE = "core"
CORE_ROUTES = (
    ApiRoute(
        method="GET",
        path="/key",
        summary="Show what this key is and may do",
        run="admin_core.api.core_routes.show_key",
        browser=True,
        statements=0,
    ),
    ApiRoute(
        method="GET",
        path="/status",
        summary="Show that the API answers",
        run="admin_core.api.core_routes.show_status",
        browser=True,
        statements=0,
    ),
)


@dataclass(frozen=True)
class Offered:
    """A route with the plugin it comes from."""

    plugin: str
    route: ApiRoute

    @property
    def place(self) -> tuple[str, str]:
        """What no two routes may share: the names of a path's parts do not tell addresses apart."""
        return self.route.method, "/".join(
            "{}" if part.startswith("{") else part for part in self.route.address.split("/")
        )

    @property
    def title(self) -> str:
        """How it is named in sentences."""
        return f"{self.route.method} {self.route.address}"


def offered_routes(plugins: Plugins) -> list[Offered]:
    """Return everything that core and running plugins offer."""
    theirs = [Offered(a.plugin, route) for a in plugins.registered("register_api") for route in a.items]
    return [*(Offered(CORE, route) for route in CORE_ROUTES), *theirs]


def sound(offered: Iterable[Offered]) -> list[Offered]:
    """Return the routes that can be served: the first of each address."""
    first: dict[tuple[str, str], Offered] = {}
    for each in offered:
        first.setdefault(each.place, each)
    return list(first.values())


def complaints(offered: Sequence[Offered]) -> list[tuple[Offered, str]]:
    """Return what is wrong with routes, in sentences."""
    kept, labelled = set(map(id, sound(offered))), scope_labels(offered)
    twice = [
        (each, "another route has the same address, so this one is not served.")
        for each in offered
        if id(each) not in kept
    ]
    silent = [
        (each, f"nobody says what the scope {each.route.scope} lets a key do.")
        for each in offered
        if each.route.scope and each.route.scope not in labelled
    ]
    return twice + silent


def scope_labels(offered: Iterable[Offered]) -> dict[str, str]:
    """Return what each scope lets a key do, by scope, in order; the first route that says it decides."""
    found: dict[str, str] = {}
    for each in offered:
        if each.route.scope and each.route.scope_label:
            found.setdefault(each.route.scope, each.route.scope_label)
    return dict(sorted(found.items()))


def browser_scopes(offered: Iterable[Offered]) -> frozenset[str]:
    """Return the scopes that a key in a web page may have: those every route of which is safe there."""
    routes = [each.route for each in offered if each.route.scope]
    return frozenset(r.scope for r in routes) - {r.scope for r in routes if not r.browser}

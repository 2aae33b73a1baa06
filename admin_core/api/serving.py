"""Serves ``/api/v1``: who calls, may they, how often, what do they say; then one transaction, then the answer.

The order is deliberate: nothing of a request is read before its key is known, and nothing runs before all is checked.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from http import HTTPStatus
from importlib import import_module
from typing import TYPE_CHECKING, cast

from flask import Blueprint, Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue

from admin_core import surfaces
from admin_core.addresses import line_of
from admin_core.api import browsers, credentials, problems
from admin_core.api.key_store import NOBODY, Key, KeyStore
from admin_core.api.limits import Limiter
from admin_core.api.problems import Problem
from admin_core.api.routes import Offered, offered_routes, sound
from admin_core.audit.refusals import Noted
from admin_core.audit.web import note_turned_away
from admin_core.contributions import ApiRoute, Protocol
from admin_core.contributions.programs import ROOT
from admin_core.machine import Machine

if TYPE_CHECKING:
    from admin_core.api.endpoints import Endpoint

EXTENSION = "admin_core.api"
DESCRIPTION = f"{ROOT}/openapi.json"
DESCRIPTION_LASTS_S = 300
TURNED_AWAY = frozenset({401, 403})


@dataclass
class Api:
    """The API of one process."""

    parts: Machine
    offered: tuple[Offered, ...]
    keys: KeyStore
    limiter: Limiter
    noted: Noted = field(default_factory=Noted)
    endpoints: dict[str, "Endpoint"] = field(default_factory=dict)

    def endpoint(self, route: ApiRoute) -> "Endpoint":
        """Return a route with its shapes, imported when first asked for."""
        from admin_core.api.endpoints import endpoint_of  # pydantic costs 0.3 s and 7 MB: not to who serves no API

        if route.name not in self.endpoints:
            self.endpoints[route.name] = endpoint_of(route)
        return self.endpoints[route.name]

    @cached_property
    def description(self) -> str:
        """The API in OpenAPI's words."""
        from admin_core.api.openapi import described

        settings = self.parts.settings
        endpoints = [(each, self.endpoint(each.route)) for each in self.offered if not each.route.protocol]
        found = described(endpoints, product=settings.product_name, public_url=settings.public_url)
        return json.dumps(found, ensure_ascii=False)  # not Flask's: it would sort the members


def install(app: Flask, parts: Machine) -> None:
    """Mount every operation of core and of running plugins."""
    offered = tuple(sound(offered_routes(parts.plugins)))
    app.extensions[EXTENSION] = Api(parts, offered, KeyStore(parts.database), Limiter(parts.settings))
    blueprint = Blueprint("api", __name__)
    by_path: dict[str, dict[str, Offered]] = {}
    for each in offered:
        by_path.setdefault(each.route.address, {})[each.route.method] = each
    app.config[problems.ROOTS] = roots_of(offered)
    for address, routes in by_path.items():
        rule = address.replace("{", "<").replace("}", ">")
        blueprint.add_url_rule(
            rule, words_of(address), view_of(routes), methods=[*routes, "OPTIONS"], provide_automatic_options=False
        )
    blueprint.add_url_rule(DESCRIPTION, "description", describe)
    blueprint.after_request(finish)
    app.register_blueprint(blueprint)
    app.register_error_handler(Problem, problems.answer)
    surfaces.declare(app, {"api.*": surfaces.public(surfaces.KEY), "api.description": surfaces.public(surfaces.ANYONE)})
    surfaces.declare(app, {f"api.{words_of(each)}": surfaces.public(surfaces.ANYONE) for each in public_ones(by_path)})


def words_of(address: str) -> str:
    """Return the endpoint of an address."""
    return address.removeprefix(ROOT).strip("/").replace("/", "-").replace("{", "").replace("}", "")


def public_ones(by_path: Mapping[str, Mapping[str, Offered]]) -> list[str]:
    """Return the addresses of which every operation is for anybody."""
    return [address for address, routes in by_path.items() if all(each.route.public_for_s for each in routes.values())]


def roots_of(offered: Sequence[Offered]) -> tuple[str, ...]:
    """Return the beginnings of all addresses that are for programs."""
    return tuple(sorted({"/api", *(f"/{each.route.root.split('/')[1]}" for each in offered)}))


def api() -> Api:
    """Return the current application's API."""
    return cast("Api", current_app.extensions[EXTENSION])


def describe() -> ResponseReturnValue:
    """Answer the description: no secret, so that tools can read it without a key, web pages among them."""
    response = Response(api().description, mimetype="application/json")
    response.headers["Cache-Control"] = f"public, max-age={DESCRIPTION_LASTS_S}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.add_etag()
    return response.make_conditional(request)


def view_of(offered: Mapping[str, Offered]) -> Callable[..., ResponseReturnValue]:
    """Return the view of one address."""

    def view(**path: str) -> ResponseReturnValue:
        routes = {method: each.route for method, each in offered.items() if is_served(each)}
        if not routes:
            raise problems.not_found()
        if request.method == "OPTIONS":
            asked = request.headers.get("Origin"), request.headers.get("Access-Control-Request-Method")
            known = api().keys.origins() if asked[0] else frozenset()
            return "", HTTPStatus.NO_CONTENT, browsers.preflight(routes.values(), *asked, known)
        route = routes.get("GET" if request.method == "HEAD" else request.method)
        if route is None:
            raise problems.not_found()
        try:
            return served(route, path)
        except Problem as problem:
            return problems.answer(problem) if route.protocol is None else in_words_of(route.protocol, problem, path)

    return view


def in_words_of(protocol: Protocol, problem: Problem, path: Mapping[str, str]) -> Response:
    """Return a refusal as the clients of a protocol understand it."""
    module, _, name = protocol.refuse.rpartition(".")
    status, body = getattr(import_module(module), name)(problem, path)
    response = Response(json.dumps(body), status, mimetype="application/json")
    response.headers.update(problem.headers)
    return response


def is_served(offered: Offered) -> bool:
    """Return whether an operation's plugin is not switched off."""
    return api().parts.plugins.is_on(offered.plugin)


def served(route: ApiRoute, path: dict[str, str]) -> Response:
    """Return the answer of an operation, or raise the Problem that says why there is none."""
    from admin_core.api.performing import performed

    now = datetime.now(UTC)
    if route.public_for_s and "Authorization" not in request.headers:
        return to_anybody(performed(api(), route, stranger(api().limiter), path, now), route)
    try:
        key = admitted(api(), route, now)
    except Problem as problem:
        if problem.status in TURNED_AWAY and api().noted.is_due(refusal_of(problem)):
            note_turned_away(problem.kind)
        raise
    return performed(api(), route, key, path, now)


def stranger(limiter: Limiter) -> Key:
    """Return who asks without a key what is public; Problem when that address asks too often."""
    g.api_headers = dict(browsers.ANY_PAGE)
    allowance = limiter.hit("public", str(line_of(request.remote_addr)), NOBODY.rate_per_minute)
    if allowance is not None and not allowance.allowed:
        detail = (
            f"An address may ask {NOBODY.rate_per_minute} times a minute without a key. Wait, and keep the answers."
        )
        raise Problem(429, "too-many-requests", detail, headers=allowance.headers)
    return NOBODY


def to_anybody(response: Response, route: ApiRoute) -> Response:
    """Return the answer so that browsers and caches may keep it; 304 when the one they have is still right."""
    response.headers["Cache-Control"] = f"public, max-age={route.public_for_s}"
    response.add_etag()
    response.make_conditional(request)
    return response


def admitted(found: Api, route: ApiRoute, now: datetime) -> Key:
    """Return who calls; Problem when this key may not do this, not from here, or not so often."""
    g.api_headers = {}
    credentials.refuse_key_in_address(request.args.items(multi=True))
    try:
        key = credentials.known_key(found.keys, credentials.header_of(request.headers, route))
        g.api_key = key  # from here on the log names it, let in or not
        credentials.require_valid(key, now)
        credentials.require_place(key, request.remote_addr)
        g.api_headers |= browsers.require_origin(key, route, request.headers.get("Origin", ""))
    except Problem as problem:
        refuse_strangers(found.limiter)
        raise problem from None
    g.api_used_at = now
    limit(found.limiter, key)
    credentials.require_scope(key, route)
    return key


def refusal_of(problem: Problem) -> str:
    """Return what makes two refusals the same: why, which key, from where."""
    key: Key | None = g.get("api_key")
    return f"{problem.kind} {key.id if key else ''} {line_of(request.remote_addr)}"


def refuse_strangers(limiter: Limiter) -> None:
    """Count a request without a key that is good here against its address.

    Not against the key: a stolen one that opens nothing from elsewhere must not use up its owner's requests either.
    """
    allowance = limiter.hit_stranger(request.remote_addr)
    if allowance is not None and not allowance.allowed:
        detail = "Too many requests without a valid key came from this address. Wait, then send a valid key."
        raise Problem(429, "too-many-failures", detail, headers=allowance.headers)


def limit(limiter: Limiter, key: Key) -> None:
    """Count a request against its key; one in web pages is everybody's, so it counts by address."""
    whose = f"{key.id} {line_of(request.remote_addr)}" if key.browser else str(key.id)
    allowance = limiter.hit("key", whose, key.rate_per_minute)
    if allowance is None:
        return
    g.api_headers |= allowance.headers
    if not allowance.allowed:
        detail = f"This key may send {key.rate_per_minute} requests a minute. Wait {allowance.reset_s} s."
        raise Problem(429, "too-many-requests", detail)


def finish(response: Response) -> Response:
    """Set the headers that the checks found, and note the key's use when the answer has gone out."""
    response.headers.update(g.get("api_headers", {}))
    if "api_used_at" in g:
        keys, key, now, address = api().keys, g.api_key, g.api_used_at, request.remote_addr
        response.call_on_close(lambda: keys.note_use(key, address, now))
    return response

"""A route with its shapes, read off the annotations of its function. Imports the function: not before it is needed."""

import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_type_hints

from pydantic import create_model

from admin_core.api.models import Model, NoQuery, Query
from admin_core.contributions import ApiRoute

GIVEN = ("call", "query", "body")


@dataclass(frozen=True)
class Endpoint:
    """What is needed to run a route and to describe it."""

    route: ApiRoute
    function: Callable[..., Model]
    wanted: frozenset[str]
    """Names of the arguments it takes."""
    path: type[Model]
    query: type[Query]
    body: type[Model] | None
    answer: type[Model]


def endpoint_of(route: ApiRoute) -> Endpoint:
    """Return the endpoint of a route; TypeError with a sentence when its function does not fit."""
    function = route.run if callable(route.run) else imported(route.run)
    hints = get_type_hints(function)
    answer = hints.pop("return", None)
    wanted = frozenset(inspect.signature(function).parameters)
    parts = frozenset(part[1:-1] for part in route.path.split("/") if part.startswith("{"))
    fields: dict[str, Any] = {part: (hints.get(part, str), ...) for part in sorted(parts)}
    endpoint = Endpoint(
        route=route,
        function=function,
        wanted=wanted,
        path=create_model("Path", __base__=Model, **fields),
        query=hints.get("query", NoQuery),
        body=hints.get("body"),
        answer=answer,
    )
    if complaint := complaint_about(endpoint, parts):
        raise TypeError(f"{route.method} {route.address}: {complaint}")
    return endpoint


def complaint_about(endpoint: Endpoint, parts: frozenset[str]) -> str:
    """Return what is wrong about the function, empty when it fits."""
    return complaint_about_names(endpoint, parts) or complaint_about_shapes(endpoint)


def complaint_about_names(endpoint: Endpoint, parts: frozenset[str]) -> str:
    """Return what is wrong about the arguments, empty when they fit."""
    if strange := endpoint.wanted - parts - set(GIVEN):
        return f"its function asks for {', '.join(sorted(strange))}. It may take {', '.join([*GIVEN, *sorted(parts)])}."
    if unused := parts - endpoint.wanted:
        return f"its function does not take {', '.join(sorted(unused))}, which stands in the path."
    return ""


def complaint_about_shapes(endpoint: Endpoint) -> str:
    """Return what is wrong about the models, empty when they fit."""
    if not is_model(endpoint.answer, Model):
        return "its function must say which model it returns, one of admin_core.api.models.Model."
    if not is_model(endpoint.query, Query):
        return "its query must be a model made from admin_core.api.models.Query."
    if endpoint.body is not None and not is_model(endpoint.body, Model):
        return "its body must be a model made from admin_core.api.models.Model."
    if endpoint.body is not None and endpoint.route.method in {"GET", "DELETE"}:
        return f"a {endpoint.route.method} takes no body."
    return ""


def is_model(found: Any, wanted: type[Model]) -> bool:
    """Return whether an annotation is a model of this kind."""
    return inspect.isclass(found) and issubclass(found, wanted)


def imported(path: str) -> Callable[..., Model]:
    """Return the function of a dotted path."""
    module, _, name = path.rpartition(".")
    found: Callable[..., Model] = getattr(importlib.import_module(module), name)
    return found

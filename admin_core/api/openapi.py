"""The API described in OpenAPI 3.1, made from the routes and their models: nothing in it is written twice."""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from pydantic.json_schema import JsonSchemaMode, models_json_schema

from admin_core.api.endpoints import Endpoint
from admin_core.api.models import Model, ProblemAnswer
from admin_core.api.repeats import HEADER
from admin_core.api.routes import CORE, Offered, scope_labels

REFERENCE = "#/components/schemas/{model}"
JSON, PROBLEM = "application/json", "application/problem+json"
ABOUT = (
    "Programs call with a key: `Authorization: Bearer hia_…`. Every refusal is a problem (RFC 9457) with a sentence."
    " Lists are walked by `next`."
)
Schema = dict[str, Any]
Described = Sequence[tuple[Offered, Endpoint]]
Refs = Mapping[tuple[type[Any], JsonSchemaMode], Schema]


def described(endpoints: Described, *, product: str, public_url: str) -> Schema:
    """Return the whole description."""
    refs, schemas = shapes(endpoints)
    paths: dict[str, Schema] = {}
    for offered, endpoint in endpoints:
        operations = paths.setdefault(offered.route.address, {})
        operations[offered.route.method.lower()] = operation(offered, endpoint, refs)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{product} API", "version": "v1", "description": ABOUT},
        "servers": [{"url": public_url}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "An API key."}},
        },
        "x-scopes": scope_labels(offered for offered, _ in endpoints),
    }


def shapes(endpoints: Described) -> tuple[Refs, Schema]:
    """Return where each model's schema stands, and the schemas."""
    wanted: dict[tuple[type[Any], JsonSchemaMode], None] = {(ProblemAnswer, "serialization"): None}
    for _, endpoint in endpoints:
        wanted[endpoint.answer, "serialization"] = None
        for model in (endpoint.query, endpoint.path, endpoint.body):
            if model is not None and model.model_fields:
                wanted[model, "validation"] = None
    refs, definitions = models_json_schema(list(wanted), ref_template=REFERENCE)
    schemas = definitions.get("$defs", {})
    inlined = {model for _, endpoint in endpoints for model in (endpoint.query, endpoint.path)}
    unused = {name_in(ref) for (model, _), ref in refs.items() if model in inlined}
    inline = {key: schemas[name_in(ref)] if key[0] in inlined else ref for key, ref in refs.items()}
    return inline, {name: schema for name, schema in schemas.items() if name not in unused}


def name_in(ref: Schema) -> str:
    """Return the name that a reference ends with."""
    return str(ref["$ref"]).rsplit("/", 1)[-1]


def operation(offered: Offered, endpoint: Endpoint, refs: Refs) -> Schema:
    """Return one operation."""
    route = offered.route
    words: Schema = {
        "operationId": route.name,
        "summary": route.summary,
        "tags": [offered.plugin if offered.plugin != CORE else "keys"],
        "security": [{"key": [route.scope] if route.scope else []}, *([{}] if route.public_for_s else [])],
        "parameters": [
            *parameters(endpoint.path, "path", refs),
            *parameters(endpoint.query, "query", refs),
            *repeat_parameter(endpoint),
        ],
        "responses": answers(endpoint, refs),
        "x-browser": route.browser,
    }
    if route.description:
        words["description"] = route.description
    if endpoint.body is not None:
        schema = refs[endpoint.body, "validation"]
        words["requestBody"] = {"required": True, "content": {JSON: {"schema": schema}}}
    return words


def parameters(model: type[Model], where: str, refs: Refs) -> Iterable[Schema]:
    """Yield the parameters that a model stands for."""
    schema = refs.get((model, "validation"), {})
    for name, found in schema.get("properties", {}).items():
        value = without_null(found)
        words = {"name": name, "in": where, "required": name in schema.get("required", ()), "schema": value}
        if text := value.pop("description", ""):
            words["description"] = text
        yield words


def without_null(schema: Schema) -> Schema:
    """Return a parameter's schema: what is left out of an address is absent, not null."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    rest = {key: value for key, value in schema.items() if key != "anyOf" and (key, value) != ("default", None)}
    rest.pop("title", None)
    if not kinds:
        return rest
    return {**kinds[0], **rest} if len(kinds) == 1 else {"anyOf": kinds, **rest}


def repeat_parameter(endpoint: Endpoint) -> Iterable[Schema]:
    """Yield the header that makes a request repeatable."""
    if endpoint.route.method == "POST" and endpoint.route.idempotency != "refused":
        yield {
            "name": HEADER,
            "in": "header",
            "required": endpoint.route.idempotency == "required",
            "description": "Random, e.g. a UUID. A repeat within 24 hours gets the answer of the first time.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
        }


def answers(endpoint: Endpoint, refs: Refs) -> Schema:
    """Return what may be answered, by status."""
    route = endpoint.route
    good = {
        "description": HTTPStatus(route.status).phrase,
        "content": {JSON: {"schema": refs[endpoint.answer, "serialization"]}},
    }
    problem = {"content": {PROBLEM: {"schema": refs[ProblemAnswer, "serialization"]}}}
    bad = {str(status): {"description": HTTPStatus(status).phrase, **problem} for status in refusals(endpoint)}
    return {str(route.status): good, **bad}


def refusals(endpoint: Endpoint) -> list[int]:
    """Return the statuses with which an operation may refuse."""
    found = {400, 401, 403, 413, 422, 429, 503}
    if endpoint.path.model_fields:
        found.add(404)
    if endpoint.route.method != "GET":
        found.add(409)
    if endpoint.body is not None:
        found.add(415)
    return sorted(found)

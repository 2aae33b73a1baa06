"""The description of the API as rows for a page: what a person needs to call an operation. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]
KINDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
}
FORMATS = {"uuid": "id", "date-time": "moment", "date": "day", "uri": "address"}
BOUNDS = (
    ("minimum", "from {}"), ("maximum", "to {}"), ("maxLength", "at most {} characters"), ("maxItems", "at most {}"),
)  # fmt: skip


@dataclass(frozen=True)
class Value:
    """A parameter, or a member of a body."""

    name: str
    kind: str
    required: bool
    help: str = ""


@dataclass(frozen=True)
class Operation:
    """One operation."""

    name: str
    method: str
    path: str
    summary: str
    description: str
    scope: str
    browser: bool
    public: bool
    parameters: tuple[Value, ...]
    body: tuple[Value, ...]
    status: str
    answer: tuple[Value, ...]


def operations(description: Schema) -> tuple[Operation, ...]:
    """Return every operation in the order of the description."""
    schemas = description["components"]["schemas"]
    return tuple(
        operation(path, method, words, schemas)
        for path, methods in description["paths"].items()
        for method, words in methods.items()
    )


def operation(path: str, method: str, words: Schema, schemas: Schema) -> Operation:
    """Return one operation."""
    status = next(iter(words["responses"]))
    body = words.get("requestBody", {}).get("content", {})
    scopes = words["security"][0]["key"]
    return Operation(
        name=words["operationId"],
        method=method.upper(),
        path=path,
        summary=words["summary"],
        description=words.get("description", ""),
        scope=scopes[0] if scopes else "",
        browser=words["x-browser"],
        public={} in words["security"],
        parameters=tuple(parameter(each) for each in words["parameters"]),
        body=members(body["application/json"]["schema"], schemas) if body else (),
        status=status,
        answer=members(words["responses"][status]["content"]["application/json"]["schema"], schemas),
    )


def parameter(words: Schema) -> Value:
    """Return a parameter of the address or a header."""
    where = {"path": "in the path", "header": "header", "query": ""}[words["in"]]
    kind = ", ".join(filter(None, (kind_of(words["schema"], {}), where)))
    return Value(words["name"], kind, words["required"], plain(words))


def members(schema: Schema, schemas: Schema, before: str = "") -> tuple[Value, ...]:
    """Return the members of an object, those of the items of a list in it behind them."""
    found: list[Value] = []
    whole = resolved(schema, schemas)
    required = whole.get("required", ())
    for name, words in whole.get("properties", {}).items():
        found.append(Value(f"{before}{name}", kind_of(words, schemas), name in required, plain(words)))
        items = resolved(words.get("items", {}), schemas)
        if items.get("properties"):
            found += members(items, schemas, f"{before}{name}[].")
    return tuple(found)


def plain(words: Schema) -> str:
    """Return a description without the marks of Markdown."""
    return str(words.get("description", "")).replace("`", "")


def resolved(schema: Schema, schemas: Schema) -> Schema:
    """Return the schema that a reference points to."""
    found: Schema = schemas[schema["$ref"].rsplit("/", 1)[-1]] if "$ref" in schema else schema
    return found


def kind_of(schema: Schema, schemas: Schema) -> str:
    """Return a type in words: ``whole number from 1 to 5, or null``."""
    if choices := schema.get("anyOf"):
        plain = [kind_of(choice, schemas) for choice in choices if choice != {"type": "null"}]
        return " or ".join(plain) + (", or null" if {"type": "null"} in choices else "")
    schema = resolved(schema, schemas)
    if "const" in schema:
        return f"“{schema['const']}”"
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {kind_of(schema.get('items', {}), schemas)}"
    kind = FORMATS.get(schema.get("format", ""), KINDS.get(schema.get("type", ""), "any value"))
    bounds = [text.format(schema[word]) for word, text in BOUNDS if word in schema]
    return " ".join([kind, *bounds])

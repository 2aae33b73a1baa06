"""The reference's words for schemas."""

from typing import Any

import pytest

from admin_core.api.reference import Value, kind_of, members

SCHEMAS: dict[str, Any] = {
    "Hat": {"properties": {"size": {"type": "integer", "description": "In `cm`."}}, "required": ["size"]},
    "Hats": {"properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/Hat"}}}},
    "Colour": {"enum": ["red", "blue"], "type": "string"},
}


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string"}, "text"), ({"type": "string", "maxLength": 80}, "text at most 80 characters"),
        ({"type": "string", "format": "uuid"}, "id"), ({"type": "string", "format": "date-time"}, "moment"),
        ({"type": "integer", "minimum": 1, "maximum": 5}, "whole number from 1 to 5"),
        ({"type": "boolean"}, "true or false"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "whole number, or null"),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}]}, "whole number or text"),
        ({"type": "array", "items": {"type": "string"}}, "list of text"), ({"const": "ok"}, "“ok”"), ({}, "any value"),
        ({"$ref": "#/components/schemas/Colour"}, "one of red, blue"),
    ],
)  # fmt: skip
def test_a_schema_is_said_in_words(schema: dict[str, Any], words: str) -> None:
    assert kind_of(schema, SCHEMAS) == words


def test_the_members_of_a_lists_items_follow_it() -> None:
    found = members({"$ref": "#/components/schemas/Hats"}, SCHEMAS)
    assert found[1] == Value("items[].size", "whole number", required=True, help="In cm.")
    assert found[0].name == "items"

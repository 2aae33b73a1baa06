"""One value, one spelling: the rules of RFC 8785."""

from typing import Any

import pytest

from admin_core.audit.canonical import canonical

CASES: list[tuple[Any, str]] = [
    ({"b": 1, "a": None}, '{"a":null,"b":1}'),
    ({"a": [True, False, -0, 7]}, '{"a":[true,false,0,7]}'),
    ({"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\x80": 6, "\xf6": 7},
     '{"\\r":2,"1":4,"\x80":6,"\xf6":7,"\u20ac":1,"\U0001f600":5,"\ufb33":3}'),
    ('\u20ac$\u000f\nA\'B"\\\\"/', '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'),
    ("\b\t\f\x7f", '"\\b\\t\\f\x7f"'),
    ({"z": {"y": (), "x": {}}}, '{"z":{"x":{},"y":[]}}'),
]  # fmt: skip


@pytest.mark.parametrize(("value", "text"), CASES)
def test_a_value_has_one_spelling(value: Any, text: str) -> None:
    assert canonical(value) == text


@pytest.mark.parametrize("value", [1.5, float("nan"), 2**53, b"x", {1: 2}, "\ud800", {"a": {1}}])
def test_what_has_no_spelling_is_refused(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        canonical(value)

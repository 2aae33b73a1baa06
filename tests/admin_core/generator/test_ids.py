"""Record ids: whatever a key holds, its id stands for that key alone; malformed ones stand for nothing."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_core.generator.ids import decode_key, encode_key
from admin_core.generator.registry import Registry
from tests.admin_core.generator.models import Shape

REGISTRY = Registry.of(Shape)
SPECS = {key: REGISTRY.spec(f"shapes.{key}") for key in ("owners", "things", "topics", "readings")}

plain_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60)
moments = st.datetimes(timezones=st.just(UTC))


@given(moments, plain_text)
def test_a_composite_key_survives_its_id(at: datetime, meter: str) -> None:
    assert decode_key(SPECS["readings"], encode_key((at, meter))) == (at, meter)


@given(plain_text)
def test_a_text_key_survives_its_id(code: str) -> None:
    assert decode_key(SPECS["topics"], encode_key((code,))) == (code,)


@given(st.uuids())
def test_a_uuid_survives_its_id(value: uuid.UUID) -> None:
    assert decode_key(SPECS["owners"], encode_key((value,))) == (value,)


@pytest.mark.parametrize(
    ("model", "text"),
    [
        ("owners", ""), ("owners", "new"), ("owners", "1"), ("owners", "a" * 5_000), ("owners", "\x00"),
        ("things", "x"), ("things", "9" * 30), ("things", "1,2"), ("things", "1e9"), ("things", "-"),
        ("readings", "2026-01-01"), ("readings", "tomorrow,m1"), ("readings", "a,b,c"),
        ("topics", "%00"), ("topics", "%ff"), ("topics", "a,b"),
    ],
)  # fmt: skip
def test_a_malformed_id_stands_for_nothing(model: str, text: str) -> None:
    assert decode_key(SPECS[model], text) is None


@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    for spec in SPECS.values():
        found: Any = decode_key(spec, text)
        assert found is None or len(found) == len(spec.primary_key)

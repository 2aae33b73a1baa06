"""The form accepts what the database accepts, and nothing else: PostgreSQL itself is the judge."""

import json
import uuid
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DataError, IntegrityError

from admin_core.generator.context import Context
from admin_core.generator.forms.pages import Saved
from admin_core.generator.forms.refusals import GENERAL
from tests.admin_core.generator.forms.filling import submit
from tests.admin_core.generator.forms.shapes import Limit

BROAD = {
    "small": "numeric", "tiny": "numeric", "plain": "numeric", "wide": "numeric", "exact": "numeric",
    "whole": "numeric", "free": "numeric", "code": "text", "name": "text", "lower_mail": "text", "mood": "text",
    "first_day": "date", "last_day": "date", "facts": "jsonb",
}  # fmt: skip
"""The widest type of each column: what is stored must be exactly what was typed."""

edges = [0, -1, 100, 101, 2**15, 2**15 - 1, -(2**15) - 1, 2**31, 2**31 - 1, 2**63, 2**63 - 1, -(2**63), -(2**63) - 1]
integers = st.one_of(st.sampled_from(edges), st.integers(-(10**20), 10**20), st.integers(-9, 109)).map(str)
numbers = st.one_of(
    integers,
    st.decimals(-100_000, 100_000, places=2).map(lambda d: format(d, "f")),
    st.decimals(-10, 10, places=5).map(lambda d: format(d, "f")),
    st.sampled_from(["9999.99", "10000", "-9999.99", "0.000", "9999.995", "12345678901234567890.123456789"]),
)
signs = st.characters(exclude_characters="\r")
words = st.one_of(
    st.text(signs, max_size=14),
    st.text("AZa09 é\x00\ud800🙂ÅẞI", max_size=5),
    st.sampled_from(["AB", "ABC", "ABC1", "ABC\n"]),
)
days = st.one_of(st.dates().map(str), st.sampled_from(["2026-02-30", "0001-01-01", "9999-12-31", "2026-13-01"]))
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5))
facts = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
)
columns = {
    **dict.fromkeys(("small", "tiny", "plain", "wide"), integers),
    **dict.fromkeys(("exact", "whole", "free"), numbers),
    **dict.fromkeys(("code", "lower_mail", "name"), words),
    "mood": st.sampled_from(["calm", "busy", "angry", ""]),
    "first_day": days,
    "last_day": days,
    "facts": facts.map(json.dumps).filter(lambda text: "Infinity" not in text),
}
usual = {"name": "ab", "first_day": "2020-02-02"}
typed_rows = st.one_of(
    [
        *(value.map(lambda text, key=key: {"name": "ab", key: text}) for key, value in columns.items()),
        *(value.map(lambda text, key=key: {**usual, key: text}) for key, value in columns.items()),
        st.fixed_dictionaries({"name": words, "code": words}),
        st.fixed_dictionaries({"first_day": days, "last_day": days, "code": st.just("ABC")}),
    ]
)
"""Mostly one adventurous value at a time: several wrong ones would hide each other."""


def database_accepts(ctx: Context, typed: dict[str, str]) -> bool:
    """Return whether PostgreSQL stores exactly these texts."""
    given_texts = {key: text for key, text in typed.items() if text != ""}
    columns = ", ".join(["id", *given_texts])
    values = ", ".join([":id", *(f"CAST(:{key} AS {BROAD[key]})" for key in given_texts)])
    same = " AND ".join(["true", *(f"{key} = CAST(:{key} AS {BROAD[key]})" for key in given_texts)])
    connection = ctx.session.connection()
    parameters: dict[str, Any] = {"id": uuid.uuid4(), **given_texts}
    savepoint = connection.begin_nested()
    try:
        connection.execute(sa.text(f"INSERT INTO forms.limits ({columns}) VALUES ({values})"), parameters)
        return bool(connection.scalar(sa.text(f"SELECT {same} FROM forms.limits WHERE id = :id"), parameters))
    except (DataError, IntegrityError, UnicodeEncodeError):
        return False
    finally:
        savepoint.rollback()


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=typed_rows)
@example(typed={"name": "ABC\n", "code": "ABC\n"})
@example(typed={"name": "ab", "lower_mail": "İ"})
@example(typed={"name": "ab", "facts": '"\\u0000"'})
@example(typed={"name": "ab", "facts": '"\\ud83d"'})
@example(typed={"name": "ab", "exact": "-9999.99", "whole": "9999", "wide": "-9223372036854775808"})
@example(typed={"name": "ab", "first_day": "2026-02-02", "last_day": "2026-02-01"})
def test_form_and_database_agree(ctx: Context, typed: dict[str, str]) -> None:
    savepoint = ctx.session.begin_nested()
    try:
        result = submit(ctx, ctx.registry.spec("forms.limits"), **typed)
    finally:
        savepoint.rollback()
    assert isinstance(result, Saved) == database_accepts(ctx, typed), (typed, getattr(result, "errors", None))
    if not isinstance(result, Saved):
        assert not set(result.general) & set(GENERAL.values())


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    numbers=st.lists(st.integers(-(2**31), 2**31 - 1), max_size=4),
    texts=st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=5), max_size=4
    ),
    cents=st.integers(-(2**63), 2**63 - 1),
)
def test_what_is_shown_is_read_back_the_same(ctx: Context, numbers: list[int], texts: list[str], cents: int) -> None:
    savepoint = ctx.session.begin_nested()
    try:
        row = Limit(name="ab", numbers=numbers, words=texts, cents=cents)
        ctx.session.add(row)
        ctx.session.flush()
        spec = ctx.registry.spec("forms.limits")
        result = submit(ctx, spec, str(row.id))
        assert isinstance(result, Saved), result.errors
        from tests.admin_core.generator.forms.filling import opened

        shown = {f.key: f.value for group in opened(ctx, spec, str(row.id)).groups for f in group.fields}
        copied = submit(ctx, spec, name="xy", **{key: shown[key] for key in ("numbers", "words", "cents")})
        assert isinstance(copied, Saved), copied.errors
        copy = ctx.session.get(Limit, uuid.UUID(copied.record_id))
        assert copy is not None
        assert (copy.numbers, copy.words, copy.cents) == (numbers, texts, cents)
    finally:
        savepoint.rollback()

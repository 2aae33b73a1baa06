"""Names of reflected tables and columns never meet, and are safe wherever they go."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_core.reflection.naming import LONGEST, key_of_column, key_of_table

NAMES = st.text(st.characters(blacklist_characters="\x00", blacklist_categories=["Cs"]), min_size=1, max_size=63)


@pytest.mark.parametrize(("schema", "table", "key"), [
    ("public", "users", "public.users"),
    ("public", "Users", "public.Users"),
    ("a.b", "c", "a~2e~b.c"),
    ("a", "b.c", "a.b~2e~c"),
    ("public", "a/b c", "public.a~2f~b~20~c"),
    ("public", "~", "public.~7e~"),
])  # fmt: skip
def test_a_table_has_a_key(schema: str, table: str, key: str) -> None:
    assert key_of_table(schema, table) == key


@pytest.mark.parametrize(("name", "key"), [
    ("name", "name"), ("Name", "Name"), ("meta", "meta"), ("metadata", "x_metadata"), ("a b", "x_a_20_b"),
    ("1st", "x_1st"), ("x_y", "x_x_5f_y"), ("__init__", "x__5f__5f_init_5f__5f_"), ("é", "x__e9_"),
])  # fmt: skip
def test_a_column_has_a_key(name: str, key: str) -> None:
    assert key_of_column(name) == key


@given(NAMES, NAMES, NAMES, NAMES)
def test_two_names_never_meet(schema: str, table: str, other_schema: str, other: str) -> None:
    same = (schema, table) == (other_schema, other)
    assert (key_of_table(schema, table) == key_of_table(other_schema, other)) is same
    assert (key_of_column(table) == key_of_column(other)) is (table == other)


@given(NAMES, NAMES)
def test_a_key_is_safe_in_an_address_a_permission_and_a_column(schema: str, table: str) -> None:
    key = key_of_table(schema, table)
    assert re.fullmatch(r"[A-Za-z0-9_~.-]+", key)
    assert len(key) <= LONGEST
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", key_of_column(table))

"""A source.toml is read word by word: what is not understood, or does not fit our tables, is said in a sentence."""

from pathlib import Path

import pytest

from admin_core.generator.registry import Registry
from admin_core.machine import Machine
from admin_core.settings import Settings, SettingsError
from admin_core.sources.fitting import misfits
from admin_core.sources.mapping import Source, read_source
from schema import load_models
from schema.base import Base

GOOD = """
[[mapping]]
name = "plans"
from = "public.tiers"
to = "plans"
[mapping.columns]
key = "t.code"
name = "t.title"
product_line = { value = "b2b" }

[[mapping]]
name = "members"
from = "public.members"
to = "customers"
watermark = "t.updated_at"
gone = { status = "closed" }
[mapping.columns]
product_line = { sql = "t.kind", values = { Firm = "b2b" }, otherwise = "b2c" }
company_name = "t.name"
email = "lower(t.email)"
status = { sql = "t.state", values = { Live = "active", "" = "trial" } }
signup_at = "t.joined"
plan_id = { sql = "t.tier", link = ["plans"] }

[[write]]
name = "credits"
mapping = "members"
on = "credit_entries"
of = "customer_id"
columns = ["amount"]
ours = "SELECT sum(amount) AS credits FROM admin.credit_entries WHERE customer_id = :id"
sql = "UPDATE public.members SET credits = :credits WHERE id = :key"
"""


def read(tmp_path: Path, text: str) -> Source:
    path = tmp_path / "source.toml"
    path.write_text(text, "utf-8")
    return read_source(str(path))


def test_a_file_is_read_in_its_order(tmp_path: Path) -> None:
    source = read(tmp_path, GOOD)
    assert [feed.name for feed in source.feeds] == ["plans", "members"]
    members = source.feeds[1]
    assert (members.table, members.to, members.key, members.watermark) == (
        "public.members", "customers", "t.id", "t.updated_at",
    )  # fmt: skip
    assert members.columns["email"].sql == "lower(t.email)"
    assert source.before(members) == (source.feeds[0],)
    load_models()
    assert misfits(source, Registry.of(Base)) == []


@pytest.mark.parametrize(
    ("theirs", "ours"), [("Firm", "b2b"), (" FIRM ", "b2b"), ("firm", "b2b"), ("Person", "b2c"), ("", "b2c")]
)
def test_words_are_ours_whatever_their_case(tmp_path: Path, theirs: str, ours: str) -> None:
    assert read(tmp_path, GOOD).feeds[1].columns["product_line"].ours_for(theirs) == ours


@pytest.mark.parametrize(
    ("wrong", "right", "sentence"),
    [
        ("watermark =", "water_mark =", "mapping 'members': there is no word 'water_mark'; known: columns, continues"),
        ('to = "customers"', "", "mapping 'members': to is missing"),
        ('"public.members"', '"members"', "from is 'members'; a table with its schema is needed, e.g. public.users"),
        ('name = "members"', 'name = "plans"', "mapping 'plans' is there twice"),
        ('name = "members"', 'name = "api-members"', "what begins with api- belongs to rows that programs send"),
        ('name = "members"', 'name = "Our Members"', "up to 60 lower-case letters, digits and dashes are needed"),
        ('link = ["plans"]', 'link = ["tiers"]', "column plan_id: no mapping 'tiers' stands above this one"),
        ('gone = { status = "closed" }', 'gone = "drop"', "gone is 'drop'; keep or delete is needed"),
        ('sql = "t.kind", ', "", "column product_line: either sql or value is needed, and not both"),
        ("otherwise =", "else =", "column product_line: there is no word 'else'; known: find, link, otherwise"),
        ('company_name = "t.name"', "company_name = 7", "column company_name: an expression is needed as a text"),
        ('watermark = "t.updated_at"', "overlap_s = -1", "overlap_s must be a whole number from 0 up"),
        ('watermark = "t.updated_at"', 'zone = "Cape Town"', "zone is 'Cape Town'; a time zone is needed"),
        ('watermark = "t.updated_at"', 'continues = "plans"', "continues needs mapping and sql"),
        ("\n[[mapping]]", "\n[all]\n[[mapping]]", "cannot be read:"),
        (
            '\n[[mapping]]\nname = "plans"',
            '[all]\n[[mapping]]\nname = "plans"',
            "there is no word 'all' here; each mapping",
        ),
        ("[mapping.columns]", "[mapping.columns", "cannot be read:"),
    ],
)
def test_what_is_not_understood_is_said(tmp_path: Path, wrong: str, right: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, GOOD.replace(wrong, right))
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("wrong", "right", "sentence"),
    [
        ('to = "customers"', 'to = "clients"', "we have no table 'clients'"),
        ('to = "customers"', 'to = "jobs"', "'jobs' is a table of the admin itself, which no source feeds"),
        ('signup_at = "t.joined"', "", "column signup_at of customers is needed and not mapped"),
        ("company_name =", "firm =", "customers has no column 'firm' that could be written; it has: product_line"),
        ('"active"', '"alive"', "column status: 'alive' is none of its values; it has: active, cancelled"),
        ('link = ["plans"]', 'find = "rank"', "column plan_id: plans has no unique column 'rank'"),
        (', link = ["plans"]', "", "column plan_id: it refers to another table: say link"),
        ('email = "lower(t.email)"', 'email = { sql = "t.e", find = "key" }', "it refers to no other table"),
        ('status = "closed"', 'status = "shut"', "gone: Status has the word 'shut', which is none of ours"),
        ('signup_at = "t.joined"', "signup_at = { value = 7 }", "column signup_at: value is no moment between"),
        ("gone = {", 'match = "email"\ngone = {', "match is 'email'; a unique column of customers"),
    ],
)
def test_what_does_not_fit_our_tables_is_said(tmp_path: Path, wrong: str, right: str, sentence: str) -> None:
    load_models()
    found = misfits(read(tmp_path, GOOD.replace(wrong, right)), Registry.of(Base))
    assert any(sentence in each for each in found), found


@pytest.mark.parametrize(
    ("wrong", "right", "sentence"),
    [
        ('"credit_entries"', '"credit_entry"', "write 'credits': we have no table 'credit_entry'"),
        ('of = "customer_id"', 'of = "client_id"', "write 'credits': credit_entries has no column 'client_id'"),
        ('of = "customer_id"', 'of = "unit"', "write 'credits': credit_entries.unit is no key of a record (uuid)"),
        ('columns = ["amount"]', 'columns = ["sum"]', "write 'credits': credit_entries has no column 'sum'"),
    ],
)
def test_a_statement_that_would_break_every_commit_lets_nothing_start(
    tmp_path: Path, wrong: str, right: str, sentence: str
) -> None:
    load_models()
    path = tmp_path / "source.toml"
    path.write_text(GOOD.replace(wrong, right), "utf-8")
    settings = Settings(
        database_url="postgresql+psycopg://nobody@localhost:1/none", redis_url="redis://localhost:1/0",
        secret_key="k" * 40, env="test", source_file=str(path), source_write=True,
    )  # fmt: skip
    with pytest.raises(SettingsError) as caught:
        Machine.assemble(settings)
    assert any(each.startswith(sentence) for each in caught.value.problems), caught.value.problems
    path.write_text(GOOD, "utf-8")
    Machine.assemble(settings).database.engine.dispose()

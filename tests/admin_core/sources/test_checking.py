"""`admin source check` names what vanished over there, what nobody maps, and shows rows without anybody's values."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from admin_core.cli import admin
from admin_core.sources.checking import checked
from admin_core.sources.mapping import read_source
from tests.admin_core.sources.world import HERE, SourceWorld


def check(world: SourceWorld) -> tuple[str, bool]:
    source = read_source(world.machine.settings.source_file)
    lines, failed = checked(source, world.machine.registry, world.machine.settings.source_url)
    return "\n".join(lines), failed


def test_ten_rows_are_shown_masked_and_what_is_noteworthy_is_said(world: SourceWorld) -> None:
    said, failed = check(world)
    assert not failed
    assert "users-2019: public.users → customers" in said
    assert "slow: no index of public.users begins with updated_at" in said
    assert "slow: no index of public.accounts" not in said
    assert "not mapped" not in said
    assert "the first 10 rows:" in said
    assert "product_line: b2c · person_name: ••• · company_name: none · email: •••" in said
    assert "status: REFUSED (has the word 'gone fishing', for which the mapping names none of ours)" in said
    assert "customer_id: 424242 in users-2019, accounts-2023" in said
    for personal in ("Nomsa", "nomsa", "otto@", "Zoë"):
        assert personal not in said


def test_columns_that_came_and_went_are_named(world: SourceWorld) -> None:
    world.over_there("ALTER TABLE users ADD loves text; ALTER TABLE users DROP legacy_blob")
    world.over_there("ALTER TABLE accounts RENAME company TO firm; DROP TABLE pay")
    said, failed = check(world)
    assert failed
    assert "not mapped: loves. Map them, or list them under ignore." in said
    assert "ignored, but not there any more: legacy_blob." in said
    assert "wrong: column company_name: The other database refused: column t.company does not exist." in said
    assert 'wrong: The other database refused: relation "public.pay" does not exist.' in said


def test_what_does_not_fit_our_tables_is_said_before_theirs_are_asked(world: SourceWorld, tmp_path: Path) -> None:
    world.use(tmp_path, ('to = "customers"', 'to = "clients"'))
    said, failed = check(world)
    assert (failed, "mapping 'users-2019': we have no table 'clients'" in said) == (True, True)
    assert (HERE / "source.toml").exists()


def test_the_command_ends_with_1_when_something_is_wrong(world: SourceWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = world.machine.settings
    for name, value in (
        ("DATABASE_URL", settings.database_url),
        ("REDIS_URL", settings.redis_url),
        ("ADMIN_SECRET_KEY", settings.secret_key),
        ("ADMIN_SOURCE_FILE", settings.source_file),
        ("ADMIN_SOURCE_URL", settings.source_url),
    ):
        monkeypatch.setenv(name, value)
    fine = CliRunner().invoke(admin, ["source", "check"])
    assert (fine.exit_code, "users-2019: public.users → customers" in fine.output) == (0, True)
    world.over_there("DROP TABLE pay")
    assert CliRunner().invoke(admin, ["source", "check"]).exit_code == 1

"""What is made before workers are forked: every spec and every template, so that a broken one stops the start."""

from pathlib import Path

import pytest
from jinja2 import TemplateSyntaxError

from admin_core.app import create_app, warm_up
from admin_core.settings import Settings
from admin_core.theme import install

SETTINGS = Settings(
    database_url="postgresql+psycopg://nobody@127.0.0.1:1/none", redis_url="unix:///nowhere",
    secret_key="k" * 40, env="test",
)  # fmt: skip


def test_all_specs_are_read_and_all_templates_compiled_without_a_database() -> None:
    app = create_app(SETTINGS)
    warm_up(app)
    registry = app.extensions["admin_core"].registry
    first = {key: registry.spec(key) for key in registry}
    assert len(first) == len(registry) > 200
    registry.read_all()
    assert all(registry.spec(key) is spec for key, spec in first.items())


def test_a_template_that_cannot_be_read_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "admin").mkdir()
    (tmp_path / "admin" / "broken.html").write_text("{% if %}", "utf-8")
    monkeypatch.setattr(install, "TEMPLATES", tmp_path)
    with pytest.raises(TemplateSyntaxError):
        warm_up(create_app(SETTINGS))

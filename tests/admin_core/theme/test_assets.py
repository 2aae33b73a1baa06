"""Static files: names that change with content, compression, caching, licences and the weight of a first visit."""

import gzip
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from admin_core.theme.assets import BUNDLES, STATIC, Bundle, asset, compressed
from admin_core.theme.icons import FALLBACK, ICONS, icon
from tests.admin_core.theme.site import make_site


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return make_site().test_client()


def test_a_file_is_compressed_and_kept_for_ever(client: FlaskClient) -> None:
    answer = client.get(asset("admin/admin.css"), headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(answer.data) == (STATIC / "admin" / "admin.css").read_bytes()
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.mimetype == "text/css"


def test_a_client_without_gzip_gets_plain_bytes(client: FlaskClient) -> None:
    answer = client.get(asset("admin/app.js"), headers={"Accept-Encoding": "identity"})
    assert answer.data == (STATIC / "admin" / "app.js").read_bytes()
    assert "Content-Encoding" not in answer.headers
    assert answer.mimetype == "text/javascript"


def test_an_outdated_name_is_answered_but_not_kept(client: FlaskClient) -> None:
    answer = client.get("/assets/admin/000000000000/app.js")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "admin/x/missing.js",
        "nothing/x/app.js",
        "admin/x/../theme/app.js",
        "vendor/x/../../theme/assets.py",
        "vendor/x/README.md",
    ],
)
def test_only_static_files_are_served(client: FlaskClient, path: str) -> None:
    assert client.get(f"/assets/{path}").status_code == 404


def test_the_name_changes_with_the_content(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a{}")
    before = Bundle("x", tmp_path).url("a.css")
    (tmp_path / "a.css").write_text("b{}")
    assert Bundle("x", tmp_path).url("a.css") != before


def test_a_misspelt_asset_is_named() -> None:
    with pytest.raises(LookupError, match=r"admin\.cs'"):
        asset("admin/admin.cs")


def test_a_first_visit_weighs_at_most_160_kb(client: FlaskClient) -> None:
    html = client.get("/admin/").text
    loaded = set(re.findall(r'<(?:link rel="stylesheet"|script)[^>]*(?:href|src)="(/assets/[^"]+)"', html))
    vendor = sum(len(client.get(url, headers={"Accept-Encoding": "gzip"}).data) for url in loaded if "/vendor/" in url)
    sprite = len(compressed(STATIC / "vendor" / "icons" / "icons.svg"))
    style = len(compressed(STATIC / "admin" / "admin.css"))
    assert len(loaded) == 5
    assert vendor + sprite + style <= 160_000


def imported_by(name: str) -> set[str]:
    """Every module a script loads at once; those it imports on demand are not among them."""
    direct = set(re.findall(r'^import .*?"\./([^"]+)"', (STATIC / "admin" / name).read_text(), re.MULTILINE))
    return {name} | {found for each in direct for found in imported_by(each)}


def test_own_scripts_of_a_first_visit_stay_under_15_kb() -> None:
    scripts = imported_by("app.js") | imported_by("theme.js")
    assert {"app.js", "keys.js", "forms.js", "palette.js", "rows.js", "copy.js", "theme.js"} == scripts
    assert sum((STATIC / "admin" / name).stat().st_size for name in scripts) <= 15 * 1024


@pytest.mark.parametrize("folder", sorted(path.name for path in (STATIC / "vendor").iterdir() if path.is_dir()))
def test_every_vendored_folder_keeps_its_licence(folder: str) -> None:
    assert (STATIC / "vendor" / folder / "LICENSE").stat().st_size > 200


def test_every_icon_a_template_names_is_in_the_sprite() -> None:
    templates = (STATIC.parent / "templates").rglob("*.html")
    named = {name for path in templates for name in re.findall(r'(?<![\w.])icon\("([a-z0-9-]+)"', path.read_text())}
    assert named - ICONS == set()


def test_an_unknown_icon_draws_the_fallback_and_a_label_is_escaped() -> None:
    assert f"#{FALLBACK}" in icon("no-such-icon")
    assert 'aria-label="&lt;b&gt;"' in icon("x", "<b>")


def test_bundles_hold_what_the_base_template_loads() -> None:
    assert {"theme.js", "app.js", "admin.css"} <= BUNDLES["admin"].files.keys()

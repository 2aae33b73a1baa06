"""What every answer carries, whatever it answers: headers, ids, cookies; and error pages that quote nothing."""

import html
import re
from collections.abc import Iterator

import pytest
from flask import abort
from flask.testing import FlaskClient

from admin_core import surfaces
from admin_core.theme.csp import DIRECTIVES
from admin_core.theme.errors import ERRORS
from tests.databases import as_app
from tests.journeys.site import Site, make_site, token_in

CANARY = "Nomsa-0821234567"
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PLACES = (
    "/", "/admin/", "/admin/data/customers/", "/admin/nowhere", "/auth/login", "/auth/link/x", "/auth/nowhere",
    "/healthz", "/readyz", "/nowhere", "/api/v1/key", "/api/v1/nowhere", "/api/v1/openapi.json", "/webhooks/nobody",
    "/u/x",
    "/admin/system", "/admin/settings", "/admin/palette", "/admin/system/networks", "/admin/files/x",
)  # fmt: skip


@pytest.fixture(scope="module")
def secure(demo_database: str) -> Iterator[Site]:
    """Yield the application as people reach it by https, with a name for programs and a route that fails."""
    site = make_site(as_app(demo_database), public_url="https://admin.example.com", public_hosts=("api.example.com",))
    site.app.add_url_rule("/admin/fails/<int:status>", "fails", fail)
    surfaces.declare(site.app, {"fails": surfaces.admin(surfaces.MEMBER)})
    yield site
    site.machine.database.engine.dispose()


def fail(status: int) -> str:
    """Answer as asked for; 500 is an exception that quotes somebody."""
    if status == 500:
        raise RuntimeError(CANARY)
    abort(status, CANARY)


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS"])
def test_every_answer_has_the_headers(owner: FlaskClient, path: str, method: str) -> None:
    answer = owner.open(path, method=method)
    for name, value in ALWAYS.items():
        assert answer.headers[name] == value, (path, name)
    assert "camera=()" in answer.headers["Permissions-Policy"]
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy == {name: " ".join(sources) for name, sources in DIRECTIVES.items()}
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["X-Request-Id"])
    if path.startswith(("/admin", "/auth")):
        assert answer.headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in answer.headers  # over plain http it means nothing


def test_https_is_demanded_and_cookies_stay_with_the_host(secure: Site) -> None:
    answer = secure.app.test_client().get("/auth/login", base_url="https://admin.example.com")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    fresh = secure.app.test_client().get("/auth/login", base_url="https://admin.example.com")
    cookies = fresh.headers.getlist("Set-Cookie")
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
        assert "Domain" not in cookie


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("0192f0c2-aaaa-7000-8000-000000000000", True), ("abcdefgh", True), ("a" * 64, True),
        ("short", False), ("a" * 65, False), ("a b c d e f g h", False), ("<script>alert(1)</script>", False),
        ("abcdefgh\u00e9", False), ("ada@example.com", False), ("", False),
    ],
)  # fmt: skip
def test_a_request_id_from_outside_is_kept_when_it_looks_like_one(
    owner: FlaskClient, given: str, *, kept: bool
) -> None:
    answer = owner.get("/healthz", headers={"X-Request-Id": given})
    assert (answer.headers["X-Request-Id"] == given) is kept


# --- Host names


@pytest.mark.parametrize(
    "host", ["evil.example", "admin.example.com.evil.example", "admin.example.com@evil.example", "10.0.0.2"]
)
@pytest.mark.parametrize("path", ["/admin/", "/auth/login", "/api/v1/key", "/u/x", "/nowhere"])
def test_a_strange_host_gets_nothing_and_is_not_repeated(secure: Site, host: str, path: str) -> None:
    client = secure.app.test_client()
    headers = {"Host": host, "X-Forwarded-Host": "admin.example.com", "X-Request-Id": "given-request"}
    answer = client.get(path, headers=headers)
    assert answer.status_code == 400
    assert host not in answer.text
    assert host not in str(answer.headers)
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["X-Request-Id"] == "given-request"


def test_a_load_balancer_asks_by_address(secure: Site) -> None:
    for path in ("/healthz", "/readyz"):
        assert secure.app.test_client().get(path, headers={"Host": "10.0.0.2:8000"}).status_code == 200


def test_under_the_name_for_programs_the_team_has_no_page(secure: Site) -> None:
    client = secure.client("Owner")
    for path in ("/admin/", "/admin/system", "/auth/login", "/auth/link/x", "/admin/nowhere"):
        for method in ("GET", "POST"):
            answer = client.open(path, method=method, headers={"Host": "api.example.com"})
            assert answer.status_code == 404, path
            assert "Owner" not in answer.text
    assert client.get("/api/v1/key", headers={"Host": "api.example.com"}).status_code == 401
    assert client.get("/auth/login", headers={"Host": "admin.example.com"}).status_code == 200


def test_a_host_a_browser_claims_never_gets_into_a_link(secure: Site) -> None:
    client = secure.app.test_client()
    claimed = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example", "X-Original-Host": "evil.example"}
    for path in ("/admin/", "/admin", "/auth/login", "/nowhere"):
        answer = client.get(path, headers=claimed, base_url="https://admin.example.com")
        assert "evil.example" not in answer.text + str(answer.headers), path


# --- Error pages


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503])
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_an_error_says_what_to_do_and_quotes_nothing(secure: Site, status: int, accept: str) -> None:
    client = secure.client("Owner")
    answer = client.get(f"/admin/fails/{status}", headers={"Accept": accept})
    assert answer.status_code == status
    assert CANARY not in answer.text
    for word in ("Traceback", "RuntimeError", "werkzeug", "/site-packages/"):
        assert word not in answer.text
    if accept == "text/html":
        assert answer.headers["X-Request-Id"] in answer.text
        assert ERRORS[status].title in html.unescape(answer.text) if status in ERRORS else "<h1" in answer.text


def test_bodies_that_are_too_large_or_malformed_are_refused_before_they_are_read(owner: FlaskClient) -> None:
    token = token_in(owner.get("/admin/palette").text)
    large = owner.post("/admin/palette", data={"csrf_token": token, "q": "a" * (17 * 1024 * 1024)})
    assert large.status_code == 413
    for content_type, body in (
        ("multipart/form-data", b"x"), ("multipart/form-data; boundary=", b"--x"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n"),
        ("application/json", b"{"), ("text/plain", b"\x00\xff"), ("application/x-www-form-urlencoded", b"%ZZ=%"),
        ("application/x-www-form-urlencoded; charset=utf-99", b"\xff=\xff"), ("", b"csrf_token="),
    ):  # fmt: skip
        answer = owner.post("/admin/palette", data=body, content_type=content_type)
        assert answer.status_code == 400, (content_type, answer.status_code)

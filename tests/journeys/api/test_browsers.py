"""Web pages that call ``/api/v1``: whom browsers let through, and what a public key may."""

from uuid import uuid4

import pytest

from tests.journeys.api.programs import (
    BROWSER,
    ORIGIN,
    ROOT,
    Program,
    ago,
    api_of,
    change_key,
    make_key,
    program,
    refused,
)
from tests.journeys.site import Site

PREFLIGHTS: tuple[tuple[str, str | None, str | None, bool], ...] = (
    ("/feedback", ORIGIN, "POST", True),
    ("/key", ORIGIN, "GET", True),
    ("/feedback", ORIGIN, "GET", False),
    ("/feedback", "https://evil.example", "POST", False),
    ("/feedback", "null", "POST", False),
    ("/feedback", None, "POST", False),
    ("/feedback", ORIGIN + ".evil.example", "POST", False),
    ("/feedback", ORIGIN.replace("https", "http"), "POST", False),
    ("/feedback", ORIGIN, None, False),
    ("/feedback", ORIGIN, "DELETE", False),
    ("/feedback/x", ORIGIN, "GET", False),
)


@pytest.mark.parametrize(("path", "origin", "method", "passes"), PREFLIGHTS)
def test_a_browser_may_ask_before_it_sends(
    site: Site, path: str, origin: str | None, method: str | None, passes: bool
) -> None:
    make_key(site, "feedback:write", **BROWSER)
    api_of(site).keys.forget()
    headers = {"Origin": origin, "Access-Control-Request-Method": method}
    answer = site.app.test_client().options(ROOT + path, headers={k: v for k, v in headers.items() if v is not None})
    assert answer.status_code == 204
    assert answer.headers.get("Access-Control-Allow-Origin") == (origin if passes else None)
    assert ("Access-Control-Allow-Headers" in answer.headers) == passes
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Origin" in answer.headers["Vary"]


def test_an_origin_of_a_revoked_key_is_forgotten(site: Site) -> None:
    origin = f"https://{uuid4().hex}.example"
    key = make_key(site, browser=True, allowed_origins=[origin])
    headers = {"Origin": origin, "Access-Control-Request-Method": "GET"}
    api_of(site).keys.forget()
    assert "Access-Control-Allow-Origin" in site.app.test_client().options(f"{ROOT}/key", headers=headers).headers
    change_key(site, key, revoked_at=ago())
    assert "Access-Control-Allow-Origin" not in site.app.test_client().options(f"{ROOT}/key", headers=headers).headers


def test_a_page_gives_feedback_with_a_browser_key_and_reads_refusals_too(site: Site) -> None:
    caller = program(site, "feedback:write", **BROWSER)
    caller.headers["Origin"] = ORIGIN
    good = caller.post("/feedback", {"feature": "cv_upload", "helpful": True}, uuid4().hex)
    bad = caller.post("/feedback", {"feature": "cv_upload"}, uuid4().hex)
    assert (good.status_code, bad.status_code) == (201, 422)
    for answer in (good, bad):
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("origin", ["https://evil.example", "", "null", ORIGIN + "/"])
def test_a_browser_key_is_bound_to_its_origins(site: Site, origin: str) -> None:
    caller = program(site, "feedback:write", **BROWSER)
    answer = caller.get("/key", headers={"Origin": origin} if origin else {})
    refused(answer, 403, "origin-not-allowed")
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_browser_key_reads_nothing_private_whatever_scopes_it_was_given(site: Site) -> None:
    caller = program(site, "feedback:read", **BROWSER)
    refused(caller.get("/feedback", headers={"Origin": ORIGIN}), 403, "not-for-browsers")


def test_a_secret_key_is_not_made_readable_to_pages(site: Site, reader: Program) -> None:
    assert "Access-Control-Allow-Origin" not in reader.get("/key", headers={"Origin": ORIGIN}).headers

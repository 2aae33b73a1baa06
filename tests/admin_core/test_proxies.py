"""Whose address a request has, whatever it claims: 44 combinations of headers and trusted proxies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_core.proxies import BehindProxies, caller_behind, entries_in

PEER, REAL, INNER = "10.0.0.2", "41.0.0.9", "10.0.0.1"
LIE = "196.25.1.7"


@pytest.mark.parametrize("claimed", [
    "", LIE, f"{LIE}, {LIE}", f"{LIE},{LIE},{LIE}", f'{LIE}, "', '"', f'"{LIE}', f'{LIE}, "a\\', ",", ", ,", " ",
    "unknown", "_hidden", f"for={LIE}", f"[{LIE}]", f"{LIE}:443", "::1", "::ffff:127.0.0.1", "fe80::1%eth0", "\t",
    "127.0.0.1", "a" * 5_000,
])  # fmt: skip
@pytest.mark.parametrize(("hops", "appended"), [(1, [REAL]), (2, [REAL, INNER])])
def test_nobody_chooses_the_address_a_proxy_appends(claimed: str, hops: int, appended: list[str]) -> None:
    header = ", ".join([claimed, *appended] if claimed else appended)
    assert caller_behind(hops, PEER, entries_in(header)) == REAL


@pytest.mark.parametrize(
    ("hops", "header", "address"),
    [
        (0, "", PEER),
        (0, LIE, PEER),
        (0, f"{LIE}, {LIE}", PEER),
        (1, "", PEER),
        (1, " ", PEER),
        (2, "", PEER),
        (1, "2001:DB8::7", "2001:db8::7"),
        (1, "::ffff:41.0.0.9", REAL),
        (1, "fe80::1%eth0", "fe80::1"),
        (1, "unknown", ""),
        (1, f"{REAL}:4711", ""),
        (1, f"{REAL},", ""),
        (2, REAL, ""),  # it passed one of two: neither the entry nor the connection is the caller's
        (2, f"unknown, {INNER}", ""),
        (2, f"{LIE}, {REAL}, {INNER}", REAL),
        (3, f"{REAL}, {INNER}", ""),
    ],
)
def test_an_address_is_taken_from_the_entry_of_the_outermost_proxy_alone(hops: int, header: str, address: str) -> None:
    assert caller_behind(hops, PEER, entries_in(header)) == address


@given(st.text(alphabet='0123456789.,:"\\ abcf[]%', max_size=60), st.integers(1, 3))
def test_whatever_is_claimed_in_front_changes_nothing(claimed: str, hops: int) -> None:
    appended = ", ".join([REAL, *[INNER] * (hops - 1)])
    assert caller_behind(hops, PEER, entries_in(f"{claimed}, {appended}")) == REAL


@pytest.mark.parametrize(
    ("hops", "header", "scheme"),
    [
        (1, "https", "https"), (1, "javascript", "http"), (1, "http, https", "https"), (1, '", https', "https"),
        (2, "https", "http"), (2, "https, http", "https"), (1, "", "http"),
    ],
)  # fmt: skip
def test_the_scheme_comes_from_the_outermost_proxy_too(hops: int, header: str, scheme: str) -> None:
    seen: dict[str, object] = {}

    def app(environ: dict[str, object], _start: object) -> list[bytes]:
        seen.update(environ)
        return []

    environ = {"REMOTE_ADDR": PEER, "HTTP_X_FORWARDED_PROTO": header, "wsgi.url_scheme": "http"}
    BehindProxies(app, hops)(environ, lambda *_: None)  # type: ignore[arg-type,return-value]  # a plain WSGI app
    assert seen["wsgi.url_scheme"] == scheme
    assert seen["REMOTE_ADDR"] == PEER

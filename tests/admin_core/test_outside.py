"""Asking a vendor: whatever keeps us from an answer becomes a sentence that names neither key nor answer."""

import socket
import ssl
from collections.abc import Iterator
from typing import Any

import pytest

from admin_core.jobs.errors import JobError, JobFailed
from admin_core.outside import MOST_BYTES, get_json
from tests.admin_core.vendors import Vendor, vendor

KEY = "canary-4711"


@pytest.fixture
def shop() -> Iterator[Vendor]:
    with vendor() as found:
        yield found


def ask(address: str, timeout_s: float = 5) -> Any:
    return get_json("Shop", address, "/v1/things", {"limit": 1, "name": "a b&c"}, key=KEY, timeout_s=timeout_s)


def test_an_answer_is_read_and_the_question_is_asked_as_documented(shop: Vendor) -> None:
    shop.answer = (200, {"data": [1]})
    assert ask(f"{shop.url}/base/") == {"data": [1]}
    assert shop.asked == [("GET", "/base/v1/things?limit=1&name=a+b%26c", f"Bearer {KEY}")]


@pytest.mark.parametrize(
    ("status", "kind", "says"),
    [
        (400, JobFailed, "refused the question (HTTP 400)"),
        (401, JobFailed, "does not accept the key"),
        (403, JobFailed, "lacks a permission"),
        (404, JobFailed, "found nothing there"),
        (429, JobError, "too often"),
        (500, JobError, "problem of its own (HTTP 500)"),
        (503, JobError, "problem of its own (HTTP 503)"),
        (204, JobFailed, "refused the question (HTTP 204)"),
    ],
)
def test_every_refusal_has_its_words(shop: Vendor, status: int, kind: type[Exception], says: str) -> None:
    shop.answer = (status, "" if status == 204 else {"error": f"quotes {KEY}"})
    with pytest.raises(kind) as raised:
        ask(shop.url)
    assert says in str(raised.value)
    assert KEY not in str(raised.value)
    assert raised.value.__cause__ is None


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed_with_the_key(shop: Vendor, status: int) -> None:
    with vendor() as other:
        shop.answer, shop.headers = (status, ""), {"Location": f"{other.url}/v1/things"}
        with pytest.raises(JobFailed, match="another address"):
            ask(shop.url)
        assert other.asked == []


@pytest.mark.parametrize("body", ["", "<html>", "{", "\xff\xfe"])
def test_an_answer_that_is_no_json_is_said_to_be_none(shop: Vendor, body: str) -> None:
    shop.answer = (200, body)
    with pytest.raises(JobFailed, match="don't understand"):
        ask(shop.url)


def test_an_endless_answer_is_given_up(shop: Vendor) -> None:
    shop.answer = (200, "1" * (MOST_BYTES + 10))
    with pytest.raises(JobFailed, match="don't understand"):
        ask(shop.url)


def test_a_vendor_that_says_nothing_is_given_up_at_the_deadline(shop: Vendor) -> None:
    shop.silent_s = 30
    with pytest.raises(JobError, match=r"did not answer within 0\.3 seconds"):
        ask(shop.url, timeout_s=0.3)


def test_a_vendor_that_drips_is_given_up_at_the_deadline(shop: Vendor) -> None:
    shop.answer, shop.drip_s = (200, '"' + "x" * 200 + '"'), 0.05
    with pytest.raises(JobError, match="did not answer within"):
        ask(shop.url, timeout_s=0.5)
    shop.released.set()


def test_a_closed_port_and_a_broken_answer_are_no_connection(shop: Vendor) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(JobError, match="No connection to"):
        ask(f"http://127.0.0.1:{port}")
    shop.answer, shop.headers = (200, "{}"), {"Content-Length": "400"}
    with pytest.raises(JobError, match=r"No connection to|did not answer"):
        ask(shop.url, timeout_s=0.5)


def test_a_host_that_does_not_exist_is_named() -> None:
    with pytest.raises(JobError, match=r"vendor\.invalid can't be found"):
        ask("https://vendor.invalid")


@pytest.mark.parametrize("address", ["http://vendor.example", "ftp://127.0.0.1", "file:///etc/passwd", "nothing"])
def test_the_key_is_sent_over_tls_only(address: str) -> None:
    with pytest.raises(JobFailed, match="https://"):
        ask(address)


def test_a_certificate_nobody_vouches_for_is_refused(shop: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    # The vendor speaks no TLS: the handshake breaks. An unknown issuer is raised by the same call of the library.
    with pytest.raises(JobError, match="No connection"):
        ask(shop.url.replace("http://", "https://"))

    def unknown(*_: object, **__: object) -> None:
        raise ssl.SSLCertVerificationError

    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", unknown)
    with pytest.raises(JobFailed, match="certificate of 127"):
        ask(shop.url.replace("http://", "https://"))

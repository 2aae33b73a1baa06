"""No way to write an address reaches an inner network: a trap on loopback counts who connects."""

import ipaddress
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_core.outgoing import AddressRefused, Client, NoAnswer, Rules, read_target
from admin_core.outgoing.addresses import is_public
from admin_core.outgoing.client import look_up
from tests.admin_core.outgoing.receivers import Receiver, answer, receiver
from tests.admin_core.outgoing.url_forms import HOSTS, NAMES, V4, V6, WHOLE, forms

EVERY_PORT = frozenset(range(1, 65536))


@pytest.fixture(scope="module")
def trap() -> Iterator[Receiver]:
    with receiver(answer(), v6=True) as running:
        yield running


def resolve(host: str, port: int) -> Sequence[str]:
    """Answer as a hostile name server does; what it does not know, this machine is asked."""
    return NAMES.get(host) or look_up(host, port)


def test_the_table_has_more_than_150_forms() -> None:
    assert len({*V4, *V6, *HOSTS, *NAMES, *WHOLE}) > 150


def test_the_trap_counts_who_reaches_it(trap: Receiver) -> None:
    before = trap.connections
    for host in ("127.0.0.1", "localhost", "[::1]"):
        assert Client(Rules(loopback=True)).post(f"http://{host}:{trap.port}/", b"{}", {}).status == 200
    assert trap.connections == before + 3


@pytest.mark.parametrize("rules", [Rules(), Rules(ports=EVERY_PORT)], ids=["as in production", "every port"])
def test_no_form_of_an_inner_address_is_connected_to(trap: Receiver, rules: Rules) -> None:
    before = trap.connections
    client = Client(rules, resolve=resolve)
    reached = []
    for url in forms(trap.port):
        with pytest.raises((AddressRefused, NoAnswer)) as refusal:
            client.post(url, b"{}", {})
        if not isinstance(refusal.value, AddressRefused):
            reached.append((url, str(refusal.value)))
    assert reached == []  # refused, all of them, rather than tried in vain
    assert trap.connections == before


def test_where_loopback_is_allowed_nothing_else_of_the_inside_is(trap: Receiver) -> None:
    client = Client(Rules(loopback=True, ports=EVERY_PORT), resolve=resolve)
    own = {"127.0.0.1", "127.0.0.2", "127.255.255.254", "127.8.8.8", "[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]"}
    hosts = [host for host in [*V4, *V6, *HOSTS, *NAMES] if host not in own and host.lower() != "localhost"]
    for host in hosts:
        with pytest.raises(AddressRefused):
            client.post(f"https://{host}:{trap.port}/", b"{}", {})


def test_a_name_of_this_machine_that_leads_elsewhere_is_refused() -> None:
    with pytest.raises(AddressRefused):
        Client(Rules(loopback=True), resolve=lambda *_: ["10.0.0.1"]).post("http://localhost:1/", b"", {})


@pytest.mark.parametrize(
    ("url", "host", "port", "path", "header"),
    [
        ("https://hooks.example.com", "hooks.example.com", 443, "/", "hooks.example.com"),
        ("HTTPS://Hooks.Example.com:443/A?b=C", "hooks.example.com", 443, "/A?b=C", "hooks.example.com"),
        ("https://hooks.example.com:8443/a", "hooks.example.com", 8443, "/a", "hooks.example.com:8443"),
        ("https://xn--bcher-kva.example/%7Ea?x=1&y=@", "xn--bcher-kva.example", 443, "/%7Ea?x=1&y=@", None),
        ("https://8.8.8.8/", "8.8.8.8", 443, "/", "8.8.8.8"),
        ("https://[2606:4700:0::1111]/", "2606:4700::1111", 443, "/", "[2606:4700::1111]"),
        ("https://a_b.example.com?x", "a_b.example.com", 443, "/?x", "a_b.example.com"),
    ],
)
def test_addresses_of_the_internet_are_read_once(url: str, host: str, port: int, path: str, header: str | None) -> None:
    target = read_target(url, Rules())
    assert (target.scheme, target.host, target.port, target.path) == ("https", host, port, path)
    assert target.host_header == (header or host)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://hooks.example.com/", "https://"),
        ("https://hooks.example.com:25/", "443 or 8443"),
        ("https://intranet/", "full name"),
        ("https://a@hooks.example.com/", "user name"),
        ("https://127.1/", "four decimal numbers"),
        ("https://10.0.0.1/", "public internet"),
        ("https://127.0.0.1/", "public internet"),
        ("https://[::1]/", "public internet"),
        ("http://127.0.0.1:9/", "https://"),
        ("https://localhost/", "inner network"),
    ],
)
def test_a_refusal_says_what_to_write_instead(url: str, words: str) -> None:
    with pytest.raises(AddressRefused, match=words):
        read_target(url, Rules())


@given(
    st.one_of(
        st.integers(0, 2**32 - 1).map(ipaddress.IPv4Address), st.integers(0, 2**128 - 1).map(ipaddress.IPv6Address)
    )
)
def test_nothing_that_python_calls_private_is_public(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    inner = (
        ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_reserved or ip.is_unspecified
    )
    assert not (inner and is_public(ip))


@given(st.integers(0, 2**32 - 1))
def test_an_ipv4_address_inside_an_ipv6_address_is_never_public(number: int) -> None:
    high, low = number >> 16, number & 0xFFFF
    for form in (
        "::{0:x}:{1:x}",
        "::ffff:{0:x}:{1:x}",
        "64:ff9b::{0:x}:{1:x}",
        "2002:{0:x}:{1:x}::1",
        "2001::{0:x}:{1:x}",
    ):
        assert not is_public(ipaddress.IPv6Address(form.format(high, low)))


@given(st.text(max_size=60).map(lambda text: f"https://{text}/"))
def test_any_text_is_read_or_refused(url: str) -> None:
    try:
        target = read_target(url, Rules())
    except AddressRefused:
        return
    assert url.isascii()
    assert "." in target.host or ":" in target.host

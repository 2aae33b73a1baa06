"""What a list of networks allows, how networks are typed, and that nobody's own change shortens their stay."""

import ipaddress
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_core.networks.rules import ALWAYS, NEVER, Allowed, allowed_until, is_allowed, is_on, read_network, why_not

NOW = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)
LATER, PAST = NOW + timedelta(days=1), NOW - timedelta(days=1)
OFFICE, HOTEL = "196.25.1.7", "41.0.0.9"


def line(network: str, *, enabled: bool = True, until: datetime | None = None) -> Allowed:
    return Allowed(uuid4(), ipaddress.ip_network(network), network, enabled, until)


@pytest.mark.parametrize(
    ("typed", "network"),
    [
        ("196.25.1.7", "196.25.1.7/32"),
        (" 196.25.0.0 / 16 ", "196.25.0.0/16"),
        ("2001:DB8::/32", "2001:db8::/32"),
        ("2001:db8::7", "2001:db8::7/128"),
        ("::ffff:196.25.1.7", "196.25.1.7/32"),
        ("::ffff:196.25.1.0/120", "196.25.1.0/24"),
        ("::ffff:c419:107", "196.25.1.7/32"),
        ("0.0.0.0/0", "0.0.0.0/0"),
    ],
)
def test_a_network_is_kept_in_its_usual_spelling(typed: str, network: str) -> None:
    assert str(read_network(typed)) == network


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Type an address"),
        ("/24", "Type an address"),
        ("196.25.1.7/16", "Type 196.25.0.0/16 for the range, or 196.25.1.7"),
        ("2001:db8::7/32", "Type 2001:db8::/32 for the range, or 2001:db8::7"),
        ("fe80::1%eth0", "Leave out the zone"),
        ("fe80::1%25eth0/64", "Leave out the zone"),
        ("196.25.0.0/255.255.0.0", "number of leading bits"),
        ("196.25.0.0/0.0.255.255", "number of leading bits"),
        ("196.25.0.0/", "number of leading bits"),
        ("196.25.0.0/33", "no address and no range"),
        ("196.25.0", "no address and no range"),
        ("196.025.0.1", "no address and no range"),
        ("196.25.0.1-9", "no address and no range"),
        ("٣.٣.٣.٣", "no address and no range"),
        ("office", "no address and no range"),
        ("196.25.0.0/¹6", "number of leading bits"),
        ("1" * 300, "no address and no range"),
    ],
)
def test_what_is_no_network_is_refused_with_what_to_type(typed: str, says: str) -> None:
    with pytest.raises(ValueError, match=says) as refused:
        read_network(typed)
    assert len(str(refused.value)) < 250


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("196.25.1.7", True),
        ("196.26.0.1", False),
        ("::ffff:196.25.1.7", True),
        ("::ffff:196.26.0.1", False),
        ("2001:db8::9", True),
        ("2001:db8::9%eth0", True),
        ("2001:db9::9", False),
        ("10.0.0.1", False),  # disabled
        ("172.16.0.1", False),  # ended
        ("192.168.0.1", True),  # not yet
        ("", False),
        (None, False),
        ("unknown", False),
        ("196.25.1.7:443", False),
        ("196.25.1.7, 1.1.1.1", False),
    ],
)
def test_an_address_is_allowed_by_a_network_that_holds_now(address: str | None, *, allowed: bool) -> None:
    entries = [
        line("196.25.0.0/16"), line("2001:db8::/32"), line("10.0.0.0/8", enabled=False),
        line("172.16.0.0/12", until=PAST), line("192.168.0.0/16", until=LATER),
    ]  # fmt: skip
    assert is_allowed(entries, address, NOW) is allowed


def test_a_list_without_an_enabled_line_allows_everybody_and_one_that_ended_nobody() -> None:
    assert is_allowed([], None, NOW)
    assert is_allowed([line("10.0.0.0/8", enabled=False)], HOTEL, NOW)
    assert not is_allowed([line("0.0.0.0/0", until=PAST)], HOTEL, NOW)


HERE, ENDING = line("196.25.0.0/16"), line("196.25.0.0/16", until=LATER)
ELSEWHERE, OFF = line("10.0.0.0/8"), line("196.25.0.0/16", enabled=False)


@pytest.mark.parametrize(
    ("what", "before", "after", "says"),
    [
        ("the first line is elsewhere", [], [ELSEWHERE], "lock yourself out: your address 196.25.1.7"),
        ("the first line has an end", [], [ENDING], "lock yourself out later"),
        ("the first line is here", [], [HERE], ""),
        ("the first line is disabled", [], [OFF], ""),
        ("removing the only line opens the list", [HERE], [], ""),
        ("removing the line one is in", [HERE, ELSEWHERE], [ELSEWHERE], "lock yourself out:"),
        ("disabling it", [HERE, ELSEWHERE], [OFF, ELSEWHERE], "lock yourself out:"),
        ("giving it an end", [HERE, ELSEWHERE], [ENDING, ELSEWHERE], "lock yourself out later"),
        ("ending it now", [HERE, ELSEWHERE], [line("196.25.0.0/16", until=PAST), ELSEWHERE], "lock yourself out:"),
        ("shrinking it", [HERE, ELSEWHERE], [line("196.25.2.0/24"), ELSEWHERE], "lock yourself out:"),
        ("enabling another while off", [OFF], [OFF, ELSEWHERE], "lock yourself out:"),
        ("replacing it by a smaller one", [HERE], [line("196.25.1.0/24")], ""),
        ("adding a line elsewhere", [HERE], [HERE, ELSEWHERE], ""),
        ("a guest whose stay ends adds a line", [ELSEWHERE, ENDING], [ELSEWHERE, ENDING, line("1.0.0.0/8")], ""),
        ("a guest removes the last without an end", [ELSEWHERE, ENDING], [ENDING], "Every network would end"),
    ],
)
def test_a_change_that_locks_its_maker_out_is_refused(
    what: str, before: list[Allowed], after: list[Allowed], says: str
) -> None:
    found = why_not(before, after, OFFICE, NOW)
    assert (says in found) if says else found == "", what


def test_who_comes_from_nowhere_turns_nothing_on() -> None:
    assert "which we can't tell" in why_not([], [line("0.0.0.0/0")], None, NOW)


addresses = st.sampled_from([OFFICE, HOTEL, "10.0.0.1", "2001:db8::1", "::ffff:10.0.0.1"])
networks = st.sampled_from(["196.25.0.0/16", "196.25.1.7/32", "41.0.0.0/8", "10.0.0.0/8", "2001:db8::/32", "0.0.0.0/0"])
moments = st.sampled_from([None, PAST, NOW, LATER, LATER + timedelta(days=9)])
lists = st.lists(st.builds(lambda n, e, u: line(n, enabled=e, until=u), networks, st.booleans(), moments), max_size=5)


@given(lists, lists, addresses)
def test_no_change_that_is_accepted_shortens_the_stay_of_who_made_it(
    before: list[Allowed], after: list[Allowed], address: str
) -> None:
    if why_not(before, after, address, NOW) == "":
        assert is_allowed(after, address, NOW)
        assert allowed_until(after, address) >= allowed_until(before, address)
        assert not is_on(after) or any(entry.until == ALWAYS for entry in after)


@given(lists, addresses, st.sampled_from([PAST, NOW, LATER]))
def test_who_is_allowed_until_a_moment_is_allowed_before_it_and_not_after(
    entries: list[Allowed], address: str, moment: datetime
) -> None:
    until = allowed_until(entries, address)
    assert until in {ALWAYS, NEVER} or PAST <= until <= LATER + timedelta(days=9)
    assert is_allowed(entries, address, moment) is (until > moment)

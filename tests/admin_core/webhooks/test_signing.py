"""Signatures by the specification: its vectors, the reference library both ways, and a law: any change breaks them."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from admin_core.webhooks.signing import (
    ID,
    SIGNATURE,
    TIMESTAMP,
    TOLERANCE,
    Message,
    SecretRefused,
    SignatureRefused,
    key_in,
    new_secret,
    signature,
    signed_headers,
    verify,
)

SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)
VECTORS = [  # secret, id, seconds, body, signature
    (
        SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}',
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    ),
    (
        "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode(), "msg_1", 1795300000,
        b'{"type":"prompt.label.changed"}', "v1,1n/nV09ygcScFSamJCNEFgmYjGTkESfBpNgLXZorRB8=",
    ),
]  # fmt: skip
ids = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60)
bodies = st.one_of(st.binary(max_size=200), st.dictionaries(st.text(), st.text()).map(lambda d: json.dumps(d).encode()))
secrets = st.binary(min_size=24, max_size=64).map(lambda key: "whsec_" + base64.b64encode(key).decode())


@pytest.mark.parametrize(("secret", "message_id", "seconds", "body", "expected"), VECTORS)
def test_the_vectors_of_the_specification_hold(
    secret: str, message_id: str, seconds: int, body: bytes, expected: str
) -> None:
    assert signature(secret, message_id, seconds, body) == expected
    at = datetime.fromtimestamp(seconds, UTC)
    verify(Message({ID: message_id, TIMESTAMP: str(seconds), SIGNATURE: expected}, body), [secret], at)


@given(secrets, ids, st.dictionaries(st.text(), st.integers() | st.text()).map(json.dumps))
def test_the_reference_library_takes_our_signatures_and_we_take_its(secret: str, message_id: str, body: str) -> None:
    now = datetime.now(UTC)
    ours = signed_headers([new_secret(), secret], message_id, now, body.encode())
    assert Webhook(secret).verify(body, ours) == json.loads(body)
    theirs = Webhook(secret).sign(message_id, now, body)
    headers = {ID: message_id, TIMESTAMP: str(int(now.timestamp())), SIGNATURE: theirs}
    verify(Message(headers, body.encode()), [new_secret(), secret], now)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(body, ours)
    with pytest.raises(SignatureRefused):
        verify(Message(headers, body.encode()), [new_secret()], now)


@given(secrets, ids, bodies, st.data())
def test_any_change_of_id_time_body_or_secret_breaks_it(
    secret: str, message_id: str, body: bytes, data: st.DataObject
) -> None:
    good = signed_headers([secret], message_id, NOW, body)
    verify(Message(good, body), [secret], NOW)
    seconds = data.draw(st.integers(-299, 299).filter(bool)) + int(NOW.timestamp())
    changed = [
        Message(good, data.draw(bodies.filter(lambda other: other != body))),
        Message({**good, ID: data.draw(ids.filter(lambda other: other != message_id))}, body),
        Message({**good, TIMESTAMP: str(seconds)}, body),
        Message({**good, SIGNATURE: data.draw(ids.filter(lambda other: other != good[SIGNATURE]))}, body),
    ]
    for message in changed:
        with pytest.raises(SignatureRefused):
            verify(message, [secret], NOW)
    with pytest.raises(SignatureRefused):
        verify(Message(good, body), [data.draw(secrets.filter(lambda other: other != secret))], NOW)


@given(st.integers(0, 43), st.integers(1, 255))
def test_no_single_bit_of_a_signature_may_differ(place: int, bits: int) -> None:
    good = signed_headers([SECRET], "msg_1", NOW, b"{}")
    text = bytearray(good[SIGNATURE].encode())
    text[3 + place] ^= bits
    with pytest.raises(SignatureRefused):
        verify(Message({**good, SIGNATURE: text.decode("latin-1")}, b"{}"), [SECRET], NOW)


@pytest.mark.parametrize(
    ("apart", "holds"),
    [
        (timedelta(), True),
        (TOLERANCE, True),
        (-TOLERANCE, True),
        (TOLERANCE + timedelta(seconds=1), False),
        (-TOLERANCE - timedelta(seconds=1), False),
    ],
)
def test_clocks_may_be_five_minutes_apart(apart: timedelta, holds: bool) -> None:
    message = Message(signed_headers([SECRET], "msg_1", NOW + apart, b"{}"), b"{}")
    if holds:
        verify(message, [SECRET], NOW)
    else:
        with pytest.raises(SignatureRefused, match="old" if apart < timedelta() else "future"):
            verify(message, [SECRET], NOW)


def test_during_a_rotation_both_secrets_sign_and_one_of_them_is_enough() -> None:
    old, new = new_secret(), new_secret()
    headers = signed_headers([new, old], "msg_1", NOW, b"{}")
    assert len(headers[SIGNATURE].split(" ")) == 2
    for secret in (old, new):
        verify(Message(headers, b"{}"), [secret], NOW)
    other = f"v1a,{'A' * 88} v2,abc {headers[SIGNATURE]}"
    verify(Message({**headers, SIGNATURE: other}, b"{}"), [old], NOW)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({ID: ""}, "webhook-id is missing"),
        ({TIMESTAMP: ""}, "webhook-timestamp is missing"),
        ({SIGNATURE: ""}, "webhook-signature is missing"),
        ({TIMESTAMP: "now"}, "no time"),
        ({TIMESTAMP: "1e9"}, "no time"),
        ({TIMESTAMP: "-1"}, "no time"),
        ({TIMESTAMP: "١٢٣"}, "no time"),
        ({TIMESTAMP: "9" * 5_000}, "no time"),
        ({SIGNATURE: "v1,"}, "No signature fits"),
        ({SIGNATURE: "v1,ünïcode"}, "No signature fits"),
        ({SIGNATURE: "nonsense " * 1_000}, "No signature fits"),
    ],
)
def test_what_is_no_signed_message_is_refused_in_words(changes: dict[str, str], words: str) -> None:
    headers = {**signed_headers([SECRET], "msg_1", NOW, b"{}"), **changes}
    with pytest.raises(SignatureRefused, match=words):
        verify(Message(headers, b"{}"), [SECRET], NOW)


def test_without_a_secret_nothing_is_believed() -> None:
    with pytest.raises(SignatureRefused):
        verify(Message(signed_headers([SECRET], "msg_1", NOW, b"{}"), b"{}"), [], NOW)
    for empty in ("", "whsec_", "not base64!", "whsec_ü"):
        with pytest.raises(SecretRefused):
            key_in(empty)


def test_a_new_secret_is_long_and_never_the_same() -> None:
    made = {new_secret() for _ in range(20)}
    assert len(made) == 20
    assert all(len(key_in(secret)) == 32 and secret.startswith("whsec_") for secret in made)

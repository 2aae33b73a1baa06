"""Passkeys (WebAuthn): asking a browser for a new one or a known one, and judging what it answers.

The device must check who holds it (PIN, finger, face), so that a passkey is both factors at once. A challenge is kept
in the session and is good once. What is checked of signatures is the library's.
"""

import json
import time
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import CursorResult, func, literal, or_, select, update
from sqlalchemy.orm import Session, joinedload
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from admin_core.access.browsers import Browser
from admin_core.access.links import DEMO_ENVIRONMENTS
from admin_core.changes.acting import tell
from admin_core.settings import Settings, is_loopback
from schema.staff import StaffMember, WebAuthnCredential

HELD = "challenge"
CHALLENGE_LASTS_S = 300
USAGE = "first"
LONGEST_NAME = 64
NONSENSE = (WebAuthnException, ValueError, AttributeError, TypeError, KeyError, RecursionError)
"""What the library raises over an answer that is none; the last one over brackets without end."""
VERIFIED = UserVerificationRequirement.REQUIRED


class PasskeyRefused(Exception):
    """The browser's answer proves nothing; the message is for the person."""


NOT_PROVED = "The passkey was not accepted. Try again, or use another way."


@dataclass(frozen=True)
class Site:
    """For whom passkeys are: the host's name, and the addresses pages may have."""

    product: str
    host: str
    origins: tuple[str, ...]

    @classmethod
    def of(cls, settings: Settings, asked_at: str) -> "Site":
        """Return the site of the public address; in demo and tests, of any port of this machine."""
        parts, here = urlsplit(settings.public_url), urlsplit(asked_at)
        origins = [f"{parts.scheme}://{parts.netloc}"]
        if settings.env in DEMO_ENVIRONMENTS and here.hostname == parts.hostname and is_loopback(here.hostname or ""):
            origins.append(f"{here.scheme}://{here.netloc}")
        return cls(settings.product_name, parts.hostname or "", tuple(origins))


def ask_for_new(site: Site, browser: Browser, member: StaffMember) -> str:
    """Return what the browser needs to make a passkey, as JSON."""
    options = generate_registration_options(
        rp_id=site.host,
        rp_name=site.product,
        user_id=member.id.bytes,
        user_name=member.email,
        user_display_name=member.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=VERIFIED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=key.credential_id) for key in member.webauthn],
    )
    remember(browser, options.challenge, "new")
    return options_to_json(options)


def ask_for_known(site: Site, browser: Browser, keys: list[bytes]) -> str:
    """Return what the browser needs to show a passkey, one of these or, when none are named, any of ours; as JSON."""
    options = generate_authentication_options(
        rp_id=site.host,
        user_verification=VERIFIED,
        allow_credentials=[PublicKeyCredentialDescriptor(id=key) for key in keys],
    )
    remember(browser, options.challenge, "known")
    return options_to_json(options)


def remember(browser: Browser, challenge: bytes, purpose: str) -> None:
    """Keep a challenge until it is answered."""
    browser[HELD] = {"value": bytes_to_base64url(challenge), "purpose": purpose, "at": time.time()}


def used_challenge(browser: Browser, purpose: str) -> bytes:
    """Return the challenge and forget it; PasskeyRefused when none was given, or too long ago."""
    held = browser.pop(HELD, None)
    if not held or held["purpose"] != purpose or time.time() - held["at"] > CHALLENGE_LASTS_S:
        raise PasskeyRefused("That took too long. Try again.")
    return base64url_to_bytes(held["value"])


def made_passkey(site: Site, browser: Browser, answer: str, name: str) -> WebAuthnCredential:
    """Return the new passkey that the browser's answer proves; its owner is the caller's to set."""
    challenge = used_challenge(browser, "new")
    try:
        found = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=list(site.origins),
            require_user_verification=True,
        )
        transports = json.loads(answer).get("response", {}).get("transports") or []
    except NONSENSE as error:
        raise PasskeyRefused(NOT_PROVED) from error
    return WebAuthnCredential(
        name=name.replace("\x00", "").strip()[:LONGEST_NAME] or "Passkey",
        credential_id=found.credential_id,
        public_key=found.credential_public_key,
        sign_count=found.sign_count,
        transports=[each.value for each in AuthenticatorTransport if each.value in transports],
        backup_state=found.credential_backed_up,
        device_type=found.credential_device_type.value,
        usage=USAGE,
        lastuse_datetime=func.now(),
    )


def shown_passkey(session: Session, answer: str) -> WebAuthnCredential | None:
    """Return the passkey of an active member that an answer names, None for a stranger's."""
    try:
        key = base64url_to_bytes(str(json.loads(answer)["rawId"]))
    except NONSENSE:
        return None
    statement = select(WebAuthnCredential).join(StaffMember).where(StaffMember.active)
    return session.scalar(
        statement.where(WebAuthnCredential.credential_id == key).options(joinedload(WebAuthnCredential.user))
    )


def prove(
    session: Session, site: Site, browser: Browser, answer: str, expected: uuid.UUID | None = None
) -> WebAuthnCredential:
    """Return the passkey that an answer proves, its use noted; PasskeyRefused when it proves none, or another's."""
    challenge, passkey = used_challenge(browser, "known"), shown_passkey(session, answer)
    if passkey is None or expected not in {None, passkey.user_id}:
        raise PasskeyRefused(NOT_PROVED)
    try:
        found = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=list(site.origins),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count or 0,
            require_user_verification=True,
        )
    except NONSENSE as error:
        raise PasskeyRefused(NOT_PROVED) from error
    if not note_use(session, passkey.id, found.new_sign_count):
        raise PasskeyRefused(NOT_PROVED)
    return passkey


def note_use(session: Session, passkey_id: uuid.UUID, count: int) -> bool:
    """Note a use; False when the same or a later count was seen: a copy, or a replay. Many devices count nothing."""
    later = or_(func.coalesce(WebAuthnCredential.sign_count, 0) < count, literal(count) == 0)
    statement = update(WebAuthnCredential).where(WebAuthnCredential.id == passkey_id, later)
    values = {"sign_count": count, "lastuse_datetime": func.now()}
    tell(session)
    result: CursorResult[Any] = session.connection().execute(statement.values(values))
    return result.rowcount == 1

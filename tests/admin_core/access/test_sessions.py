"""Sessions and second factors as rows: what ending and resetting leaves."""

import uuid
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from admin_core.access.factors import has_factor, reset_factors
from admin_core.access.sessions import drop_outlived_visits, end_session, end_sessions
from admin_core.database import Database
from schema.staff import StaffMember, StaffSession, WebAuthnCredential

NOW = datetime.now(UTC)


def open_session(session: Session, member: uuid.UUID) -> StaffSession:
    row = StaffSession(
        member_id=member, token_hash=uuid.uuid4().hex, content=b"held", expires_at=NOW + timedelta(hours=12)
    )
    session.add(row)
    session.flush()
    return row


def open_ids(session: Session) -> set[uuid.UUID]:
    return set(session.scalars(select(StaffSession.id).where(StaffSession.ended_at.is_(None))))


def test_ending_a_members_sessions_leaves_the_one_that_is_named_and_everybody_elses(
    database: Database, staff: dict[str, uuid.UUID]
) -> None:
    with database.transaction() as session:
        mark = session.get_one(StaffMember, staff["Ada"]).fs_uniquifier
        kept, gone, others = (open_session(session, staff[name]) for name in ("Ada", "Ada", "Otto"))
        assert end_sessions(session, staff["Ada"], "password-changed", except_id=kept.id, by=staff["Otto"]) == 1
        assert open_ids(session) == {kept.id, others.id}
        session.expire_all()
        assert (gone.end_reason, gone.ended_by_id, gone.content) == ("password-changed", staff["Otto"], None)
        assert session.get_one(StaffMember, staff["Ada"]).fs_uniquifier != mark
        assert end_session(session, kept.id, "revoked")
        assert not end_session(session, kept.id, "revoked")


def test_visitors_who_never_signed_in_are_forgotten_and_members_sessions_stay(
    database: Database, staff: dict[str, uuid.UUID]
) -> None:
    with database.transaction() as session:
        session.execute(delete(StaffSession))
        for member, age in ((None, 3), (None, 0), (staff["Ada"], 3)):
            row = StaffSession(member_id=member, token_hash=uuid.uuid4().hex, expires_at=NOW - timedelta(days=age))
            session.add(row)
        session.flush()
        drop_outlived_visits(session)
        left = session.scalars(select(StaffSession.member_id).order_by(StaffSession.expires_at)).all()
    assert left == [staff["Ada"], None]


def test_a_reset_takes_every_factor_and_every_session(database: Database, staff: dict[str, uuid.UUID]) -> None:
    with database.transaction() as session:
        session.execute(delete(StaffSession))
        ada = session.get_one(StaffMember, staff["Ada"])
        ada.tf_totp_secret = None
        assert not has_factor(ada)
        ada.tf_totp_secret, ada.tf_primary_method, ada.mf_recovery_codes = "sealed", "totp", ["hash"]
        key = WebAuthnCredential(name="Laptop", credential_id=b"1", public_key=b"2", backup_state=False)
        key.device_type, key.usage, key.lastuse_datetime = "single_device", "first", NOW
        ada.webauthn.append(key)
        open_session(session, ada.id)
        session.flush()
        assert has_factor(ada)
        reset_factors(session, ada.id)
        session.expire_all()
        assert not has_factor(ada)
        assert ada.mf_recovery_codes is None
        assert open_ids(session) == set()

"""The team's tables as Flask-Security wants to see them. The tables are declared in ``schema.staff``.

A registry of its own keeps these classes out of the generated admin; their names are the ones Flask-Security looks up.
"""

from typing import Any

from flask_security.core import RoleMixin, UserMixin, WebAuthnMixin
from sqlalchemy.orm import DeclarativeBase, Mapped, relationship

from schema import load_models, staff

# The generated admin maps the same tables. Its classes are configured first, so that only ours need to say "overlaps".
load_models()


class AccessBase(DeclarativeBase):
    """Classes for the sign-in alone."""


class User(AccessBase, UserMixin):
    """A member of the team who signs in."""

    __table__ = staff.StaffMember.__table__
    # Roles are given and taken through ``schema.staff``; here they are only read.
    roles: Mapped[list["Role"]] = relationship(  # type: ignore[assignment]  # a list of ours
        secondary=staff.staff_roles, viewonly=True
    )
    webauthn: Mapped[list["WebAuthn"]] = relationship(  # type: ignore[assignment]  # a list of ours
        back_populates="user", passive_deletes=True, overlaps="user,webauthn"
    )


class Role(AccessBase, RoleMixin):
    """A named set of permission patterns."""

    __table__ = staff.Role.__table__


class WebAuthn(AccessBase, WebAuthnMixin):
    """A passkey of a member."""

    __table__ = staff.WebAuthnCredential.__table__
    user: Mapped[User] = relationship(back_populates="webauthn", overlaps="user,webauthn")

    def get_user_mapping(self) -> dict[str, Any]:
        """Return how Flask-Security finds the member of a passkey."""
        return {"id": self.user_id}  # type: ignore[attr-defined]  # the columns come from the table

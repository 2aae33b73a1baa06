"""The team of the demo company: who works in this backend, in which role, and how their lists look."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg

from admin_core.access.team import new_uniquifier
from admin_core.policy.roles import SHIPPED
from plugins.demo.clock import Span
from plugins.demo.copying import Book

MEMBERS = (
    ("Ada Nkosi", "ada.nkosi@hireinbox.example", "Owner"),
    ("Finn Botha", "finn.botha@hireinbox.example", "Support"),
    ("Nomsa Dlamini", "nomsa.dlamini@hireinbox.example", "Viewer"),
    ("Otto van Wyk", "otto.vanwyk@hireinbox.example", "Support"),
    ("Refilwe Mokoena", "refilwe.mokoena@hireinbox.example", "Support"),
    ("Yusuf Cassim", "yusuf.cassim@hireinbox.example", "Owner"),
)


@dataclass(frozen=True)
class Team:
    """Keys of the members."""

    owner: str
    second_owner: str
    viewer: str
    agents: tuple[str, ...]

    @property
    def reviewers(self) -> tuple[str, ...]:
        """Who gives verdicts on AI decisions."""
        return (*self.agents, self.owner)


def write(book: Book, span: Span, connection: psycopg.Connection[Any]) -> Team:
    """Write members and the roles that are missing."""
    pen = book.pen("team")
    at = span.start - timedelta(days=90)
    known = {name: key for key, name in connection.execute("SELECT id, name FROM admin.roles").fetchall()}
    roles: dict[str, uuid.UUID | str] = dict(known)
    for role in SHIPPED:
        if role.name not in roles:
            roles[role.name] = pen.add(
                "roles",
                at,
                name=role.name,
                description=role.description,
                permissions=list(role.permissions),
                shipped=True,
                **role.limits,
            )
    keys = []
    for n, (name, email, role_name) in enumerate(MEMBERS):
        born = at + timedelta(days=n)
        member = pen.add(
            "staff_members",
            born,
            name=name,
            email=email,
            active=True,
            # A session names it: the one value that must not be guessed, so it is not drawn from the seed.
            fs_uniquifier=new_uniquifier(),
            confirmed_at=born,
            last_login_at=span.ago(1, 8, 10 + n),
            last_login_ip="192.0.2.10",
            login_count=180 + 7 * n,
        )
        pen.add("staff_roles", born, member_id=member, role_id=roles[role_name])
        keys.append(member)
    ada, finn, nomsa, otto, refilwe, yusuf = keys
    return Team(ada, yusuf, nomsa, (finn, otto, refilwe))

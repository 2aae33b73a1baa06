"""What the database itself refuses in the tables of core."""

from sqlalchemy import text
from sqlalchemy.orm import Session


def test_the_session_fixture_reaches_the_schema(session: Session) -> None:
    assert session.scalar(text("select count(*) from admin.roles")) == 0

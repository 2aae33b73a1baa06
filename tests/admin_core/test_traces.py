"""What is logged of an exception: where it came from, never what it says."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from admin_core.traces import trace_of

ADA = "ada@example.com"


def test_a_row_that_a_database_error_quotes_is_not_logged(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("CREATE TEMPORARY TABLE people (email text CHECK (email = ''))"))
        with pytest.raises(IntegrityError) as caught:
            connection.execute(text("INSERT INTO people VALUES (:email)"), {"email": ADA})
    assert ADA in str(caught.value)  # PostgreSQL does quote the failing row
    trace = trace_of(caught.value)
    assert ADA not in trace
    assert trace.endswith("IntegrityError from CheckViolation")
    assert "test_traces.py" in trace

"""What a page asks of PostgreSQL: statements and milliseconds inside the server, from pg_stat_statements.

BEGIN, COMMIT, SET and savepoints are utility commands and not counted; the statement that reads the session is.
"""

from dataclasses import dataclass

import psycopg

from benchmarks.sites import Probe

ASKED = 10
READ = """
SELECT s.calls, s.total_exec_time, s.query FROM pg_stat_statements s
JOIN pg_database d ON d.oid = s.dbid JOIN pg_roles r ON r.oid = s.userid
WHERE d.datname = current_database() AND r.rolname = 'admin_owner' ORDER BY s.total_exec_time DESC
"""


@dataclass(frozen=True)
class Work:
    """Statements and time of one page."""

    statements: float
    ms: float
    slowest: str


def work_of(probe: Probe, superuser: str) -> Work:
    """Return what one page costs the server, on average."""
    probe()
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("SELECT pg_stat_statements_reset()")
        for _ in range(ASKED):
            probe()
        rows = connection.execute(READ).fetchall()
    slowest = f"{rows[0][1] / ASKED:.2f} ms {' '.join(rows[0][2].split())[:160]}" if rows else ""
    return Work(sum(row[0] for row in rows) / ASKED, sum(row[1] for row in rows) / ASKED, slowest)

"""Speaks to Sentry, Supabase and Vercel. Used by jobs only."""

from urllib.parse import quote

import psycopg

from admin_core.jobs.errors import JobError, JobFailed
from admin_core.outside import TIMEOUT_S, get_json, unexpected
from admin_core.setting_fields import Values
from admin_core.theme.formats import bytes_

SERVICES = ("auth", "db", "pooler", "realtime", "rest", "storage")
WRONG_PASSWORD = ("28P01", "28000")
NO_DATABASE = "3D000"


def check_sentry(values: Values) -> str:
    """Ask Sentry for one open issue: what the job that reads errors asks.

    https://docs.sentry.io/api/events/list-an-organizations-issues/
    """
    path = f"/api/0/organizations/{quote(str(values['organization']), safe='')}/issues/"
    answer = get_json("Sentry", str(values["api_address"]), path, {"limit": 1}, key=str(values["token"]))
    if not isinstance(answer, list):
        raise JobFailed(unexpected("Sentry"))
    return f"Sentry accepts the token; {'there are open issues' if answer else 'no issue is open'}."


def check_supabase(values: Values) -> str:
    """Ask Supabase whether the project's services are healthy.

    https://api.supabase.com/api/v1#tag/projects/get/v1/projects/{ref}/health
    """
    path = f"/v1/projects/{quote(str(values['project']), safe='')}/health"
    query = {"services": ",".join(SERVICES)}
    answer = get_json("Supabase", str(values["api_address"]), path, query, key=str(values["access_token"]))
    if not isinstance(answer, list) or not all(isinstance(service, dict) for service in answer):
        raise JobFailed(unexpected("Supabase"))
    ill = [name for name in SERVICES for s in answer if s.get("name") == name and s.get("status") != "ACTIVE_HEALTHY"]
    state = f"not healthy now: {', '.join(ill)}" if ill else "all its services are healthy"
    return f"Supabase accepts the token and shows the project; {state}."


def check_vercel(values: Values) -> str:
    """Ask Vercel for the newest deployment: what the job that reads deployments asks.

    https://vercel.com/docs/rest-api/reference/endpoints/deployments/list-deployments
    """
    named = {"teamId": values.get("team"), "projectId": values.get("project")}
    query: dict[str, str | int] = {"limit": 1, **{name: str(value) for name, value in named.items() if value}}
    answer = get_json("Vercel", str(values["api_address"]), "/v6/deployments", query, key=str(values["token"]))
    if not isinstance(answer, dict) or not isinstance(answer.get("deployments"), list):
        raise JobFailed(unexpected("Vercel"))
    found = "shows deployments" if answer["deployments"] else "shows no deployment yet"
    return f"Vercel accepts the token and {found}."


def check_database(values: Values) -> str:
    """Connect to the customer app's database and ask how large it is."""
    try:
        with psycopg.connect(str(values["database_url"]), connect_timeout=int(TIMEOUT_S)) as connection:
            connection.read_only = True
            # Not among the start-up options: poolers refuse those.
            connection.execute(f"SET LOCAL statement_timeout = {int(TIMEOUT_S * 1000)}")
            found = connection.execute(
                "SELECT pg_database_size(current_database()), (SELECT rolsuper OR rolbypassrls FROM pg_roles"
                " WHERE rolname = current_user)"
            ).fetchone()
    except psycopg.Error as error:
        raise refusal(error) from None  # its text may quote the connection string
    size, mighty = found or (0, False)
    warning = " Its user may do everything: make one that only reads." if mighty else ""
    return f"The database answers; it holds {bytes_(size)}.{warning}"


def refusal(error: psycopg.Error) -> JobError | JobFailed:
    """Return the sentence for what kept us from the database."""
    text = str(error)
    if error.sqlstate in WRONG_PASSWORD or "password authentication failed" in text:
        return JobFailed("The database does not accept the user or the password.")
    if error.sqlstate == NO_DATABASE or ("database" in text and "does not exist" in text):
        return JobFailed("The server has no database of that name.")
    if isinstance(error, psycopg.errors.QueryCanceled):
        return JobError(f"The database did not answer within {TIMEOUT_S:g} seconds.")
    if isinstance(error, psycopg.OperationalError):
        return JobError("There is no connection to the database: check host and port, and that it lets us in.")
    return JobFailed("The database refused the question, or the connection string is malformed.")

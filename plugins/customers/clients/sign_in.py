"""The Supabase Auth admin API. What it answers about people is used at once and kept nowhere.

https://supabase.com/docs/reference/javascript/auth-admin-api, https://github.com/supabase/auth (openapi.yaml)
"""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from admin_core.jobs.errors import JobFailed
from admin_core.outside import NOT_FOUND, Asked, VendorRefused, ask_json, unexpected
from admin_core.setting_fields import Values
from plugins.customers.rules.passwords import Account

VENDOR = "Supabase Auth"
SECRET_BYTES = 48
"""64 characters: bcrypt reads 72 bytes, and the service refuses more."""
UNPROCESSABLE = 422
WORDS = {
    NOT_FOUND: "Supabase Auth knows no account with the key that we have for this customer.",
    UNPROCESSABLE: "Supabase Auth refused the account's e-mail address or the change of its password.",
}


def check(values: Values) -> str:
    """Ask for one account: what needs the key and changes nothing."""
    answer = asked(values, Asked("/auth/v1/admin/users", query={"page": 1, "per_page": 1}))
    if not isinstance(answer, dict) or not isinstance(answer.get("users"), list):
        raise JobFailed(unexpected(VENDOR))
    return "Supabase Auth accepts the key and lets it look after accounts."


def replace_password(values: Values, account: Account) -> dict[str, str]:
    """Put a password that nobody knows in place of the account's; the service then ends every session of it.

    Returns what may be kept of it, here as below: nothing.
    """
    body = {"password": secrets.token_urlsafe(SECRET_BYTES)}
    worded(values, Asked(user_path(account), "PUT", body=body))
    return {}


def send_recovery(values: Values, account: Account) -> dict[str, str]:
    """Let the service mail a link for a new password: to the address it knows itself, where we know the account's key.

    It answers the same for an address it doesn't know, so that nobody can find out who has an account.
    """
    email = account_email(values, account) if account.auth_user_id else account.email
    query = {"redirect_to": str(values["redirect_to"])} if values.get("redirect_to") else {}
    worded(values, Asked("/auth/v1/recover", "POST", query=query, body={"email": email}))
    return {}


def account_email(values: Values, account: Account) -> str:
    """Return the address the service knows the account by."""
    answer = worded(values, Asked(user_path(account)))
    email = answer.get("email") if isinstance(answer, dict) else None
    if not isinstance(email, str) or not email:
        raise JobFailed("The account has no e-mail address in Supabase Auth: it signs in by phone or another service.")
    return email


def user_path(account: Account) -> str:
    """Return where an account stands."""
    return f"/auth/v1/admin/users/{quote(str(account.auth_user_id), safe='')}"


def worded(values: Values, question: Asked) -> Any:
    """Ask about an account; refusals that mean something special about it have words of their own."""
    try:
        return asked(values, question)
    except VendorRefused as refusal:
        if refusal.status in WORDS:
            raise JobFailed(WORDS[refusal.status]) from None
        raise


def asked(values: Values, question: Asked) -> Any:
    """Ask with the key, as the service wants it: once as the project's key, once as who asks."""
    key = str(values["service_key"])
    headers: Mapping[str, str] = {**question.headers, "apikey": key}
    with_key = Asked(question.path, question.method, question.query, question.body, headers)
    return ask_json(VENDOR, str(values["project_url"]), with_key, key=key)

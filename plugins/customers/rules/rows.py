"""Which members of customers and their people the customer app may send."""

from admin_core.sources.intake import Intake, members
from admin_core.sources.mapping import Drawn

CUSTOMER_ROWS = Intake(
    model="customers",
    columns=members(
        *("external_id", "product_line", "company_name", "person_name", "email", "phone", "status", "currency"),
        *("signup_at", "activated_at", "last_active_at", "trial_ends_at", "signup_channel", "utm_source", "utm_medium"),
        *("utm_campaign", "utm_term", "utm_content", "referrer_host", "landing_path", "legal_name", "vat_number"),
        *("registration_number", "billing_email", "address_line1", "address_line2", "city", "region", "postal_code"),
        *("country", "industry", "locale", "auth_user_id", "is_internal"),
        plan_id=Drawn(sql="plan", find="key"),
    ),
    once=frozenset({"product_line", "status", "plan_id", "trial_ends_at", "signup_at"}),
)
"""Status, plan and trial are decided here once a customer is known: what the app sends later must not undo them."""
PEOPLE_ROWS = Intake(
    model="people",
    columns=members(
        *("external_id", "name", "email", "phone", "role", "job_title", "is_primary", "gets_invoices", "locale"),
        *("auth_user_id", "last_seen_at", "deactivated_at"),
        customer_id=Drawn(sql="customer", find="external_id"),
    ),
    once=frozenset({"customer_id"}),
)
"""Whose they are is decided here once they are known: the app goes on naming an account that was merged."""

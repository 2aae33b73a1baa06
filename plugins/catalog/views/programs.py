"""What programs may ask of the catalog: flags by their protocol, accounts and what they are entitled to."""

from admin_core.contributions import ApiRoute, Protocol

OFREP = Protocol(
    name="OFREP",
    root="/ofrep/v1",
    refuse="plugins.catalog.views.ofrep.refusal",
    key_header="X-API-Key",
)
FLAGS, ACCOUNTS = "flags:evaluate", "accounts:read"
ABOUT_FLAGS = ("feature_flags", "flag_rules", "flag_overrides", "flag_members", "customers")
ROUTES = (
    ApiRoute(
        method="POST",
        path="/evaluate/flags/{key}",
        summary="Evaluate a feature flag",
        run="plugins.catalog.views.ofrep.evaluate_one",
        scope=FLAGS,
        scope_label="evaluate feature flags; one in web pages only those that are public",
        reads=ABOUT_FLAGS,
        creates=("flag_members",),
        browser=True,
        protocol=OFREP,
        asks=True,
        largest_body=16_384,
        statements=7,
    ),
    ApiRoute(
        method="POST",
        path="/evaluate/flags",
        summary="Evaluate all feature flags",
        run="plugins.catalog.views.ofrep.evaluate_all",
        scope=FLAGS,
        reads=ABOUT_FLAGS,
        creates=("flag_members",),
        browser=True,
        protocol=OFREP,
        asks=True,
        etag=True,
        largest_body=16_384,
        statements=7,
    ),
    ApiRoute(
        method="GET",
        path="/accounts/{external_id}",
        summary="Show where an account stands",
        description="By the key of the customer app, or by ours. May they sign in and work, on which plan, until when.",
        run="plugins.catalog.views.accounts.shown",
        scope=ACCOUNTS,
        scope_label="read where accounts stand, and what they are entitled to",
        reads=("customers", "plans", "suspensions"),
        etag=True,
        statements=2,
    ),
    ApiRoute(
        method="GET",
        path="/accounts/{external_id}/entitlements",
        summary="Show what an account is entitled to",
        description="Each feature with its limit, what was used of it in the period and what is left.",
        run="plugins.catalog.views.accounts.entitlements",
        scope=ACCOUNTS,
        reads=(
            "customers", "plans", "features", "plan_features", "subscriptions", "usage_events", "feature_flags",
            "flag_overrides",
        ),
        etag=True,
        statements=5,
    ),
)  # fmt: skip

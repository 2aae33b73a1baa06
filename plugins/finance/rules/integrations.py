"""What finance asks on the settings page: its integrations, and the rules that subscriptions live by."""

from admin_core.contributions import SettingField, SettingsSection
from admin_core.setting_fields import Value, api_address, dashboard_url


def check_gateway_key(value: Value) -> str:
    """Return what is wrong with a secret key of Yoco."""
    if str(value).startswith(("sk_live_", "sk_test_")):
        return ""
    return "A secret key of Yoco starts with sk_live_ (or sk_test_, which takes no real money)."


def check_signing_secret(value: Value) -> str:
    """Return what is wrong with the secret that Yoco signs its messages with."""
    return "" if str(value).startswith("whsec_") else "It starts with whsec_; Yoco shows it when a webhook is made."


def check_admin_key(value: Value) -> str:
    """Return what is wrong with an admin key of OpenAI."""
    if str(value).startswith("sk-admin-"):
        return ""
    return "An admin key starts with sk-admin-. An ordinary key (sk-proj-) can't read costs."


YOCO = SettingsSection(
    name="yoco",
    title="Yoco",
    description="Payments: asks Yoco about checkouts and refunds, and knows which of its messages are genuine.",
    icon="credit-card",
    order=30,
    guide="Yoco app, Selling online, Payment gateway: copy the secret key. The signing secret is shown once, when a"
    " webhook is registered.",
    fields=(
        SettingField(name="secret_key", label="Secret key", kind="secret", required=True, check=check_gateway_key),
        SettingField(
            name="webhook_secret",
            label="Signing secret",
            kind="secret",
            check=check_signing_secret,
            help="Without it incoming messages about payments are refused.",
        ),
        api_address("Yoco", "https://payments.yoco.com"),
        dashboard_url("Yoco", "https://app.yoco.com/"),
    ),
    test="plugins.finance.clients.check_yoco",
    reaches="api_address",
    setup=True,
)
OPENAI = SettingsSection(
    name="openai",
    title="OpenAI",
    description="Costs: reads each day what OpenAI bills. It can't be used to screen CVs.",
    icon="robot",
    order=40,
    guide="platform.openai.com, Settings, Organization, Admin keys: an owner of the organisation makes one with"
    " read access to usage.",
    fields=(
        SettingField(name="admin_key", label="Admin key", kind="secret", required=True, check=check_admin_key),
        api_address("OpenAI", "https://api.openai.com"),
        dashboard_url("OpenAI usage", "https://platform.openai.com/usage"),
    ),
    test="plugins.finance.clients.check_openai",
    reaches="api_address",
    setup=True,
)
SUBSCRIPTIONS = SettingsSection(
    name="subscriptions",
    title="Subscriptions",
    description="How long a late payer keeps the plan, how far trials may be extended, and who lets periods end.",
    icon="refresh",
    order=60,
    fields=(
        SettingField(
            name="grace_days",
            label="Days of grace",
            kind="number",
            default=14,
            least=1,
            most=90,
            help="After a failed payment: until then the plan goes on and counts as revenue.",
        ),
        SettingField(
            name="extension_days",
            label="Longest extension of a trial",
            kind="number",
            default=30,
            least=1,
            most=365,
            help="Days that one extension may add.",
        ),
        SettingField(
            name="trial_days",
            label="Longest trial",
            kind="number",
            default=90,
            least=1,
            most=730,
            help="Days of a trial with all its extensions.",
        ),
        SettingField(
            name="settles",
            label="Renew and end subscriptions here",
            kind="switch",
            default=True,
            help="Off: the customer app does it, and what falls due is not applied here.",
        ),
    ),
)
SECTIONS = (YOCO, OPENAI, SUBSCRIPTIONS)

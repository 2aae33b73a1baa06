"""What credits add to a customer's page, to the actions on records, to jobs and to the API."""

from admin_core.contributions import Action, ApiRoute, Job, Panel, Permission, Question, TimelineEntries
from plugins.customers.actions import credits as actions
from plugins.customers.queries import credits as queries
from plugins.customers.rules import credits as rules
from schema.credits import CreditUnit

UNITS = tuple((str(unit), rules.WORDS[unit][1].capitalize()) for unit in CreditUnit)
ALONE = 25
"""Customers to whom one person may give credits in one go, until a setting says otherwise."""
WHY = Question(name="reason", label="Why", kind="textarea", help="For the team. It stays in the ledger.")
PERMISSIONS = (
    Permission(rules.READ, "see a customer's credits and what was used"),
    Permission(rules.ADD, "add free credits, up to the amount in the settings"),
    Permission(rules.ADD_MANY, "add more free credits at once than the settings say"),
    Permission(rules.TAKE_BACK, "take back what is left of free credits, and give back what was used"),
)
PANELS = (
    Panel(
        slug="credits",
        title="Credits",
        model="customers",
        permission=rules.READ,
        load=queries.credits_panel,
        order=24,
    ),
    Panel(
        slug="credit-entries",
        title="Credit ledger",
        model="customers",
        permission=rules.READ,
        belonging=rules.ENTRIES,
        order=26,
    ),
)
TIMELINE = TimelineEntries(
    slug="credits",
    label="Credits",
    model="customers",
    permission=rules.READ,
    belonging=rules.ENTRIES,
    icon="coin",
)
ACTIONS = (
    Action(
        slug="add-free-credits",
        label="Add free credits",
        model="customers",
        permission=rules.ADD,
        run=actions.add_free,
        explain="The credits can be used at once. They are used before those that lapse later.",
        refuses=rules.why_none_added,
        questions=(
            Question(name="amount", label="How many", kind="number", least=1, most=rules.MOST_AT_ONCE),
            Question(name="unit", label="Of what", kind="choice", choices=UNITS),
            Question(
                name="days",
                label="Lapse after (days)",
                kind="number",
                required=False,
                least=0,
                most=rules.LONGEST_DAYS,
                help="Empty: as the settings say. 0: never.",
            ),
            WHY,
        ),
        many=True,
        icon="gift",
        dangerous=True,
        approval="thresholds",
        limit_rows=ALONE,
        order=30,
    ),
    Action(
        slug="take-back-credits",
        label="Take back credits",
        model="credit_entries",
        permission=rules.TAKE_BACK,
        run=actions.take_back,
        explain="What is left of these credits goes. What was used of them stays used.",
        refuses=rules.why_not_taken_back,
        questions=(WHY,),
        icon="arrow-back-up",
        dangerous=True,
        order=10,
    ),
    Action(
        slug="give-back-credits",
        label="Give back credits",
        model="credit_entries",
        permission=rules.TAKE_BACK,
        run=actions.give_back,
        explain="What was used comes back to where it was taken from, and lapses as before.",
        refuses=rules.why_not_given_back,
        questions=(WHY,),
        icon="refresh",
        dangerous=True,
        order=20,
    ),
)
JOBS = (
    Job(
        slug="customers.lapse-credits",
        run="plugins.customers.jobs.credits.lapse_credits",
        title="Take off credits that have lapsed",
        queue="low",
        cron="5 * * * *",
        routine=True,
    ),
)
ROUTES = (
    ApiRoute(
        method="GET",
        path="/accounts/{external_id}/credits",
        summary="Show the credits of an account",
        description="What can be used now, by unit, and what of it lapses next.",
        run="plugins.customers.views.credits_api.shown",
        scope="credits:read",
        scope_label="see the credits of an account",
        reads=("customers", "credit_entries"),
        statements=6,
    ),
    ApiRoute(
        method="POST",
        path="/accounts/{external_id}/credits/consume",
        summary="Use credits of an account",
        description="Taken from what lapses first. A `reference` is used once, however often it is sent.",
        run="plugins.customers.views.credits_api.consume",
        scope="credits:consume",
        scope_label="use credits of an account",
        reads=("customers", "credit_entries"),
        creates=("credit_entries",),
        edits=("customers",),
        idempotency="required",
        statements=16,
    ),
    ApiRoute(
        method="POST",
        path="/sign-ins",
        summary="Report sign-ins to the customer app",
        description="Up to 500 at once. An `id` is stored once, however often it is sent.",
        run="plugins.customers.views.sign_ins_api.report",
        scope="sign_ins:write",
        scope_label="report who signed in to the customer app",
        reads=("customers", "people"),
        creates=("sign_ins",),
        edits=("customers", "people"),
        largest_body=524_288,
        statements=10,
    ),
)

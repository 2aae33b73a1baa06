"""What is declared for signing in as a customer: permissions, actions, the page, the API, lists and the job."""

from dataclasses import replace

from admin_core.contributions import (
    Action,
    Alert,
    ApiRoute,
    Job,
    Page,
    Panel,
    Permission,
    Question,
    Segment,
    TimelineEntries,
    Waiting,
)
from plugins.customers.actions import impersonation as actions
from plugins.customers.actions.visits import review
from plugins.customers.rules import impersonation as rules
from plugins.customers.rules import visits as review_rules
from plugins.customers.views import impersonation as views
from plugins.customers.views import visits

PERMISSIONS = (
    Permission(rules.READ, "see who signed in as a customer, when and why"),
    Permission(rules.START, "sign in to the customer app as a customer, to look"),
    Permission(rules.FULL, "sign in as a customer to change things, when a second person agrees"),
    Permission(rules.END, "end a time in which somebody is signed in as a customer"),
    Permission(review_rules.REVIEW, "review visits that others made to customers"),
)
EXPLAINED = (
    "You look at the customer app as they see it. It shows a banner, counts what you see, and tells the customer of"
    " your visit. Nothing can be changed there. It ends by itself, and anybody who may can end it here."
)
EXPLAINED_FULL = (
    "You work in the customer app as the customer, and what you change there is changed. A second person has to agree"
    " for this ticket; then you have an hour to begin."
)
LOOK = Action(
    slug="sign-in-as",
    label="Sign in as this customer",
    model="customers",
    permission=rules.START,
    run=actions.look_as_customer,
    explain=EXPLAINED,
    refuses=rules.why_not_customer,
    questions=rules.QUESTIONS,
    then=rules.PAGE,
    icon="eye",
    dangerous=True,
    order=40,
)
ACTIONS = (
    LOOK,
    replace(
        LOOK,
        slug="work-as",
        label="Sign in as them to change things",
        permission=rules.FULL,
        run=actions.work_as_customer,
        explain=EXPLAINED_FULL,
        then="",
        approval="always",
        order=41,
    ),
    replace(
        LOOK,
        label="Sign in as this person",
        model="people",
        run=actions.look_as_person,
        refuses=rules.why_not_person,
    ),
    Action(
        slug="end",
        label="End it now",
        model="impersonations",
        permission=rules.END,
        run=actions.end,
        explain="The customer app refuses their next request. What they saw until then stays noted.",
        refuses=rules.why_not_endable,
        many=True,
        icon="x",
    ),
    Action(
        slug="review",
        label="Reviewed",
        model="impersonations",
        permission=review_rules.REVIEW,
        run=review,
        explain="You looked at who visited whom, why, for how long and what was changed, and it was in order.",
        refuses=review_rules.why_not_reviewed,
        questions=(
            Question(name="note", label="Note", kind="textarea", required=False, help="What you asked or found."),
        ),
        many=True,
        icon="clipboard-check",
    ),
)
PAGES = (
    Page(
        slug="sign-in-as",
        title="Signed in as a customer",
        permission=rules.START,
        load=views.page,
        template="customers/sign_in_as.html",
        post=views.posted,
        post_permission=rules.START,
        proof_within_s=rules.PROOF_WITHIN_S,
        group="Customers",
        icon="eye",
        statements=2,
    ),
    Page(
        slug="visits",
        title="Visits to customers",
        permission=rules.READ,
        load=visits.week_page,
        template="customers/visits.html",
        post=visits.reviewed,
        post_permission=review_rules.REVIEW,
        group="Customers",
        icon="clipboard-check",
        statements=7,  # three of them note whose names and words were read
    ),
)
SEGMENTS = (
    Segment(
        model="impersonations",
        name="Live",
        columns=("staff_id", "customer_id", "mode", "ticket_id", "redeemed_at", "session_expires_at"),
        filters=rules.LIVE,
    ),
    Segment(
        model="impersonations",
        name="To review",
        columns=(
            "staff_id",
            "customer_id",
            "mode",
            "customer_agreed",
            "reason",
            "redeemed_at",
            "ended_at",
            "changes_made",
        ),
        filters=review_rules.TO_REVIEW,
    ),
)
WAITING = (
    Waiting(
        label="Members of the team signed in as a customer",
        model="impersonations",
        filters=rules.live,
        permission=rules.READ,
        icon="eye",
        note="Each can be ended at once.",
    ),
    Waiting(
        label="Visits to customers that nobody has reviewed",
        model="impersonations",
        filters=review_rules.to_review,
        permission=review_rules.REVIEW,
        icon="clipboard-check",
        note="Those of earlier weeks; nobody reviews their own.",
    ),
)
ALERTS = (
    Alert(
        name="customers.visits-not-reviewed",
        title="Visits to customers are not reviewed",
        permission=review_rules.REVIEW,
        watch=visits.not_reviewed,
        threshold=0,
        severity="warning",
    ),
)
PANELS = (
    Panel(
        slug="impersonations",
        title="Signed in as this customer",
        model="customers",
        permission=rules.READ,
        belonging=rules.IMPERSONATIONS,
        order=70,
    ),
)
TIMELINE = (
    TimelineEntries(
        slug="impersonations",
        label="Signed in as them",
        model="customers",
        permission=rules.READ,
        belonging=rules.IMPERSONATIONS,
        icon="eye",
    ),
)
JOBS = (
    Job(
        slug="customers.note-ended-impersonations",
        run="plugins.customers.jobs.impersonation.note_ended_impersonations",
        title="Note which visits to customers ended by themselves",
        cron="* * * * *",
        routine=True,
    ),
)
API = "plugins.customers.views.impersonation_api"
TAKES = "impersonations:take"
ONLY = ("impersonations",)
ROUTES = (
    ApiRoute(
        method="GET",
        path="/impersonations/keys",
        summary="List the public keys of impersonation tokens",
        description="A JSON Web Key Set. Read it again when a token names a key that you don't know.",
        run=f"{API}.keys",
        scope=TAKES,
        scope_label="take members of the team who sign in as a customer, and tell what they saw",
        statements=1,
    ),
    ApiRoute(
        method="POST",
        path="/impersonations/consume",
        summary="Use up an impersonation token",
        description="After you verified it. It opens once: every other request with it is refused (409).",
        run=f"{API}.consume",
        scope=TAKES,
        reads=ONLY,
        edits=ONLY,
        idempotency="refused",
    ),
    ApiRoute(
        method="GET",
        path="/impersonations/{id}",
        summary="Ask whether an impersonation is live",
        description="Ask at least every 30 seconds while somebody uses it, and refuse requests once it is not.",
        run=f"{API}.shown",
        scope=TAKES,
        reads=ONLY,
        statements=3,
    ),
    ApiRoute(
        method="POST",
        path="/impersonations/{id}/activity",
        summary="Tell what an impersonation showed",
        description="Pages and records since the last report. They stand in the access log of the customer.",
        run=f"{API}.told",
        scope=TAKES,
        reads=ONLY,
        edits=ONLY,
    ),
    ApiRoute(
        method="POST",
        path="/impersonations/{id}/end",
        summary="End an impersonation",
        description="When the person ends it in the app, or its time is over. It ends once; what was shown is"
        " counted each time, so repeat it with the same `Idempotency-Key`.",
        run=f"{API}.ended",
        scope=TAKES,
        reads=ONLY,
        edits=ONLY,
    ),
    ApiRoute(
        method="GET",
        path="/impersonations",
        summary="List visits of our team to a customer",
        description="For the customer's own page of visits: when, for which ticket, and how much was seen.",
        run=f"{API}.visits",
        scope="impersonations:read",
        scope_label="list when our team used the app as a customer",
        reads=("impersonations", "customers"),
        statements=3,
    ),
)

"""What the customers' pages offer about passwords."""

from dataclasses import replace

from admin_core.contributions import Action, Job, Panel, Permission, Question, TimelineEntries
from plugins.customers.actions import passwords as actions
from plugins.customers.rules import passwords as rules

READ, RESET = "customers:passwords:read", "customers:passwords:reset"
PERMISSIONS = (
    Permission(READ, "see which password resets were asked for, and what became of them"),
    Permission(RESET, "send password-reset e-mails, and reset passwords"),
)
WHY = Question(name="reason", label="Why", kind="textarea", longest=500)
MAYBE = replace(WHY, required=False)
EXPLAINED = {
    "email": "The customer app's sign-in service mails a link with which a new password is chosen. The old one works"
    " until then. Nobody here sees the link.",
    "reset": "The password is replaced by one that nobody knows, every session ends, and the e-mail for a new password"
    " is sent. Who is signed in stays so until their access runs out, within an hour.",
}
EMAIL = Action(
    slug="email-password",
    label="Send password-reset e-mail",
    model="customers",
    permission=RESET,
    run=actions.email_customer,
    explain=EXPLAINED["email"],
    refuses=rules.why_not_customer,
    questions=(MAYBE,),
    icon="mail",
    order=60,
)
NEW_PASSWORD = Action(
    slug="reset-password",
    label="Reset password",
    model="customers",
    permission=RESET,
    run=actions.reset_customer,
    explain=EXPLAINED["reset"],
    refuses=rules.why_not_customer,
    questions=(WHY,),
    icon="key",
    dangerous=True,
    order=60,
)
ACTIONS = (
    EMAIL,
    NEW_PASSWORD,
    replace(EMAIL, model="people", run=actions.email_person, refuses=rules.why_not_person),
    replace(NEW_PASSWORD, model="people", run=actions.reset_person, refuses=rules.why_not_person),
    Action(
        slug="retry-reset",
        label="Try again",
        model="password_resets",
        permission=RESET,
        run=actions.try_again,
        explain="The same is asked for once more, as a request of its own.",
        refuses=rules.why_not_again,
        icon="refresh",
    ),
)
PANELS = (
    Panel(
        slug="password-resets",
        title="Password resets",
        model="customers",
        permission=READ,
        belonging=rules.RESETS,
        text="problem",
        statements=2,
        order=65,
    ),
)
KINDS = (
    TimelineEntries(
        slug="password-resets",
        label="Password reset",
        model="customers",
        permission=READ,
        belonging=rules.IN_TIMELINE,
        icon="key",
    ),
)
JOBS = (
    Job(
        slug="customers.send-password-reset",
        run="plugins.customers.jobs.passwords.send_password_reset",
        title="Reset a password at the sign-in service",
        queue="high",
        timeout_s=120,
        max_attempts=4,
    ),
)

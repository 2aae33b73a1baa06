"""The kit itself: every check in order, and what runs them all over one plugin."""

from collections.abc import Iterator

from admin_core.conformance import declarations, hiding, planning, records, running, serving, switching
from admin_core.conformance.check import Check, Result
from admin_core.conformance.stage import Stage

LOADS = Check(
    "loads", "It loads: hooks, names, permissions, models and templates are what core demands.", declarations.loads
)
CHECKS = (
    LOADS,
    Check("addresses", "Slugs are lower-case words joined by dashes.", declarations.addresses),
    Check("icons", "Every icon it names is in the sprite.", declarations.icons),
    Check("job-functions", "The functions of its jobs can be imported.", declarations.job_functions),
    Check(
        "templates", "Its templates lie in its folder and hold nothing that the policy blocks.", declarations.templates
    ),
    Check("personal-data", "Every column of its tables says how personal it is.", declarations.personal_data),
    Check("routes", "Every route declares its surface and a permission.", serving.routes),
    Check("pages-answer", "Every page answers an Owner, in its budget and under the policy.", serving.pages_answer),
    Check("pages-refuse", "Every page refuses who lacks the permission, and forms of others.", serving.pages_refuse),
    Check("home", "Its lines on home and its figures answer, in their budget, and lead to their rows.", serving.home),
    Check(
        "actions-refuse", "Every action refuses who lacks the permission, and forms of others.", serving.actions_refuse
    ),
    Check(
        "record-parts",
        "Its panels and timelines answer, by an index, and refuse who lacks the permission.",
        records.record_parts,
    ),
    Check("rows-hidden", "The database takes its row rules, and they are in force.", hiding.row_rules),
    Check("plans-hold", "Tried twice, its dangerous actions come to the same plan.", planning.plans_hold),
    Check("jobs-run-twice", "Scheduled jobs run twice leave the same rows, over none and over some.", running.jobs_run),
    Check("leaves-no-trace", "Switched off, it leaves nothing behind.", switching.leaves_no_trace),
    Check("failure-contained", "When a part of it raises, everything else answers.", switching.failure_contained),
)


def examine(stage: Stage) -> Iterator[Result]:
    """Yield what came of each check; of a plugin that does not load only that."""
    for check in CHECKS:
        result = Result(check, tuple(check.findings(stage)))
        yield result
        if check is LOADS and not result.passed:
            return

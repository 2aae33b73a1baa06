"""What is declared for duplicates that become part of another record: actions, the panel, the timeline and the job."""

from admin_core.contributions import Action, Job, Panel, TimelineEntries
from plugins.customers.actions.merging import JOB, merge
from plugins.customers.actions.unmerging import unmerge
from plugins.customers.rules import merging
from plugins.customers.rules.duplicates import MERGE
from plugins.customers.views import duplicates

ACTIONS = (
    Action(
        slug="merge",
        label="Merge a duplicate into it",
        model="customers",
        permission=MERGE,
        run=merge,
        refuses=merging.why_not_kept,
        explain=merging.EXPLAINED,
        questions=merging.QUESTIONS,
        icon="git-branch",
        dangerous=True,
        approval="thresholds",
        limit_rows=1_000,
        order=70,
    ),
    Action(
        slug="unmerge",
        label="Take the merge back",
        model="customers",
        permission=MERGE,
        run=unmerge,
        refuses=merging.why_not_merged,
        explain=merging.EXPLAINED_BACK,
        icon="arrow-back-up",
        dangerous=True,
        approval="thresholds",
        limit_rows=1_000,
        order=71,
    ),
)
PANELS = (
    Panel(
        slug="duplicates",
        title="Possible duplicates",
        model="customers",
        permission=MERGE,
        load=duplicates.possible_duplicates,
        statements=4,
        order=90,
    ),
    Panel(
        slug="merges",
        title="Merged into it",
        model="customers",
        permission=MERGE,
        belonging=merging.MERGES,
        order=91,
    ),
)
KINDS = (
    TimelineEntries(
        slug="merges",
        label="Merge",
        model="customers",
        permission=MERGE,
        belonging=merging.MERGES,
        icon="git-branch",
    ),
)
JOBS = (
    Job(
        slug=JOB,
        run="plugins.customers.jobs.merging.move_merged_rows",
        title="Move the rows of a merged customer",
        timeout_s=3_600,
        unique=True,
    ),
)

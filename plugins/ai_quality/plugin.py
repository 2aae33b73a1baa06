"""AI quality: how often the AI agrees with people, and which cases people still have to look at."""

from admin_core.contributions import HomeTile, Manifest, Waiting
from admin_core.hookspecs import hookimpl
from plugins.ai_quality import rules, views

MANIFEST = Manifest(
    name="ai_quality",
    title="AI quality",
    description="Accuracy against human reviews, and the review queue.",
    icon="robot",
    order=30,
)


@hookimpl
def register_waiting() -> list[Waiting]:
    return [
        Waiting(
            label="Candidates who ask for a human decision",
            model="review_requests",
            filters=rules.asked_for_a_human,
            permission="ai_quality:reviews:read",
            icon="user-check",
            tone="danger",
            note="POPIA section 71: a person has to answer.",
        ),
        Waiting(
            label="AI decisions waiting for review",
            model="review_assignments",
            filters=rules.waiting_reviews,
            permission="ai_quality:reviews:read",
            icon="checklist",
        ),
    ]


@hookimpl
def register_tiles() -> list[HomeTile]:
    return [HomeTile("AI accuracy", "ai_quality:accuracy:read", views.accuracy, "human_reviews")]

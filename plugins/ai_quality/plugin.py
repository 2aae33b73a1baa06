"""AI quality: how often the AI agrees with people, and which cases people still have to look at."""

from admin_core.contributions import ApiRoute, HomeTile, Manifest, Permission, Waiting
from admin_core.hookspecs import hookimpl
from plugins.ai_quality import rules
from plugins.ai_quality.views import tiles

MANIFEST = Manifest(
    name="ai_quality",
    title="AI quality",
    description="Accuracy against human reviews, and the review queue.",
    icon="robot",
    order=30,
)


@hookimpl
def register_permissions() -> list[Permission]:
    return [
        Permission("ai_quality:accuracy:read", "see how often the AI agrees with people"),
        Permission("ai_quality:reviews:read", "see which cases wait for a person"),
    ]


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
    return [HomeTile("AI accuracy", "ai_quality:accuracy:read", tiles.accuracy, "human_reviews")]


@hookimpl
def register_api() -> list[ApiRoute]:
    return [
        ApiRoute(
            method="POST",
            path="/feedback",
            summary="Say whether an AI decision was helpful",
            description='The answer to "Was this helpful?", on a decision or on a feature.',
            run="plugins.ai_quality.views.feedback.give",
            scope="feedback:write",
            scope_label="give feedback on AI decisions",
            reads=("ai_decisions",),
            creates=("decision_feedback",),
            browser=True,
            idempotency="required",
            status=201,
            largest_body=16_384,
            statements=5,
        ),
        ApiRoute(
            method="GET",
            path="/feedback",
            summary="List feedback, newest first",
            run="plugins.ai_quality.views.feedback.listed",
            scope="feedback:read",
            scope_label="read feedback, comments of people included",
            reads=("decision_feedback",),
            sees=("identity",),
            personal="decision_feedback",
            statements=3,
        ),
        ApiRoute(
            method="GET",
            path="/feedback/{id}",
            summary="Show one piece of feedback",
            run="plugins.ai_quality.views.feedback.shown",
            scope="feedback:read",
            reads=("decision_feedback",),
            sees=("identity",),
            personal="decision_feedback",
            statements=2,
        ),
    ]

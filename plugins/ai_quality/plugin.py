"""AI quality: how often the AI agrees with people, and which cases people still have to look at."""

from admin_core.contributions import Actives, Alert, ApiRoute, Dashboard, Figure, Manifest, Permission, Rollup, Waiting
from admin_core.hookspecs import hookimpl
from plugins.ai_quality import queries, rules
from plugins.ai_quality.views import alerts, figures, routes

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
def register_figures() -> list[Figure]:
    return list(figures.FIGURES)


@hookimpl
def register_rollups() -> list[Rollup | Actives]:
    return list(queries.ROLLUPS)


@hookimpl
def register_dashboards() -> list[Dashboard]:
    return list(figures.DASHBOARDS)


@hookimpl
def register_alerts() -> list[Alert]:
    return [
        Alert(
            name="ai_quality.accuracy",
            title="The AI agrees less with people",
            permission="ai_quality:accuracy:read",
            watch=alerts.accuracy_read,
            comparison="below",
            threshold=80,
            minimum_count=50,
            for_s=3600,
            keep_firing_s=86_400,
            repeat_s=604_800,
        ),
    ]


@hookimpl
def register_api() -> list[ApiRoute]:
    return list(routes.ROUTES)

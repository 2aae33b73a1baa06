"""Operations of the API: decisions are sent, feedback is given and read. What they do is imported when called."""

from admin_core.contributions import ApiRoute
from admin_core.sources.intake import LARGEST_BODY

ROUTES = (
    ApiRoute(
        method="POST",
        path="/decisions",
        summary="Send AI decisions",
        description="Each is written once: what is sent again with the same `external_id` changes nothing."
        " `customer`, `candidate` and `vacancy` are their `external_id`.",
        run="plugins.ai_quality.views.decisions.take",
        scope="decisions:write",
        scope_label="send AI decisions",
        creates=("ai_decisions",),
        largest_body=LARGEST_BODY,
        statements=40,
    ),
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
)

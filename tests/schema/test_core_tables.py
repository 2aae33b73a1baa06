"""What the database itself refuses where access, evidence, people's data and exactly-once are at stake."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from psycopg import errors
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from schema.access_log import AccessEntry
from schema.ai import AiDecision, EvidenceItem
from schema.alerts import AlertIncident, AlertRule
from schema.api import ApiKey, IdempotencyKey, IncomingWebhook, WebhookDelivery
from schema.audit import AuditEntry
from schema.base import Base
from schema.candidates import Candidate, CvDocument
from schema.changes import Approval, SubjectKey
from schema.consents import Consent, Objection
from schema.customers import Customer
from schema.experiments import Experiment, ExperimentArm, Exposure
from schema.health import ErrorEvent
from schema.health_checks import ImapMailbox
from schema.imports import DataImport
from schema.jobs import Job, JobOutcome, JobStep
from schema.mail import MailMessage, Suppression
from schema.privacy import SubjectRequest
from schema.privacy_erasure import ErasureCertificate, ErasurePlan, ErasureStep
from schema.privacy_registers import LegalHold, Representation, RetentionPolicy, RetentionRun
from schema.prompts import ModelPrice, Prompt, PromptLabel, PromptVersion
from schema.reports import DataExport, ReportRun
from schema.reviews import DecisionFeedback, DecisionOverride, HumanReview, ReviewAssignment, ReviewRequest
from schema.schedules import JobSlot
from schema.settings import Setting
from schema.sign_in import Invitation, IpAllowEntry
from schema.sources import SourceLink, SourceReject
from schema.staff import Role, StaffMember
from schema.views import SavedView, ViewState
from tests.schema.commercial_rows import LATER, NOON
from tests.schema.core_rows import PARENTS, WORDS, CoreMaker


@pytest.fixture
def maker(session: Session) -> CoreMaker:
    return CoreMaker(session)


@contextmanager
def refused(constraint: str) -> Iterator[None]:
    """Expect the database to refuse by the named constraint."""
    with pytest.raises(IntegrityError) as caught:
        yield
    assert isinstance(caught.value.orig, errors.IntegrityError)
    assert caught.value.orig.diag.constraint_name == constraint


@pytest.mark.parametrize("model", WORDS, ids=lambda model: model.__name__)
def test_the_plain_row_is_accepted(maker: CoreMaker, model: type[Base]) -> None:
    assert maker.add(model) in maker.session


REFUSED: list[tuple[str, type[Base], dict[str, Any]]] = [
    # --- Jobs
    ("ck_jobs_running_has_lease", Job, {"state": "running"}),
    ("ck_jobs_ended_has_time", Job, {"state": "done"}),
    ("ck_jobs_attempts_counted", Job, {"crashes": -1}),
    ("ck_jobs_state_known", Job, {"state": "lost"}),
    # --- Evidence of what people did
    ("ck_audit_entries_values_committed", AuditEntry, {"sealed_values": b"x"}),
    ("ck_access_entries_reveal_has_reason", AccessEntry, {"kind": "reveal"}),
    ("ck_approvals_decided", Approval, {"state": "approved"}),
    ("ck_subject_keys_destroyed", SubjectKey, {"destroyed_at": NOON}),
    ("ck_data_exports_unmasked_has_reason", DataExport, {"unmasked": True}),
    ("ck_data_imports_finished_when_over", DataImport, {"state": "done"}),
    # --- Settings and machines
    ("ck_settings_value_or_secret", Setting, {"secret": b"s"}),
    ("ck_api_keys_rate_positive", ApiKey, {"rate_per_minute": 0}),
    ("ck_mail_messages_sent_has_time", MailMessage, {"state": "sent"}),
    ("ck_alert_incidents_resolved_has_time", AlertIncident, {"state": "resolved"}),
    ("ck_alert_rules_times", AlertRule, {"for_s": -1}),
    ("ck_imap_mailboxes_port", ImapMailbox, {"port": 0}),
    # --- Decisions of the AI and what people say to them
    ("ck_ai_decisions_score", AiDecision, {"score": 101}),
    ("ck_ai_decisions_model_score", AiDecision, {"model_score": -1}),
    ("ck_ai_decisions_fallback_is_no_answer", AiDecision, {"is_fallback": True}),
    ("ck_ai_decisions_rule_named", AiDecision, {"rule_recommendation": "reject"}),
    ("ck_ai_decisions_evidence_counted", AiDecision, {"evidence_total": 1, "evidence_checkable": 2}),
    ("ck_ai_decisions_tokens_counted", AiDecision, {"tokens_in": -1}),
    ("ck_evidence_items_match", EvidenceItem, {"match_start": 5, "match_end": 5}),
    ("ck_human_reviews_blind_means_blind", HumanReview, {"submitted_at": LATER, "ai_seen_at": NOON}),
    ("ck_human_reviews_reviewer", HumanReview, {"member": None}),
    ("ck_review_assignments_reserved_until", ReviewAssignment, {"state": "reserved"}),
    ("ck_decision_overrides_changes_something", DecisionOverride, {"to_recommendation": "reject"}),
    ("ck_decision_feedback_says_something", DecisionFeedback, {"helpful": None}),
    ("ck_review_requests_answered", ReviewRequest, {"state": "upheld"}),
    ("ck_experiments_share", Experiment, {"traffic_share": 0}),
    ("ck_experiments_ended", Experiment, {"state": "stopped"}),
    ("ck_model_prices_prices", ModelPrice, {"output_per_million": -1}),
    # --- Privacy
    ("ck_subject_requests_due_after_receipt", SubjectRequest, {"due_on": date(2026, 3, 1)}),
    ("ck_subject_requests_only_access_extends", SubjectRequest, {"extended_until": date(2026, 5, 1)}),
    ("ck_subject_requests_identity_method", SubjectRequest, {"identity_verified_at": NOON}),
    ("ck_subject_requests_closed_has_time", SubjectRequest, {"state": "completed"}),
    ("ck_subject_requests_refusal_has_ground", SubjectRequest, {"state": "refused", "closed_at": NOON}),
    ("ck_consents_somebody", Consent, {"customer": None}),
    ("ck_consents_given_to_a_text", Consent, {"act": "given"}),
    ("ck_objections_somebody", Objection, {"customer": None}),
    ("ck_objections_told_before_lifting", Objection, {"lifted_at": LATER}),
    ("ck_legal_holds_released_by_somebody", LegalHold, {"released_at": LATER}),
    ("ck_legal_holds_something", LegalHold, {"customer": None}),
    ("ck_representations_decided", Representation, {"state": "upheld"}),
    ("ck_retention_policies_days", RetentionPolicy, {"days": -1}),
    ("ck_retention_runs_counted", RetentionRun, {"rows_due": -1}),
]


@pytest.mark.parametrize(("constraint", "model", "changes"), REFUSED, ids=[case[0] for case in REFUSED])
def test_impossible_rows_are_refused(
    maker: CoreMaker, constraint: str, model: type[Base], changes: dict[str, Any]
) -> None:
    for parent in PARENTS.get(model, {}).values():
        maker.one(parent)
    with refused(constraint):
        maker.add(model, **changes)


TWICE: list[tuple[str, type[Base], dict[str, Any]]] = [
    # What differs in the second row; everything else is the same.
    ("uq_roles_name", Role, {}),
    ("uq_staff_members_email_lower", StaffMember, {"email": "ADA@hireinbox.test", "fs_uniquifier": "other"}),
    ("uq_invitations_open_email", Invitation, {"email": "Finn@hireinbox.test", "token_hash": "other"}),
    ("uq_ip_allow_entries_network", IpAllowEntry, {}),
    ("uq_saved_views_owner_id_model_key_name", SavedView, {}),
    ("uq_view_states_token", ViewState, {}),
    ("uq_jobs_idempotency_key", Job, {"unique_key": "other"}),
    ("uq_jobs_open_unique_key", Job, {"idempotency_key": "other"}),
    ("uq_job_steps_job_id_key", JobStep, {}),
    ("uq_job_outcomes_job_id_position", JobOutcome, {}),
    ("uq_job_slots_name_slot", JobSlot, {}),
    ("uq_idempotency_keys_scope_key", IdempotencyKey, {}),
    ("uq_webhook_deliveries_endpoint_id_event_key", WebhookDelivery, {}),
    ("uq_incoming_webhooks_source_external_key", IncomingWebhook, {}),
    ("uq_mail_messages_key", MailMessage, {}),
    ("uq_suppressions_in_force", Suppression, {}),
    ("uq_alert_incidents_open", AlertIncident, {"state": "firing"}),
    ("uq_source_links_mapping_id_source_key", SourceLink, {}),
    ("uq_source_rejects_open", SourceReject, {}),
    ("uq_candidates_source_external_id", Candidate, {}),
    ("uq_cv_documents_source_external_id", CvDocument, {}),
    ("uq_ai_decisions_source_external_id", AiDecision, {}),
    ("uq_evidence_items_decision_id_position", EvidenceItem, {}),
    ("uq_human_reviews_in_force", HumanReview, {}),
    ("uq_review_assignments_open", ReviewAssignment, {"reason": "flagged"}),
    ("uq_review_requests_open", ReviewRequest, {}),
    ("uq_decision_feedback_source_external_id", DecisionFeedback, {}),
    ("uq_prompt_versions_prompt_id_content_hash", PromptVersion, {"number": 2}),
    ("uq_prompt_versions_prompt_id_number", PromptVersion, {"content_hash": "1" * 64}),
    ("uq_prompt_labels_prompt_id_name", PromptLabel, {}),
    ("uq_experiments_running", Experiment, {"key": "other"}),
    ("uq_experiment_arms_control", ExperimentArm, {"name": "b", "position": 2}),
    ("uq_exposures_experiment_id_unit_key", Exposure, {}),
    ("uq_error_events_project_id_event_id", ErrorEvent, {}),
    ("uq_erasure_plans_current", ErasurePlan, {}),
    ("uq_erasure_steps_plan_id_position", ErasureStep, {}),
    ("uq_consents_source_external_id", Consent, {}),
    ("uq_settings_section_name", Setting, {}),
]


@pytest.mark.parametrize(("constraint", "model", "other"), TWICE, ids=[case[0] for case in TWICE])
def test_the_same_thing_is_not_recorded_twice(
    maker: CoreMaker, constraint: str, model: type[Base], other: dict[str, Any]
) -> None:
    maker.add(model)
    with refused(constraint):
        maker.add(model, **other)


AGAIN: list[tuple[type[Base], dict[str, Any], dict[str, Any]]] = [
    # First row, second row: what was over makes room for the next.
    (Job, {"state": "done", "finished_at": NOON}, {"idempotency_key": "daily-2"}),
    (Invitation, {"withdrawn_at": NOON}, {"token_hash": "other"}),
    (Suppression, {"lifted_at": NOON}, {}),
    (AlertIncident, {"state": "resolved", "resolved_at": NOON}, {}),
    (SourceReject, {"resolved_at": NOON}, {}),
    (HumanReview, {"superseded_at": NOON}, {}),
    (ReviewAssignment, {"state": "done"}, {}),
    (Experiment, {"state": "stopped", "ended_at": LATER}, {"key": "other"}),
    (ErasurePlan, {"superseded_at": NOON}, {}),
    (ReportRun, {}, {}),
    (Consent, {"external_id": None}, {"external_id": None}),
]


@pytest.mark.parametrize(("model", "first", "second"), AGAIN, ids=[case[0].__name__ for case in AGAIN])
def test_what_is_over_makes_room(
    maker: CoreMaker, model: type[Base], first: dict[str, Any], second: dict[str, Any]
) -> None:
    maker.add(model, **first)
    assert maker.add(model, **second) in maker.session


KEPT: list[tuple[str, type[Base], type[Base]]] = [
    ("fk_approvals_requested_by_id_staff_members", Approval, StaffMember),
    ("fk_human_reviews_decision_id_ai_decisions", HumanReview, AiDecision),
    ("fk_ai_decisions_candidate_id_candidates", AiDecision, Candidate),
    ("fk_candidates_customer_id_customers", Candidate, Customer),
    ("fk_prompt_labels_version_id_prompt_versions", PromptLabel, PromptVersion),
    ("fk_prompt_versions_prompt_id_prompts", PromptVersion, Prompt),
    ("fk_erasure_plans_request_id_subject_requests", ErasurePlan, SubjectRequest),
    ("fk_erasure_certificates_plan_id_erasure_plans", ErasureCertificate, ErasurePlan),
    ("fk_retention_runs_policy_id_retention_policies", RetentionRun, RetentionPolicy),
]


@pytest.mark.parametrize(("constraint", "holder", "held"), KEPT, ids=[case[0] for case in KEPT])
def test_what_evidence_rests_on_is_not_deleted(
    maker: CoreMaker, constraint: str, holder: type[Base], held: type[Base]
) -> None:
    maker.one(holder)
    with refused(constraint):
        delete_row(maker, held)


def delete_row(maker: CoreMaker, model: type[Base]) -> None:
    """Delete the row of that model in the database, not by the session's own rules."""
    maker.session.execute(delete(model).where(model.__table__.c.id == maker.one(model).id))


PARTS: list[tuple[type[Base], type[Base]]] = [
    (JobStep, Job),
    (SavedView, StaffMember),
    (EvidenceItem, AiDecision),
    (AlertIncident, AlertRule),
]


@pytest.mark.parametrize(("part", "whole"), PARTS, ids=[case[0].__name__ for case in PARTS])
def test_true_parts_go_with_the_whole(maker: CoreMaker, part: type[Base], whole: type[Base]) -> None:
    maker.one(part)
    delete_row(maker, whole)
    assert maker.session.scalar(select(func.count()).select_from(part)) == 0


def test_an_approval_needs_a_second_person(maker: CoreMaker) -> None:
    ada = maker.one(StaffMember)
    decided = {"state": "approved", "decided_at": NOON}
    with refused("ck_approvals_two_people"), maker.session.begin_nested():
        maker.add(Approval, **decided, decided_by=ada)
    otto = maker.add(StaffMember, email="otto@hireinbox.test", fs_uniquifier="otto")
    assert maker.add(Approval, **decided, decided_by=otto) in maker.session


def test_a_destroyed_subject_key_is_gone(maker: CoreMaker) -> None:
    assert maker.add(SubjectKey, wrapped_key=None, destroyed_at=NOON) in maker.session


def test_a_blind_review_may_show_the_answer_afterwards(maker: CoreMaker) -> None:
    seen = NOON + timedelta(seconds=1)
    assert maker.add(HumanReview, submitted_at=NOON, ai_seen_at=seen) in maker.session

"""One acceptable row of each core model under test, and what makes them with their parents."""

from datetime import date
from typing import Any

from schema.access_log import AccessEntry
from schema.ai import AiDecision, EvidenceItem
from schema.alerts import AlertIncident, AlertRule
from schema.api import ApiKey, IdempotencyKey, IncomingWebhook, WebhookDelivery, WebhookEndpoint
from schema.audit import AuditEntry
from schema.base import Base
from schema.candidates import Candidate, CvDocument, JobRole
from schema.changes import Approval, SubjectKey
from schema.consents import Consent, Objection
from schema.customers import Customer
from schema.experiments import Experiment, ExperimentArm, Exposure
from schema.health import ErrorEvent, ErrorIssue, ErrorProject
from schema.health_checks import ImapMailbox
from schema.imports import DataImport
from schema.jobs import Job, JobOutcome, JobStep
from schema.mail import MailMessage, Suppression
from schema.privacy import SubjectRequest
from schema.privacy_erasure import ErasureCertificate, ErasurePlan, ErasureStep
from schema.privacy_registers import Breach, LegalHold, Representation, RetentionPolicy, RetentionRun
from schema.prompts import ModelPrice, Prompt, PromptLabel, PromptVersion
from schema.reports import DataExport, Report, ReportRun, ReportSchedule
from schema.reviews import DecisionFeedback, DecisionOverride, HumanReview, ReviewAssignment, ReviewRequest
from schema.schedules import JobSlot
from schema.settings import Setting
from schema.sign_in import Invitation, IpAllowEntry
from schema.sources import SourceLink, SourceMapping, SourceReject
from schema.staff import Role, StaffMember, WebAuthnCredential
from schema.views import SavedView, ViewState
from tests.schema.commercial_rows import LATER, NOON, Maker

HASH = "0" * 64

WORDS: dict[type[Base], dict[str, Any]] = {
    Role: {"name": "Auditor", "permissions": ["data:*:read"]},
    WebAuthnCredential: {
        "name": "Ada's key",
        "credential_id": b"key",
        "public_key": b"public",
        "backup_state": False,
        "device_type": "single_device",
        "usage": "secondary",
        "lastuse_datetime": NOON,
    },
    Invitation: {"email": "finn@hireinbox.test", "role_names": ["Viewer"], "token_hash": "i", "expires_at": LATER},
    IpAllowEntry: {"network": "196.25.0.0/16", "label": "Office"},
    SavedView: {"model_key": "customers", "name": "Mine"},
    ViewState: {"token": "t", "model_key": "customers", "payload": b"sealed", "expires_at": LATER},
    Job: {"name": "reports.daily", "unique_key": "daily", "idempotency_key": "daily-1"},
    JobStep: {"key": "pay-1"},
    JobOutcome: {"position": 1, "kind": "done"},
    JobSlot: {"name": "nightly", "slot": NOON},
    AuditEntry: {
        "actor_kind": "member",
        "category": "write",
        "action": "edit",
        "body": "{}",
        "mac": b"m",
        "mac_key_id": "1",
    },
    AccessEntry: {"kind": "detail", "model_key": "customers"},
    Approval: {"title": "Erase", "action": "erase", "plan_hash": HASH, "plan": {}, "expires_at": LATER},
    SubjectKey: {"subject_kind": "customer", "subject_key": "1", "wrapped_key": b"k", "wrapping_key_id": "1"},
    Setting: {"section": "core", "name": "company", "value": {"v": "HireInbox"}},
    ApiKey: {"name": "App", "prefix": "hi_1", "key_hash": "h", "scopes": ["events:write"]},
    IdempotencyKey: {"scope": "app", "key": "1", "request_digest": HASH, "expires_at": LATER},
    WebhookEndpoint: {"name": "App", "url": "https://app.example.test", "events": ["*"], "secret": b"s"},
    WebhookDelivery: {"event_key": "e1", "event_type": "customer.changed", "payload": {}},
    IncomingWebhook: {"source": "gateway", "external_key": "w1", "signature_ok": True, "payload": {}},
    MailMessage: {
        "mail_class": "service",
        "to_email": "nomsa@example.test",
        "from_email": "us@hireinbox.test",
        "subject": "Hello",
        "key": "hello-1",
    },
    Suppression: {"address_hash": HASH, "reason": "unsubscribed", "scope": "marketing"},
    AlertRule: {"name": "errors", "title": "Errors"},
    AlertIncident: {"title": "Errors", "severity": "warning", "state": "firing"},
    SourceMapping: {"name": "users", "source_table": "public.users", "target": "people", "columns": {}},
    SourceLink: {"source_key": "1", "target_id": "00000000-0000-0000-0000-000000000001", "digest": HASH},
    SourceReject: {"source_key": "1", "reason": "No e-mail", "payload": {}},
    JobRole: {"external_id": "role-1", "title": "Welder"},
    Candidate: {"external_id": "candidate-1", "name": "Finn"},
    CvDocument: {"external_id": "cv-1", "origin": "upload"},
    AiDecision: {
        "external_id": "trace-1",
        "provider": "openai",
        "model": "gpt",
        "model_score": 82,
        "model_recommendation": "shortlist",
        "score": 82,
        "recommendation": "shortlist",
        "decided_at": NOON,
    },
    EvidenceItem: {"position": 1, "kind": "highlight", "claim": "Welds", "quote": "welder", "decided_at": NOON},
    ReviewAssignment: {"reason": "sample"},
    HumanReview: {"blind": True, "recommendation": "reject", "seconds_spent": 90},
    DecisionOverride: {"external_id": "o1", "from_recommendation": "reject", "to_recommendation": "shortlist"},
    DecisionFeedback: {"external_id": "f1", "helpful": False},
    ReviewRequest: {"message": "Please look again"},
    Prompt: {"name": "screening", "title": "Screening"},
    PromptVersion: {"number": 1, "messages": [], "content_hash": HASH},
    PromptLabel: {"name": "production"},
    ModelPrice: {
        "provider": "openai",
        "model": "gpt",
        "valid_from": date(2026, 1, 1),
        "input_per_million": 1,
        "output_per_million": 2,
    },
    Experiment: {"key": "ab", "title": "A or B", "state": "running", "metric": "blind_agreement"},
    ExperimentArm: {"name": "a", "position": 1, "is_control": True},
    Exposure: {"unit_key": "role-1", "bucket": 0},
    ErrorProject: {"number": 1, "name": "web"},
    ErrorIssue: {"title": "Boom", "level": "error"},
    ErrorEvent: {"event_id": "0" * 32, "level": "error", "occurred_at": NOON},
    ImapMailbox: {"external_id": "m1", "address": "cv@otto.test", "host": "imap.otto.test", "username": "cv@otto.test"},
    SubjectRequest: {
        "number": "PR-1",
        "kind": "deletion",
        "channel": "email",
        "requester_name": "Nomsa",
        "received_on": date(2026, 3, 2),
        "due_on": date(2026, 4, 1),
    },
    ErasurePlan: {"plan_hash": HASH, "schema_hash": HASH, "decisions": {}, "rows_expected": 3},
    ErasureStep: {"position": 1, "kind": "database", "target": "people", "strategy": "null"},
    ErasureCertificate: {"number": "EC-1", "body": "{}", "signature": b"s", "key_id": "1", "kept": {}},
    Consent: {"purpose": "marketing", "act": "refused", "external_id": "c1", "occurred_at": NOON},
    Objection: {"purpose": "marketing"},
    RetentionPolicy: {
        "model_key": "candidates",
        "after_column": "last_screened_at",
        "days": 365,
        "action": "anonymise",
        "basis": "Section 14",
    },
    RetentionRun: {"rows_due": 1},
    LegalHold: {"title": "Dispute", "reason": "Court"},
    Breach: {"title": "Lost laptop", "discovered_at": NOON, "what_happened": "Lost"},
    Representation: {"received_on": date(2026, 3, 2), "due_on": date(2026, 4, 1), "statement": "I can weld"},
    Report: {"title": "Daily", "source": "revenue", "definition": {}},
    ReportSchedule: {"cron": "0 6 * * *"},
    ReportRun: {"definition": {}, "definition_version": 1},
    DataExport: {"model_key": "customers", "columns": ["email"]},
    DataImport: {"model_key": "customers", "source": "csv", "said": "CSV", "size_bytes": 1, "file_sha256": HASH},
}

PARENTS: dict[type[Base], dict[str, type[Base]]] = {
    WebAuthnCredential: {"user": StaffMember},
    SavedView: {"owner": StaffMember},
    ViewState: {"owner": StaffMember},
    JobStep: {"job": Job},
    JobOutcome: {"job": Job},
    Approval: {"requested_by": StaffMember},
    WebhookDelivery: {"endpoint": WebhookEndpoint},
    AlertIncident: {"rule": AlertRule},
    SourceLink: {"mapping": SourceMapping},
    SourceReject: {"mapping": SourceMapping},
    JobRole: {"customer": Customer},
    Candidate: {"customer": Customer},
    CvDocument: {"customer": Customer, "candidate": Candidate},
    AiDecision: {"customer": Customer, "candidate": Candidate, "job_role": JobRole},
    EvidenceItem: {"decision": AiDecision},
    ReviewAssignment: {"decision": AiDecision},
    HumanReview: {"decision": AiDecision, "member": StaffMember},
    DecisionOverride: {"decision": AiDecision, "customer": Customer},
    DecisionFeedback: {"decision": AiDecision},
    ReviewRequest: {"decision": AiDecision, "candidate": Candidate},
    PromptVersion: {"prompt": Prompt},
    PromptLabel: {"prompt": Prompt, "version": PromptVersion},
    Experiment: {"prompt": Prompt},
    ExperimentArm: {"experiment": Experiment, "version": PromptVersion},
    Exposure: {"experiment": Experiment, "arm": ExperimentArm},
    ErrorIssue: {"project": ErrorProject},
    ErrorEvent: {"project": ErrorProject, "issue": ErrorIssue},
    SubjectRequest: {"customer": Customer},
    ErasurePlan: {"request": SubjectRequest},
    ErasureStep: {"plan": ErasurePlan},
    ErasureCertificate: {"plan": ErasurePlan},
    Consent: {"customer": Customer},
    Objection: {"customer": Customer},
    RetentionRun: {"policy": RetentionPolicy},
    LegalHold: {"customer": Customer, "placed_by": StaffMember},
    ReportSchedule: {"report": Report},
    ReportRun: {"report": Report},
    DataExport: {"member": StaffMember},
    DataImport: {"member": StaffMember},
}


class CoreMaker(Maker):
    """Makes rows of core, and of the business where core needs them."""

    def add(self, model: type[Base], **changes: Any) -> Any:
        """Insert one more row with some values changed."""
        if model not in WORDS:
            return super().add(model, **changes)
        wanted = PARENTS.get(model, {}).items()
        parents = {name: self.one(parent) for name, parent in wanted if name not in changes}
        row = model(**{**WORDS[model], **parents, **changes})
        self.session.add(row)
        self.session.flush()
        return row

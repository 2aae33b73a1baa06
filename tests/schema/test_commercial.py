"""What the database itself refuses where money, credits and evidence are at stake."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from psycopg import errors
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from schema.accounts import Impersonation, Suspension
from schema.base import Base
from schema.billing import Payment, PaymentAttempt, Refund
from schema.catalog import CreditPack, Plan, Price
from schema.costs import FxRate, ProviderCost
from schema.credits import CreditEntry
from schema.customers import Customer, Person
from schema.flags import FeatureFlag
from schema.invoicing import CreditNote, Invoice, InvoiceLine, NumberSequence, VatPeriod
from schema.messaging import CampaignDelivery, EmailCampaign
from schema.password_resets import PasswordReset
from schema.promotions import PromotionCode, Redemption
from schema.reconciliation import GatewayEvent, ReconciliationFinding
from schema.service_levels import SatisfactionSurvey
from schema.staff import StaffMember
from schema.subscriptions import MrrMovement, Subscription, SubscriptionEvent
from schema.support import Ticket, TicketMessage
from schema.usage import UsageEvent
from tests.schema.commercial_rows import BEFORE, LATER, NOON, PARENTS, WORDS, Maker


@pytest.fixture
def maker(session: Session) -> Maker:
    return Maker(session)


@contextmanager
def refused(constraint: str) -> Iterator[None]:
    """Expect the database to refuse by the named constraint."""
    with pytest.raises(IntegrityError) as caught:
        yield
    assert isinstance(caught.value.orig, errors.IntegrityError)
    assert caught.value.orig.diag.constraint_name == constraint


@pytest.mark.parametrize("model", WORDS, ids=lambda model: model.__name__)
def test_the_plain_row_is_accepted(maker: Maker, model: type[Base]) -> None:
    assert maker.add(model) in maker.session


OVER = {"status": "cancelled", "ended_at": LATER, "mrr_cents": 0}
DRAFT = {"number": None, "status": "draft", "issued_at": None, "issued_on": None, "due_on": None}
ACCEPTED: list[tuple[type[Base], dict[str, Any]]] = [
    (Subscription, OVER),
    (Subscription, {"status": "past_due", "past_due_since": NOON, "grace_ends_at": LATER}),
    (Subscription, {"is_complimentary": True, "list_mrr_cents": 0, "mrr_cents": 0}),
    (Subscription, {"status": "trialing", "trial_started_at": NOON, "trial_ends_at": LATER, "mrr_cents": 0}),
    (Invoice, DRAFT),
    (Invoice, {"is_tax_invoice": False, "vat_cents": 0, "total_cents": 149_900, "vat_rate": 0}),
    (InvoiceLine, {"net_cents": -30_296, "vat_cents": -4_544, "total_cents": -34_840}),
    (Payment, {"status": "failed", "paid_at": None, "failed_at": NOON, "gateway_reference": None}),
    (Payment, {"status": "refunded", "refunded_cents": 172_385}),
    (CreditEntry, {"kind": "consumption", "amount": -1}),
    (PromotionCode, {"kind": "credits", "percent": None, "credits": 5}),
    (FeatureFlag, {"value_type": "json", "on_value": {"limit": 3}, "off_value": []}),
    (MrrMovement, {"kind": "churn", "reason": "involuntary", "amount_cents": -149_900}),
]


@pytest.mark.parametrize(("model", "changes"), ACCEPTED)
def test_what_business_needs_is_accepted(maker: Maker, model: type[Base], changes: dict[str, Any]) -> None:
    assert maker.add(model, **changes) in maker.session


REFUSED: list[tuple[str, type[Base], dict[str, Any]]] = [
    # --- Customers
    ("ck_customers_named", Customer, {"company_name": None}),
    ("ck_customers_status_known", Customer, {"status": "happy"}),
    ("ck_customers_mrr_not_negative", Customer, {"mrr_cents": -1}),
    ("ck_suspensions_ends_after_start", Suspension, {"ended_at": BEFORE}),
    ("ck_suspensions_lifts_after_start", Suspension, {"lifts_at": NOON}),
    ("ck_password_resets_finished_when_over", PasswordReset, {"state": "sent"}),
    ("ck_password_resets_finished_when_over", PasswordReset, {"finished_at": NOON}),
    ("ck_impersonations_token_expires_later", Impersonation, {"token_expires_at": NOON}),
    ("ck_impersonations_reason_given", Impersonation, {"reason": ""}),
    ("ck_impersonations_token_whole", Impersonation, {"token_hash": None}),
    ("ck_impersonations_counts_not_negative", Impersonation, {"pages_seen": -1}),
    ("ck_impersonations_counts_not_negative", Impersonation, {"changes_made": -1}),
    ("ck_impersonations_reviewed_when_over", Impersonation, {"reviewed_at": LATER, "ended_at": None}),
    # --- Catalog
    ("ck_prices_amount_not_negative", Price, {"amount_cents": -1}),
    ("ck_prices_ends_after_start", Price, {"valid_until": BEFORE}),
    ("ck_credit_packs_credits_positive", CreditPack, {"credits": 0}),
    ("ck_feature_flags_rollout_possible", FeatureFlag, {"rollout_percent": 101}),
    ("ck_feature_flags_on_value_typed", FeatureFlag, {"on_value": "yes"}),
    ("ck_feature_flags_off_value_typed", FeatureFlag, {"value_type": "number", "on_value": 2, "off_value": False}),
    ("ck_promotion_codes_percent_possible", PromotionCode, {"percent": 101}),
    ("ck_promotion_codes_percent_given", PromotionCode, {"percent": None}),
    ("ck_promotion_codes_amount_given", PromotionCode, {"kind": "amount", "percent": None}),
    ("ck_promotion_codes_months_given", PromotionCode, {"duration": "repeating"}),
    ("ck_promotion_codes_within_limit", PromotionCode, {"max_redemptions": 1, "redemptions_count": 2}),
    ("ck_promotion_codes_code_without_spaces", PromotionCode, {"code": "SPRING 10"}),
    ("ck_redemptions_reversed_after", Redemption, {"reversed_at": BEFORE}),
    # --- Subscriptions
    ("ck_subscriptions_mrr_within_list", Subscription, {"mrr_cents": 149_901}),
    ("ck_subscriptions_ended_when_over", Subscription, {**OVER, "ended_at": None}),
    ("ck_subscriptions_mrr_only_while_paying", Subscription, {**OVER, "mrr_cents": 1}),
    ("ck_subscriptions_mrr_only_while_paying", Subscription, {"is_complimentary": True}),
    ("ck_subscriptions_trial_has_end", Subscription, {"status": "trialing", "mrr_cents": 0}),
    ("ck_subscriptions_paused_since", Subscription, {"status": "paused", "mrr_cents": 0}),
    ("ck_subscriptions_past_due_since_known", Subscription, {"status": "past_due"}),
    ("ck_subscriptions_quantity_positive", Subscription, {"quantity": 0}),
    ("ck_mrr_movements_sign_follows_kind", MrrMovement, {"kind": "churn"}),
    ("ck_mrr_movements_sign_follows_kind", MrrMovement, {"amount_cents": -1}),
    ("ck_mrr_movements_month_is_first_day", MrrMovement, {"month": date(2026, 3, 2)}),
    # --- Invoices
    ("ck_invoices_total_adds_up", Invoice, {"total_cents": 172_386}),
    ("ck_invoices_numbered_when_issued", Invoice, {"number": None, "issued_at": None}),
    ("ck_invoices_numbered_when_issued", Invoice, {"status": "draft"}),
    ("ck_invoices_issued_when_numbered", Invoice, {"issued_at": None}),
    ("ck_invoices_vat_only_by_vendor", Invoice, {"is_tax_invoice": False}),
    ("ck_invoices_credited_within_total", Invoice, {"credited_cents": 172_386}),
    ("ck_invoices_paid_when_known", Invoice, {"status": "paid"}),
    ("ck_invoice_lines_total_adds_up", InvoiceLine, {"vat_cents": 0}),
    ("ck_credit_notes_total_adds_up", CreditNote, {"vat_cents": 1_501}),
    ("ck_credit_notes_total_positive", CreditNote, {"net_cents": 0, "vat_cents": 0, "total_cents": 0}),
    ("ck_number_sequences_next_number_positive", NumberSequence, {"next_number": 0}),
    ("ck_vat_periods_vendor_has_number", VatPeriod, {"vat_number": None}),
    ("ck_vat_periods_rate_is_share", VatPeriod, {"rate": 1}),
    # --- Payments and refunds
    ("ck_payments_amount_positive", Payment, {"amount_cents": 0}),
    ("ck_payments_refunded_within_amount", Payment, {"refunded_cents": 172_386}),
    ("ck_payments_paid_when_received", Payment, {"paid_at": None}),
    ("ck_payments_failed_when_known", Payment, {"status": "failed", "paid_at": None}),
    ("ck_refunds_amount_positive", Refund, {"amount_cents": 0, "vat_cents": 0}),
    ("ck_refunds_vat_within_amount", Refund, {"vat_cents": 11_501}),
    ("ck_refunds_completed_when_done", Refund, {"status": "succeeded"}),
    ("ck_gateway_events_processed_when_applied", GatewayEvent, {"state": "applied"}),
    ("ck_reconciliation_findings_resolved_when_closed", ReconciliationFinding, {"state": "resolved"}),
    # --- Credits
    ("ck_credit_entries_amount_moves", CreditEntry, {"kind": "merge", "amount": 0}),
    ("ck_credit_entries_sign_follows_kind", CreditEntry, {"amount": -10}),
    ("ck_credit_entries_sign_follows_kind", CreditEntry, {"kind": "consumption"}),
    ("ck_credit_entries_only_grants_expire", CreditEntry, {"kind": "expiry", "amount": -1, "expires_at": LATER}),
    ("ck_credit_entries_reversal_names_entry", CreditEntry, {"kind": "reversal"}),
    # --- Costs
    ("ck_fx_rates_rate_positive", FxRate, {"rate": 0}),
    ("ck_fx_rates_two_currencies", FxRate, {"quote": "USD"}),
    # --- Support and content
    ("ck_tickets_merged_names_target", Ticket, {"status": "merged"}),
    ("ck_tickets_solved_when_known", Ticket, {"status": "solved"}),
    ("ck_tickets_response_after_opening", Ticket, {"first_response_at": BEFORE}),
    ("ck_satisfaction_surveys_score_in_range", SatisfactionSurvey, {"score": 6, "answered_at": NOON}),
    ("ck_satisfaction_surveys_answered_when_scored", SatisfactionSurvey, {"score": 5}),
    ("ck_email_campaigns_has_text", EmailCampaign, {"state": "sending"}),
    ("ck_campaign_deliveries_withheld_says_why", CampaignDelivery, {"state": "withheld"}),
]


@pytest.mark.parametrize(("constraint", "model", "changes"), REFUSED)
def test_impossible_rows_are_refused(maker: Maker, constraint: str, model: type[Base], changes: dict[str, Any]) -> None:
    for parent in PARENTS.get(model, {}).values():
        maker.one(parent)
    with refused(constraint):
        maker.add(model, **changes)


TWICE: list[tuple[str, type[Base], dict[str, Any]]] = [
    ("uq_suspensions_open", Suspension, {}),
    ("uq_impersonations_token_hash", Impersonation, {"ended_at": NOON}),
    ("uq_impersonations_open", Impersonation, {"token_hash": None}),
    ("uq_people_customer_id_email", Person, {}),
    ("uq_people_primary", Person, {"is_primary": True, "email": None}),
    ("uq_prices_default", Price, {}),
    ("uq_promotion_codes_code_lower", PromotionCode, {"code": None}),
    ("uq_redemptions_use", Redemption, {}),
    ("uq_subscription_events_source_key", SubscriptionEvent, {}),
    ("uq_mrr_movements_movement", MrrMovement, {}),
    ("uq_invoices_number", Invoice, {}),
    ("uq_invoice_lines_invoice_id_position", InvoiceLine, {}),
    ("uq_credit_notes_number", CreditNote, {}),
    ("uq_payments_gateway_gateway_reference", Payment, {}),
    ("uq_payment_attempts_idempotency_key", PaymentAttempt, {"number": None}),
    ("uq_payment_attempts_invoice_id_number", PaymentAttempt, {"idempotency_key": None}),
    ("uq_refunds_idempotency_key", Refund, {}),
    ("uq_gateway_events_gateway_event_key", GatewayEvent, {}),
    ("uq_reconciliation_findings_gateway_kind_reference", ReconciliationFinding, {}),
    ("uq_credit_entries_source_key", CreditEntry, {}),
    ("uq_provider_costs_line", ProviderCost, {}),
    ("uq_fx_rates_base_quote_day", FxRate, {}),
    ("uq_usage_events_source_event_key", UsageEvent, {}),
    ("uq_ticket_messages_message_id", TicketMessage, {}),
    ("uq_satisfaction_surveys_ticket_id", SatisfactionSurvey, {"token_hash": None}),
    ("uq_campaign_deliveries_campaign_id_customer_id_person_id", CampaignDelivery, {}),
]
SECOND = {"email": "finn@example.test", "code": "welcome", "number": 2, "idempotency_key": "2", "token_hash": "t"}
"""Values of the second row, where the first has None below: all else is the same."""


@pytest.mark.parametrize(("constraint", "model", "changes"), TWICE, ids=[case[0] for case in TWICE])
def test_the_same_thing_is_not_recorded_twice(
    maker: Maker, constraint: str, model: type[Base], changes: dict[str, Any]
) -> None:
    given = {key: value for key, value in changes.items() if value is not None}
    maker.add(model, **given)
    with refused(constraint):
        maker.add(model, **given, **{key: SECOND[key] for key in changes.keys() - given.keys()})


def test_a_refund_is_not_approved_by_who_asked_for_it(maker: Maker) -> None:
    ada = maker.one(StaffMember)
    maker.one(Payment)
    with refused("ck_refunds_two_people"):
        maker.add(Refund, requested_by_id=ada.id, approved_by_id=ada.id)


def test_a_credit_entry_is_reversed_once(maker: Maker) -> None:
    entry = maker.one(CreditEntry)
    back = {"kind": "reversal", "amount": -10, "reverses_id": entry.id}
    maker.add(CreditEntry, **back, source_key="back-1")
    with refused("uq_credit_entries_reverses"):
        maker.add(CreditEntry, **back, source_key="back-2")


def test_a_replaced_price_makes_room_for_the_next(maker: Maker) -> None:
    maker.add(Price, valid_until=LATER)
    assert maker.add(Price, valid_from=LATER) in maker.session


KEPT: list[tuple[str, type[Base], type[Base], dict[str, Any]]] = [
    ("fk_payments_customer_id_customers", Payment, Customer, {"invoice": None}),
    ("fk_invoices_customer_id_customers", Invoice, Customer, {}),
    ("fk_credit_entries_customer_id_customers", CreditEntry, Customer, {}),
    ("fk_impersonations_customer_id_customers", Impersonation, Customer, {}),
    ("fk_impersonations_staff_id_staff_members", Impersonation, StaffMember, {}),
    ("fk_subscriptions_customer_id_customers", Subscription, Customer, {}),
    ("fk_subscriptions_price_id_prices", Subscription, Price, {}),
    ("fk_prices_plan_id_plans", Price, Plan, {}),
    ("fk_invoice_lines_invoice_id_invoices", InvoiceLine, Invoice, {}),
    ("fk_credit_notes_invoice_id_invoices", CreditNote, Invoice, {}),
    ("fk_refunds_payment_id_payments", Refund, Payment, {}),
    ("fk_redemptions_code_id_promotion_codes", Redemption, PromotionCode, {}),
    ("fk_tickets_customer_id_customers", Ticket, Customer, {}),
]


@pytest.mark.parametrize(("constraint", "holder", "held", "changes"), KEPT, ids=[case[0] for case in KEPT])
def test_what_money_and_evidence_rest_on_is_not_deleted(
    maker: Maker, constraint: str, holder: type[Base], held: type[Base], changes: dict[str, Any]
) -> None:
    maker.add(holder, **changes)
    with refused(constraint):
        delete_row(maker, held)


def delete_row(maker: Maker, model: type[Base]) -> None:
    """Delete the row of that model in the database, not by the session's own rules."""
    maker.session.execute(delete(model).where(model.__table__.c.id == maker.one(model).id))


@pytest.mark.parametrize("part", [Person, UsageEvent], ids=lambda model: model.__name__)
def test_true_parts_go_with_the_customer(maker: Maker, part: type[Base]) -> None:
    maker.one(part)
    delete_row(maker, Customer)
    assert maker.session.scalar(select(func.count()).select_from(part)) == 0


def test_tickets_are_numbered_by_the_database(maker: Maker) -> None:
    first, second = maker.add(Ticket), maker.add(Ticket)
    assert (first.number >= 1001, second.number) == (True, first.number + 1)


def test_a_draft_becomes_an_invoice_with_its_number_in_one_statement(maker: Maker) -> None:
    draft = maker.add(Invoice, **DRAFT)
    issue: Callable[..., Any] = update(Invoice).where(Invoice.id == draft.id).values
    with refused("ck_invoices_numbered_when_issued"), maker.session.begin_nested():
        maker.session.execute(issue(status="open", issued_on=date(2026, 3, 2)))
    whole = {"status": "open", "number": "INV-000002", "issued_at": NOON, "issued_on": date(2026, 3, 2)}
    maker.session.execute(issue(**whole))
    assert draft.number == "INV-000002"

"""The books of the demo company add up."""

from collections.abc import Callable

import pytest

from plugins.demo.catalog import Price
from plugins.demo.money import vat_of, vat_within
from plugins.demo.movements import Movement, movements

Rows = Callable[[str], list[tuple[object, ...]]]


@pytest.mark.parametrize(
    ("before", "after", "old", "new", "paid", "expected"),
    [
        (0, 100, "a", "a", False, [("new", "a", 100)]),
        (0, 100, "a", "a", True, [("reactivation", "a", 100)]),
        (100, 0, "a", "a", True, [("churn", "a", -100)]),
        (100, 100, "a", "a", True, []),
        (100, 300, "a", "b", True, [("transfer_out", "a", -100), ("transfer_in", "b", 100), ("expansion", "b", 200)]),
        (
            300,
            100,
            "b",
            "a",
            True,
            [("transfer_out", "b", -300), ("transfer_in", "a", 300), ("contraction", "a", -200)],
        ),
    ],
)
def test_a_change_of_revenue_is_booked(
    before: int, after: int, old: str, new: str, paid: bool, expected: list[tuple[str, str, int]]
) -> None:
    assert list(movements(before, after, old, new, paid_before=paid)) == [Movement(*row) for row in expected]


def test_cents_are_rounded_half_up() -> None:
    assert (vat_of(149_900), vat_of(69_910), vat_of(-30_296)) == (22_485, 10_487, -4_544)
    assert vat_within(299_900) == 39_117
    assert Price("p", 1_499_000, "year").mrr == 124_917


def test_each_month_opens_where_the_last_one_closed(rows: Rows) -> None:
    identity = """
        WITH closes AS (
            SELECT m.month,
                   (SELECT sum(amount_cents) FROM admin.mrr_movements x WHERE x.month <= m.month) AS close,
                   (SELECT coalesce(sum(amount_cents), 0) FROM admin.mrr_movements x WHERE x.month < m.month) AS open,
                   sum(amount_cents) FILTER (WHERE kind IN ('new', 'reactivation', 'expansion')) AS gained,
                   sum(-amount_cents) FILTER (WHERE kind IN ('contraction', 'churn')) AS lost,
                   coalesce(sum(amount_cents) FILTER (WHERE kind LIKE 'transfer%'), 0) AS transferred
              FROM admin.mrr_movements m GROUP BY month)
        SELECT count(*), count(*) FILTER (
                 WHERE open + coalesce(gained, 0) - coalesce(lost, 0) <> close OR transferred <> 0)
          FROM closes"""
    [(months, wrong)] = rows(identity)
    assert int(str(months)) >= 12
    assert wrong == 0


def test_movements_end_at_what_customers_and_subscriptions_pay(rows: Rows) -> None:
    assert (
        rows("""
        SELECT c.id FROM admin.customers c
          LEFT JOIN (SELECT customer_id, sum(amount_cents) AS moved FROM admin.mrr_movements GROUP BY 1) m
            ON m.customer_id = c.id
          LEFT JOIN (SELECT customer_id, sum(mrr_cents) AS paying FROM admin.subscriptions GROUP BY 1) s
            ON s.customer_id = c.id
         WHERE coalesce(moved, 0) <> c.mrr_cents OR coalesce(paying, 0) <> c.mrr_cents""")
        == []
    )


def test_each_plan_adds_up_for_itself(rows: Rows) -> None:
    assert (
        rows("""
        SELECT p.id FROM admin.plans p
         WHERE (SELECT coalesce(sum(amount_cents), 0) FROM admin.mrr_movements m WHERE m.plan_id = p.id)
            <> (SELECT coalesce(sum(mrr_cents), 0) FROM admin.subscriptions s WHERE s.plan_id = p.id)""")
        == []
    )


def test_events_of_a_subscription_follow_on_from_each_other(rows: Rows) -> None:
    assert (
        rows("""
        SELECT * FROM (SELECT customer_id, mrr_before_cents,
               lag(mrr_after_cents, 1, 0::bigint) OVER (PARTITION BY customer_id ORDER BY occurred_at, id) AS was
          FROM admin.subscription_events) e WHERE mrr_before_cents <> was""")
        == []
    )


@pytest.mark.parametrize(("table", "key"), [("invoices", "invoice"), ("credit_notes", "credit_note")])
def test_documents_are_numbered_without_gaps_in_the_order_of_issue(rows: Rows, table: str, key: str) -> None:
    numbers = [int(str(n).split("-")[1]) for (n,) in rows(f"SELECT number FROM admin.{table} ORDER BY issued_at, id")]
    assert numbers == list(range(1, len(numbers) + 1)) != []
    assert rows(f"SELECT next_number FROM admin.number_sequences WHERE key = '{key}'") == [(len(numbers) + 1,)]


@pytest.mark.parametrize(
    "contradiction",
    [
        (
            "SELECT i.id FROM admin.invoices i WHERE net_cents <> (SELECT sum(net_cents) FROM admin.invoice_lines l"
            " WHERE l.invoice_id = i.id) OR vat_cents <> (SELECT sum(vat_cents)"
            " FROM admin.invoice_lines l WHERE l.invoice_id = i.id)"
        ),
        "SELECT id FROM admin.invoices WHERE abs(vat_cents - net_cents * 0.15) > 1",
        (
            "SELECT i.id FROM admin.invoices i"
            " WHERE paid_cents <> (SELECT coalesce(sum(amount_cents), 0) FROM admin.payments p"
            " WHERE p.invoice_id = i.id AND p.paid_at IS NOT NULL)"
        ),
        (
            "SELECT i.id FROM admin.invoices i WHERE credited_cents <> (SELECT coalesce(sum(total_cents), 0)"
            " FROM admin.credit_notes n WHERE n.invoice_id = i.id)"
        ),
        (
            "SELECT p.id FROM admin.payments p WHERE refunded_cents <> (SELECT coalesce(sum(amount_cents), 0)"
            " FROM admin.refunds r WHERE r.payment_id = p.id AND r.status = 'succeeded')"
        ),
        "SELECT customer_id FROM admin.credit_entries GROUP BY 1 HAVING sum(amount) < 0",
        (
            "SELECT c.id FROM admin.customers c WHERE assessments_used <> (SELECT count(*) FROM admin.credit_entries e"
            " WHERE e.customer_id = c.id AND kind = 'consumption')"
        ),
    ],
)
def test_no_document_contradicts_another(rows: Rows, contradiction: str) -> None:
    assert rows(contradiction) == []


def test_customers_have_gone_through_everything(rows: Rows) -> None:
    kinds = {str(kind) for (kind,) in rows("SELECT DISTINCT kind FROM admin.subscription_events")}
    assert kinds >= {"trial_started", "trial_converted", "trial_lapsed", "renewed", "payment_failed", "cancelled"}

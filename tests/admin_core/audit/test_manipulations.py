"""A hundred random manipulations are found and named, and nothing is found where there was none. More: ./run proof."""

from admin_core.audit import erase_subject
from tests.admin_core.audit.ledger import Ledger
from tests.admin_core.audit.manipulations import MANIPULATIONS, drill


def test_random_manipulations_are_found_and_named(ledger: Ledger) -> None:
    ledger.sealed(300, batch=37)
    with ledger.database.transaction() as session:
        erase_subject(session, ledger.log, "customer", "c-2")
    ledger.act_otherwise(10)
    ledger.sealer.seal()
    ledger.anchor()
    ledger.act(6)
    drilled = drill(ledger, times=100, seed=20261126, clean_runs=10)
    assert len(drilled.made) == len(MANIPULATIONS)
    assert sum(drilled.made.values()) == 100
    assert len(drilled.victims) > 20
    assert all(drilled.victims.values()), drilled.victims

"""Tables nobody declared: read off the catalog, they get the same rules, versions and sentences."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.ext.automap import automap_base

from admin_core.generator.context import Context
from admin_core.generator.forms.constraints import rules_of
from admin_core.generator.forms.pages import Saved, form_page
from admin_core.generator.registry import Registry
from tests.admin_core.generator.forms.conftest import REGISTRY
from tests.admin_core.generator.forms.filling import errors_of, opened, sent, submit


@pytest.fixture(scope="module")
def reflected(forms_engine: Engine) -> Registry:
    metadata = sa.MetaData()
    metadata.reflect(forms_engine, schema="forms")
    base = automap_base(metadata=metadata)
    base.prepare()
    return Registry.of(base)


@pytest.fixture
def there(ctx: Context, reflected: Registry) -> Context:
    """Return a request that knows the reflected tables only."""
    return replace(ctx, registry=reflected)


def test_reflected_rules_are_the_declared_ones(reflected: Registry) -> None:
    mine, theirs = rules_of(REGISTRY.spec("forms.limits")), rules_of(reflected.spec("forms.limits"))
    assert mine.checks.keys() == theirs.checks.keys()
    said = [{name: rule.sentence for name, rule in rules.checks.items()} for rules in (mine, theirs)]
    assert said[1].pop("ck_limits_small_in_range") == "Small must be at least 0, and Small must be at most 100"
    assert said[0].pop("ck_limits_small_in_range") == "Small must be between 0 and 100"  # PostgreSQL forgets BETWEEN
    assert said[0] == said[1]
    assert {u.name: u.functions for u in mine.uniques} == {u.name: u.functions for u in theirs.uniques}
    assert mine.broken.keys() == theirs.broken.keys()


def test_a_reflected_row_is_created_changed_and_merged(there: Context) -> None:
    spec = there.registry.spec("forms.desks")
    firm = submit(there, there.registry.spec("forms.firms"), name="Acme")
    assert isinstance(firm, Saved)
    made = submit(there, spec, firm_id=firm.record_id, label="A", seats="2")
    assert isinstance(made, Saved)
    data = sent(opened(there, spec, made.record_id), label="B")
    there.session.execute(sa.update(spec.model).values(seats=9))
    result = form_page(there, spec, made.record_id, data)
    assert isinstance(result, Saved)
    assert result.merged == ("Seats",)
    assert errors_of(submit(there, spec, made.record_id, seats="0")) == {"seats": "Seats must be more than 0."}
    assert "There is no such" in errors_of(submit(there, spec, firm_id="999", label="C"))["firm_id"]

"""Reading a mapper: what types, constraints, comments and tags say is what the spec holds."""

import pytest

import schema
from admin_core.generator.reading import plural_of, spaced
from admin_core.generator.registry import Registry
from admin_core.generator.spec import label_of
from schema.base import Base
from tests.admin_core.generator.models import Shape

schema.load_models()
REGISTRY = Registry.of(Shape)
THINGS = REGISTRY.spec("shapes.things")
OWNERS = REGISTRY.spec("shapes.owners")


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ("id", "integer"), ("title", "text"), ("owner_id", "uuid"), ("notes", "longtext"), ("rank", "integer"),
        ("amount", "decimal"), ("ratio", "float"), ("weight", "float"), ("is_live", "boolean"), ("starts_on", "date"),
        ("made_at", "moment"), ("local_at", "local_moment"), ("opens", "time"), ("lasts", "interval"),
        ("colour", "enum"), ("extra", "json"), ("labels", "array"), ("token", "uuid"), ("blob", "bytes"),
        ("address", "inet"), ("span", "range"),
    ],
)  # fmt: skip
def test_every_type_has_its_kind(column: str, kind: str) -> None:
    assert THINGS.columns[column].kind == kind


def test_columns_that_would_be_called_alike_keep_their_endings() -> None:
    columns = Registry.of(Base).spec("invoices").columns
    labels = [columns[key].label for key in ("issued_on", "issued_at", "paid_at", "paid_cents")]
    assert labels == ["Issued on", "Issued at", "Paid at", "Paid"]


def test_a_reference_is_called_by_what_it_refers_to() -> None:
    assert THINGS.columns["owner_id"].label == "Owner"


def test_limits_come_from_types() -> None:
    columns = THINGS.columns
    assert columns["title"].max_length == 80
    assert (columns["amount"].precision, columns["amount"].scale) == (12, 4)
    assert columns["colour"].choices == (("red", "Red"), ("green", "Green"), ("blue", "Blue"))
    assert columns["labels"].item is not None
    assert columns["labels"].item.kind == "longtext"


def test_what_the_database_writes_is_no_field() -> None:
    assert {key for key, column in THINGS.columns.items() if column.generated} == {"id", "doubled"}


def test_comments_are_help_and_tags_merge() -> None:
    assert THINGS.columns["title"].help == "What it is called."
    assert OWNERS.columns["balance_cents"].label == "Balance"
    assert OWNERS.columns["email"].pii == "contact"
    assert OWNERS.columns["email"].is_personal
    assert not THINGS.columns["title"].is_personal


def test_references_and_relations_know_each_other() -> None:
    reference = THINGS.columns["owner_id"].reference
    assert reference is not None
    assert (reference.model, reference.column, reference.relation) == ("shapes.owners", "id", "owner")
    things = OWNERS.children["things"]
    assert (things.model, things.columns, things.remote) == ("shapes.things", ("owner_id",), ("id",))
    parts, parent = THINGS.children["parts"], THINGS.parents["parent"]
    assert (parts.columns, parts.remote) == (("parent_id",), ("id",))
    assert (parent.columns, parent.remote) == (("parent_id",), ("id",))
    assert THINGS.children["topics"].through is not None


def test_composite_keys_and_references_keep_their_order() -> None:
    remarks = REGISTRY.spec("shapes.readings").children["remarks"]
    assert REGISTRY.spec("shapes.readings").primary_key == ("at", "meter")
    assert (remarks.columns, remarks.remote) == (("at", "meter"), ("at", "meter"))
    assert REGISTRY.spec("shapes.remarks").columns["at"].reference is None


def test_unique_columns_are_known() -> None:
    assert {key for key, column in THINGS.columns.items() if column.unique} == {"id", "token"}


def test_default_lists_show_short_columns_and_no_secrets() -> None:
    assert THINGS.listed[0] == "title"
    assert "notes" not in THINGS.listed
    assert "password" not in OWNERS.listed
    assert len(THINGS.listed) <= 7


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("trial_ends_at", "Trial ends"),
        ("customer_id", "Customer ID"),
        ("is_live", "Live"),
        ("email", "E-mail"),
        ("id", "ID"),
        ("amount_cents", "Amount"),
        ("vat_number", "VAT number"),
        ("cvs_screened", "CVs screened"),
    ],
)
def test_names_become_words(name: str, label: str) -> None:
    assert label_of(name) == label


@pytest.mark.parametrize(
    ("name", "label", "plural"),
    [
        ("JobRole", "Job role", "Job roles"),
        ("AIDecision", "AI decision", "AI decisions"),
        ("Category", "Category", "Categories"),
        ("Address", "Address", "Addresses"),
        ("Day", "Day", "Days"),
    ],
)
def test_classes_become_words(name: str, label: str, plural: str) -> None:
    assert spaced(name) == label
    assert plural_of(label) == plural

"""Customers as the team finds them: a list per product line, search in any spelling, filters kept and shared."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import unquote_plus
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from admin_core.generator.urls import list_url, search_url, views_url
from schema.catalog import Plan
from schema.customers import Customer, CustomerStatus, ProductLine
from tests.journeys.site import Site, token_in

LIST_BUDGET, LOG_BUDGET = 6, 3
SIGNED_UP, SEEN = datetime(2019, 3, 5, 10, tzinfo=UTC), datetime(2019, 7, 9, 10, tzinfo=UTC)
HEAD = re.compile(r'<th scope="col"(?! class="pick")[^>]*>(?:<a [^>]*>)?([^<]+)')
ROW = re.compile(r'<tr data-href="/admin/data/customers/record/([^"]+)"')
SEGMENTS = {
    "Employers": ("b2b", ["Company name", "E-mail", "Signup", "Plan", "Status"]),
    "Job seekers": ("b2c", ["Person name", "E-mail", "Signup", "Assessments used"]),
    "Agencies": ("recruiter", ["Company name", "E-mail", "Plan", "Status"]),
}


@pytest.fixture(scope="module")
def known(site: Site) -> Iterator[dict[str, str]]:
    """Three customers nobody else in the database resembles, by product line; taken away afterwards."""
    rows = [
        customer("b2b", company_name="Quinzella Fwycombe Holdings", email="hr@Quinzella-Fw.example", status="active"),
        customer("b2c", person_name="Xavierre Umbhakwe", email="xav.umbhakwe@mail.example"),
        customer("recruiter", company_name="Yolanthe Kriegspiel Search", email="jobs@kriegspiel.example"),
    ]
    with site.machine.database.transaction() as session:
        session.add_all(rows)
        session.flush()
        found = {row.product_line.value: str(row.id) for row in rows}
    yield found
    with site.machine.database.transaction() as session:
        for key in found.values():
            session.delete(session.get_one(Customer, UUID(key)))


def customer(line: str, **words: str) -> Customer:
    return Customer(
        product_line=ProductLine(line),
        status=CustomerStatus(words.pop("status", "trial")),
        phone="+27821239457",
        currency="ZAR",
        signup_at=SIGNED_UP,
        last_active_at=SEEN,
        **words,
    )


def looked_for(site: Site, client: FlaskClient, words: str) -> list[str]:
    """Return whom the search box finds, having checked the address and the number of statements."""
    url = posted(client, {"words": words})
    assert words not in unquote_plus(url)
    with site.counted() as statements:
        page = client.get(url)
    assert page.status_code == 200
    assert len(statements) <= LIST_BUDGET + LOG_BUDGET, statements
    return ROW.findall(page.text)


def posted(client: FlaskClient, form: dict[str, str]) -> str:
    """Post words or a filter and return the address of the list."""
    token = token_in(client.get(list_url("customers")).text)
    answer = client.post(search_url("customers"), data={**form, "csrf_token": token})
    assert answer.status_code == 303, answer.text[-800:]
    return str(answer.location)


# --- R6, R7, R8: a list per product line
@pytest.mark.parametrize("name", SEGMENTS)
@pytest.mark.parametrize("role", ["owner", "support", "viewer"])
def test_each_product_line_has_its_list_with_its_columns(
    request: pytest.FixtureRequest, site: Site, known: dict[str, str], role: str, name: str
) -> None:
    client: FlaskClient = request.getfixturevalue(role)
    line, columns = SEGMENTS[name]
    tab = re.search(rf'href="([^"]+)"[^>]*>\s*{name}\s*<', client.get(list_url("customers")).text)
    assert tab
    with site.counted() as statements:
        page = client.get(tab[1])
    assert len(statements) <= LIST_BUDGET + LOG_BUDGET, statements
    assert [head.strip() for head in HEAD.findall(page.text)] == columns
    assert lines_of(site, ROW.findall(page.text)) == {line}


def lines_of(site: Site, ids: list[str]) -> set[str]:
    """Return the product lines of customers."""
    with site.machine.database.sessions() as session:
        found = session.scalars(select(Customer.product_line).where(Customer.id.in_([UUID(each) for each in ids])))
        return {line.value for line in found}


# --- R9: search
SPELLINGS = [
    "082 123 9457",
    "0821239457",
    "+27821239457",
    "27 82 123 9457",
    "+27 (0)82-123-9457",
    "082 123 94",
    "1239457",
]
FOUND = {
    "hr@quinzella-fw.example": ["b2b"],
    "HR@QUINZELLA-FW.EXAMPLE": ["b2b"],
    "quinzella-fw": ["b2b"],
    "fwycom": ["b2b"],
    "FWYCOMBE quinz": ["b2b"],
    "umbhakwe": ["b2c"],
    "xavierre umb": ["b2c"],
    "kriegspiel": ["recruiter"],
    **{spelling: ["b2b", "b2c", "recruiter"] for spelling in SPELLINGS},
    "umbhakwe 082 123": ["b2c"],
    "nobody-at-all-here": [],
    "082 999 9999": [],
}
SLIPS = {
    "quinzela": "b2b", "quinzeIla": "b2b", "qiunzella": "b2b", "quinzellla": "b2b", "Fwycomb Quinzella": "b2b",
    "umbhakw": "b2c", "umbakwe": "b2c", "Xavierre Umbhalwe": "b2c", "kreigspiel": "recruiter", "yolanhte": "recruiter",
}  # fmt: skip


@pytest.mark.parametrize("words", FOUND)
def test_support_finds_customers_by_email_name_and_phone(
    site: Site, support: FlaskClient, known: dict[str, str], words: str
) -> None:
    assert set(looked_for(site, support, words)) == {known[line] for line in FOUND[words]}


@pytest.mark.parametrize("words", SLIPS)
def test_a_slip_in_a_name_still_finds_it(site: Site, owner: FlaskClient, known: dict[str, str], words: str) -> None:
    assert looked_for(site, owner, words) == [known[SLIPS[words]]]


def test_a_viewer_finds_companies_only_by_what_they_may_see(
    site: Site, viewer: FlaskClient, known: dict[str, str]
) -> None:
    assert looked_for(site, viewer, "quinzela") == [known["b2b"]]
    for hidden in ("hr@quinzella-fw.example", "0821239457", "082 123", "umbhakwe", "xavierre"):
        assert looked_for(site, viewer, hidden) == []


# --- R10: filters
@pytest.fixture(scope="module")
def plan(site: Site) -> tuple[str, str]:
    """A plan of the demo company, and some of its active customers' product line."""
    with site.machine.database.sessions() as session:
        query = select(Plan.id, Customer.product_line).join(Customer, Customer.plan_id == Plan.id)
        key, line = session.execute(query.where(Customer.status == "active").order_by(Plan.id)).first()  # type: ignore[misc]
    return str(key), line.value


def test_filters_combine_stay_in_the_address_and_are_kept_as_views(
    site: Site, support: FlaskClient, viewer: FlaskClient, plan: tuple[str, str]
) -> None:
    key, line = plan
    wanted = [
        ("f.product_line.eq", line),
        ("f.plan_id.eq", key),
        ("f.status.eq", "active"),
        ("f.signup_at.between", "2015-01-01..2040-12-31"),
        ("f.last_active_at.gte", "2015-01-01"),
    ]
    url = list_url("customers", wanted)
    with site.counted() as statements:
        page = support.get(url)
    assert len(statements) <= LIST_BUDGET + LOG_BUDGET, statements
    ids = ROW.findall(page.text)
    assert set(ids) == expected(site, key, line)
    for name, _ in wanted:
        assert name in page.text  # each chip's way out
    shared = kept(support, "Shared with all", wanted, shared="yes")
    private = kept(support, "My own", wanted)
    assert (set(ROW.findall(support.get(shared).text)), ROW.findall(viewer.get(shared).text)) == (set(ids), ids)
    assert (support.get(private).status_code, viewer.get(private).status_code) == (200, 404)
    assert "My own" not in viewer.get(list_url("customers")).text


def expected(site: Site, plan: str, line: str) -> set[str]:
    """Return the customers of a plan that are active, asked by plain SQL."""
    with site.machine.database.sessions() as session:
        where = (Customer.plan_id == UUID(plan), Customer.status == "active", Customer.product_line == line)
        return {
            str(key) for key in session.scalars(select(Customer.id).where(*where, Customer.last_active_at.is_not(None)))
        }


def kept(client: FlaskClient, name: str, pairs: list[tuple[str, str]], **words: str) -> str:
    """Keep a filtered list as a view and return its address."""
    page = client.get(list_url("customers", pairs)).text
    form = {**dict(pairs), "name": name, "csrf_token": token_in(page), **words}
    answer = client.post(views_url("customers"), data=form)
    assert answer.status_code == 303, answer.text[-800:]
    return str(answer.location)


def test_a_filter_on_a_personal_column_stands_behind_a_token_of_its_person(
    site: Site, support: FlaskClient, owner: FlaskClient, viewer: FlaskClient, known: dict[str, str]
) -> None:
    form = {"column": "email", "op": "contains", "value": "umbhakwe"}
    url = posted(support, form)
    assert "umbhakwe" not in url
    assert ROW.findall(support.get(f"{url}&f.product_line.eq=b2c").text) == [known["b2c"]]
    assert known["b2c"] not in owner.get(url).text  # a token is one person's
    token = token_in(viewer.get(list_url("customers")).text)
    refused = viewer.post(search_url("customers"), data={**form, "csrf_token": token})
    assert refused.status_code == 400

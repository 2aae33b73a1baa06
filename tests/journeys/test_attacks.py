"""What people who mean harm send: nonsense, forms of others, markup, values they may not see. Never a 5xx."""

import html
import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from psycopg.errors import DeadlockDetected, LockNotAvailable, SerializationFailure
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import MultiDict
from werkzeug.routing import AnyConverter, UUIDConverter
from werkzeug.test import TestResponse

from admin_core.errors import on_database
from admin_core.generator import urls
from admin_core.surfaces import access_of
from schema.customers import Customer, Person
from schema.service_levels import EscalationProcedure, EscalationStep
from schema.staff import StaffMember
from schema.views import SavedView
from tests.journeys.site import Site, token_in

CUSTOMERS = urls.model_url("customers")
MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"


def send(client: FlaskClient, url: str, data: Iterable[tuple[str, str]], **words: dict[str, str]) -> TestResponse:
    """Post a form with a token of the client's own."""
    token = token_in(client.get("/admin/palette").text)
    return client.post(url, data=MultiDict([*data, ("csrf_token", token)]), headers=words.get("headers", {}))


def some_customer(site: Site) -> Customer:
    """Return a customer of the demo company."""
    with site.machine.database.sessions() as session:
        return session.scalars(sa.select(Customer).where(Customer.person_name.is_not(None)).limit(1)).one()


def fresh(site: Site, **values: object) -> UUID:
    """Return the id of a new customer, made like another one."""
    like = some_customer(site)
    with site.machine.database.transaction() as session:
        session.expunge_all()
        copied = {c.key: getattr(like, c.key) for c in sa.inspect(Customer).column_attrs if not c.key.endswith("_id")}
        unlike = {"id": uuid4(), "email": f"{uuid4().hex}@example.com", "accounting_reference": None}
        session.add(Customer(**{**copied, **unlike, **values}))
        return unlike["id"]  # type: ignore[return-value]  # a mixed dict


@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        ("search", [("column", "status"), ("op", "eq"), ("value", "active"), ("group", "9" * 5_000)], 400),
        ("search", [("column", "status"), ("op", "eq"), ("value", "active"), ("group", "²")], 400),
        ("search", [("f.id.eq", str(number)) for number in range(10_000)], 400),
        ("search", [("column", "account_manager_id"), ("op", "eq"), ("value", f"{uuid4()}," * 10_000)], 400),
        ("columns", [("columns", str(number)) for number in range(10_000)], 303),
        ("views", [("name", "a" * 100_000)], 400),
    ],
)
def test_forms_out_of_proportion_are_refused(
    owner: FlaskClient, path: str, data: list[tuple[str, str]], status: int
) -> None:
    assert send(owner, f"{CUSTOMERS}/{path}", data).status_code == status


def test_more_new_inline_rows_than_anybody_types_are_refused(owner: FlaskClient) -> None:
    rows = [(f"i-steps-{number}-c-instructions", "x") for number in range(5_000)]
    answer = send(owner, urls.new_url("escalation_procedures"), [("c-name", "Night"), *rows])
    assert answer.status_code == 400
    assert "at most 100 new rows" in answer.text


def test_a_way_back_that_is_no_address_leads_home(owner: FlaskClient) -> None:
    answer = send(owner, "/admin/preferences", [("density", "normal")], headers={"Referer": "http://["})
    assert answer.location == "/admin/"


def fit(converter: object, some_id: str) -> object:
    """Return something that an address takes in this place."""
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return UUID(some_id) if isinstance(converter, UUIDConverter) else "x"


def aged(site: Site, token: str, seconds: int) -> str:
    """Return a token as it was made so long ago."""

    class Earlier(TimestampSigner):
        def get_timestamp(self) -> int:
            return super().get_timestamp() - seconds

    made = URLSafeTimedSerializer(str(site.app.secret_key), salt="wtf-csrf-token", signer=Earlier)
    return str(made.dumps(made.loads(token)))


def test_every_form_wants_its_own_token_in_time_and_from_our_own_pages(
    site: Site, owner: FlaskClient, support: FlaskClient
) -> None:
    own, lasts = token_in(owner.get("/admin/palette").text), site.app.config["WTF_CSRF_TIME_LIMIT"]
    forgeries: dict[str, tuple[dict[str, str], dict[str, str]]] = {
        "no token": ({}, {}),
        "somebody else's": ({"csrf_token": token_in(support.get("/admin/palette").text)}, {}),
        "outlived": ({"csrf_token": aged(site, own, lasts + 60)}, {}),
        "from another site": ({"csrf_token": own}, {"Origin": "https://evil.example"}),
    }
    urls_of_forms = addresses_of_forms(site)
    assert len(urls_of_forms) > 60
    for url in urls_of_forms:
        for name, (data, headers) in forgeries.items():
            answer = owner.post(url, data=data, headers={"Accept": "application/json", **headers})
            assert answer.status_code == 400, (url, name)
    good = {"csrf_token": aged(site, own, lasts - 60), "density": "normal"}
    assert owner.post("/admin/preferences", data=good, headers={"Origin": "http://localhost"}).status_code == 303


def addresses_of_forms(site: Site) -> list[str]:
    """Return an address of every route that reads the session and changes something."""
    some_id, found = str(some_customer(site).id), []
    arguments = {"key": "customers", "record": some_id}
    for rule in site.app.url_map.iter_rules():
        access = access_of(site.app, rule.endpoint)
        if access is None or access.surface != "admin":
            continue
        changing = (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
        assert changing <= {"POST"}, rule.rule
        if changing:
            fitting = {name: fit(converter, some_id) for name, converter in rule._converters.items()}
            given = {**fitting, **{k: v for k, v in arguments.items() if k in rule.arguments}}
            found.append(rule.build(given)[1])  # type: ignore[index]  # it always builds
    return found


# --- At the same time


def test_a_second_click_saves_no_second_view(site: Site) -> None:
    clients = [site.client("Owner") for _ in range(4)]
    name = uuid4().hex
    with ThreadPoolExecutor(len(clients)) as pool:
        answers = list(pool.map(lambda client: send(client, f"{CUSTOMERS}/views", [("name", name)]), clients))
    assert sorted(answer.status_code for answer in answers) == [303, 400, 400, 400]


@pytest.mark.parametrize("loser", [DeadlockDetected, SerializationFailure, LockNotAvailable])
def test_who_loses_against_another_transaction_is_told_to_do_it_again(site: Site, loser: type[Exception]) -> None:
    with site.app.test_request_context("/admin/"):
        answer = site.app.make_response(on_database(OperationalError("", {}, loser())))
    assert answer.status_code == 409
    assert "nothing was saved" in answer.get_data(as_text=True)


# --- What is masked


def test_a_shared_view_on_masked_values_tells_nothing_to_who_may_not_see_them(
    site: Site, owner: FlaskClient, viewer: FlaskClient
) -> None:
    customer = some_customer(site)
    filtered = send(owner, f"{CUSTOMERS}/search", [("column", "email"), ("op", "eq"), ("value", customer.email)])
    token = re.search(r"v=([\w-]+)", filtered.location or "")
    assert token
    saved = send(owner, f"{CUSTOMERS}/views", [("name", uuid4().hex), ("shared", "yes"), ("v", token[1])])
    assert str(customer.id) in owner.get(saved.location or "").text
    opened = viewer.get(saved.location or "")
    assert opened.status_code == 400
    assert customer.email not in opened.text
    assert str(customer.id) not in opened.text
    assert viewer.get(f"{CUSTOMERS}/?v={token[1]}").status_code == 404  # a search of somebody else
    view = (saved.location or "").partition("view=")[2]
    assert viewer.get(f"{CUSTOMERS}/?v=view.{view}").status_code == 400


def test_records_of_a_list_one_may_not_read_are_not_named(site: Site, owner: FlaskClient, support: FlaskClient) -> None:
    name = f"Nomsa {uuid4().hex}"
    with site.machine.database.transaction() as session:
        manager = StaffMember(name=name, email=f"{uuid4().hex}@example.com", fs_uniquifier=uuid4().hex)
        session.add(manager)
        session.flush()
        manager_id = manager.id
    found = str(fresh(site, account_manager_id=manager_id))
    for path in (urls.record_url("customers", found), urls.edit_url("customers", found)):
        assert name in owner.get(path).text
        answer = support.get(path)
        assert answer.status_code == 200
        assert name not in answer.text


# --- Whose it is


def test_nobody_changes_the_saved_view_of_somebody_else(site: Site, owner: FlaskClient, support: FlaskClient) -> None:
    for shared, status in (("yes", 403), ("no", 404)):
        saved = send(owner, f"{CUSTOMERS}/views", [("name", uuid4().hex), ("shared", shared)])
        view = (saved.location or "").partition("view=")[2]
        for action in ("delete", "overwrite", "rename"):
            data = [("action", action), ("name", "Mine now"), ("default", "yes"), ("position", "0")]
            assert send(support, f"{CUSTOMERS}/views/{view}", data).status_code == status
        with site.machine.database.sessions() as session:
            kept = session.get_one(SavedView, UUID(view))
            assert kept.name != "Mine now"
            assert not kept.is_default


def test_only_what_the_form_offers_is_written(site: Site, support: FlaskClient) -> None:
    found = fresh(site)
    before = dict(row_of(site, found))
    data = [(f"c-{key}", "1") for key in before if key != "legal_name"]
    forbidden = {"id", "product_line", "status", "signup_at", "external_id", "auth_user_id", "created_at"}
    kept = [(name, value) for name, value in data if name.removeprefix("c-") in forbidden]
    page = support.get(urls.edit_url("customers", str(found))).text
    given = [("c-legal_name", "Ada and Finn"), ("version", version_in(page)), *kept]
    assert send(support, urls.edit_url("customers", str(found)), given).status_code == 303
    after = dict(row_of(site, found))
    changed = {key for key in after if after[key] != before[key]}
    assert changed <= {"legal_name", "updated_at"}
    assert after["legal_name"] == "Ada and Finn"


def test_a_row_of_another_parent_is_not_reached_through_an_inline(site: Site, owner: FlaskClient) -> None:
    with site.machine.database.transaction() as session:
        mine, other = (EscalationProcedure(name=uuid4().hex) for _ in range(2))
        session.add_all([mine, other])
        session.flush()
        like = session.scalars(sa.select(EscalationStep).limit(1)).one()
        copied = {c.key: getattr(like, c.key) for c in sa.inspect(EscalationStep).column_attrs if c.key != "id"}
        theirs = EscalationStep(**{**copied, "procedure_id": other.id, "position": 1, "instructions": "Call Otto"})
        session.add(theirs)
        session.flush()
        step, parent = theirs.id, mine.id
    url = urls.edit_url("escalation_procedures", str(parent))
    prefix = "i-steps-0-"
    for deed in ((f"{prefix}drop", "1"), (f"{prefix}c-instructions", "Hang up")):
        data = [("version", version_in(owner.get(url).text)), (f"{prefix}id", str(step)), deed]
        assert send(owner, url, data).status_code == 422
    with site.machine.database.sessions() as session:
        kept = session.get_one(EscalationStep, step)
        assert (kept.procedure_id, kept.instructions) == (theirs.procedure_id, "Call Otto")


def test_a_record_that_changed_meanwhile_is_not_deleted(site: Site, owner: FlaskClient) -> None:
    found = fresh(site)
    url = urls.delete_url("customers", str(found))
    seen = version_in(owner.get(url).text)
    with site.machine.database.transaction() as session:
        session.execute(sa.update(Customer).where(Customer.id == found).values(legal_name="Newer"))
    for stale in (seen, "", "x", seen[:-4]):
        assert send(owner, url, [("version", stale)]).status_code == 422
    assert row_of(site, found)["legal_name"] == "Newer"
    assert send(owner, url, [("version", version_in(owner.get(url).text))]).status_code == 303


# --- What was typed stays text


def test_markup_in_texts_stays_text_on_every_page(site: Site, owner: FlaskClient) -> None:
    found = fresh(site, company_name=MARKUP, person_name=MARKUP, legal_name=MARKUP, industry=MARKUP)
    with site.machine.database.transaction() as session:
        role = session.scalars(sa.select(Person.role).limit(1)).one()
        session.add(Person(customer_id=found, name=MARKUP, email=f"{uuid4().hex}@example.com", role=role))
    record = urls.record_url("customers", str(found))
    saved = send(owner, f"{CUSTOMERS}/views", [("name", MARKUP[:80])])
    searched = send(owner, f"{CUSTOMERS}/search", [("words", MARKUP)])
    pages = [
        owner.get(record), owner.get(f"{record}/edit"), owner.get(f"{record}/delete"),
        owner.get(f"{record}/related/people"), owner.get(f"{record}/related/people", headers={"HX-Request": "true"}),
        owner.get(saved.location or ""), owner.get(searched.location or ""),
        owner.get(f"{CUSTOMERS}/?f.{MARKUP}.eq=1"), owner.get(f"{CUSTOMERS}/?sort={MARKUP}"),
        send(owner, "/admin/palette", [("q", str(found))], headers={"HX-Request": "true"}),
        send(owner, f"{record}/edit", [("c-company_name", MARKUP), ("c-email", MARKUP)]),
    ]  # fmt: skip
    for page in pages:
        assert page.status_code < 500
        assert "alert(1)" in html.unescape(page.text), page.text[:300]
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text


def row_of(site: Site, found: UUID) -> sa.RowMapping:
    """Return a customer's row as it is stored."""
    with site.machine.database.sessions() as session:
        table = Customer.__table__
        return session.execute(sa.select(table).where(table.c.id == found)).mappings().one()


def version_in(page: str) -> str:
    """Return the version token of a form."""
    found = re.search(r'name="version"[^>]*value="([^"]+)"', page)
    assert found, page[:500]
    return found[1]

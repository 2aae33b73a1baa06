"""A file read in: mapped, tried out, corrected, carried out as one change, and undone."""

import csv
import io
import json
import re
from uuid import uuid4

import openpyxl
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from admin_core.imports import asking, section
from admin_core.imports.mapping import WRONG
from schema.audit import AuditEntry
from schema.changes import ChangeRow, ChangeSet
from schema.customers import Customer
from tests.journeys.importing import (
    BUDGET,
    COLUMNS,
    CREATE,
    HEAD,
    carried_out,
    checked,
    lines,
    numbers,
    proposed,
    questions,
    said,
    stored,
    token,
    upload,
    uploaded,
)
from tests.journeys.site import Site


def test_a_file_is_mapped_tried_out_carried_out_and_undone(site: Site, owner: FlaskClient) -> None:
    mark = uuid4().hex
    url = uploaded(owner, "faq_entries", lines(f"{mark} A,So.,billing,draft,en-ZA", f"{mark} B,Or so.,billing,DRAFT,"))
    page = owner.get(url).text
    assert "Read as CSV in UTF-8, separated by commas." in page
    assert proposed(page) == {**COLUMNS, "identity": "", "mode": "create", "empty": "leave"}
    page = checked(owner, url, **proposed(page))
    assert numbers(page) == {"new": 2, "changed": 0, "unchanged": 0, "refused": 0}
    assert f"{mark} A" in page
    assert questions(site, mark) == {}, "a dry run writes nothing"
    page = carried_out(owner, url)
    assert numbers(page)["new"] == 2
    found = questions(site, mark)
    assert (found[f"{mark} B"].state.value, found[f"{mark} B"].locale) == ("draft", "en-ZA")
    imported = stored(site, url)
    with site.machine.database.sessions() as session:
        change = session.get_one(ChangeSet, imported.id)
        rows = session.scalars(sa.select(ChangeRow).where(ChangeRow.change_set_id == imported.id)).all()
        entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.change_set_id == imported.id)).one()
    assert (change.kind.value, change.title, len(rows)) == ("import", "Imported FAQ", 2)
    assert (entry.action, entry.row_count, entry.object_key) == (
        "faq_entries.imported", 2, f"file:{imported.file_sha256}",
    )  # fmt: skip
    undone = owner.post(f"/admin/changes/{imported.id}/undo", data={"csrf_token": token(owner)})
    assert undone.status_code == 303
    assert questions(site, mark) == {}


def test_refused_rows_are_corrected_and_uploaded_again(site: Site, owner: FlaskClient) -> None:
    mark = uuid4().hex
    rows = (f"{mark} A,So.,billing,draft,en-ZA", f"{mark} B,,billing,nonsense,en-ZA", ",So.,billing,draft,en-ZA")
    url = uploaded(owner, "faq_entries", lines(*rows))
    page = checked(owner, url, **CREATE)
    assert numbers(page) == {"new": 1, "changed": 0, "unchanged": 0, "refused": 2}
    assert "It must be one of:" in page
    assert "Fill this in." in page
    page = carried_out(owner, url)
    link = re.search(r"/admin/files/[0-9a-f-]+", page)
    assert link
    file = owner.get(link[0]).data.decode("utf-8-sig")
    refused = list(csv.DictReader(io.StringIO(file, newline=""), delimiter=";"))
    assert [row["Question"] for row in refused] == [f"{mark} B", ""]
    assert "Answer: Fill this in." in refused[0][WRONG]
    assert "State: It must be one of:" in refused[0][WRONG]
    mended = (
        file.replace("nonsense", "draft").replace(f'{mark} B;"";', f"{mark} B;So.;").replace('\n"";', f"\n{mark} C;")
    )
    url = uploaded(owner, "faq_entries", mended.encode())
    page = owner.get(url).text
    assert "separated by semicolons" in page
    assert proposed(page)["column-5"] == "", "what was wrong is no field"
    page = checked(owner, url, **proposed(page))
    assert numbers(page) == {"new": 2, "changed": 0, "unchanged": 0, "refused": 0}, said(page)
    carried_out(owner, url)
    assert sorted(questions(site, mark)) == [f"{mark} {letter}" for letter in "ABC"]


def test_a_mapping_is_remembered(owner: FlaskClient) -> None:
    mark = uuid4().hex[:8]
    head = f"{mark} q,{mark} a,Category,State,Locale"
    url = uploaded(owner, "faq_entries", lines("A,So.,billing,draft,en-ZA", head=head))
    assert proposed(owner.get(url).text)["column-0"] == ""
    checked(owner, url, **CREATE)
    again = uploaded(owner, "faq_entries", lines("B,So.,billing,draft,en-ZA", head=head))
    assert proposed(owner.get(again).text) == {**CREATE}


def test_only_changes_are_written_and_shown(site: Site, owner: FlaskClient) -> None:
    with site.machine.database.sessions() as session:
        some = session.scalars(sa.select(Customer).limit(3)).all()
    rows = [
        f"{one.id},{one.email},{city}" for one, city in zip(some, (some[0].city or "", "Kimberley", "•••"), strict=True)
    ]
    url = uploaded(owner, "customers", lines(*rows, f"{uuid4()},x@example.com,Here", head="ID,E-mail,City"))
    page = owner.get(url).text
    assert proposed(page)["mode"] == "both"
    page = checked(owner, url, **proposed(page))
    assert numbers(page) == {"new": 0, "changed": 1, "unchanged": 2, "refused": 1}
    assert "Kimberley" in page
    assert "Leave ID empty to create one." in page
    carried_out(owner, url)
    with site.machine.database.sessions() as session:
        (row,) = session.scalars(sa.select(ChangeRow).where(ChangeRow.change_set_id == stored(site, url).id))
        assert session.get_one(Customer, some[1].id).city == "Kimberley"
        assert session.get_one(Customer, some[2].id).city == some[2].city
    assert {*(row.after or {}), *(row.personal_columns or ())} == {"city"}


def test_modes_and_empty_cells(site: Site, owner: FlaskClient) -> None:
    mark = uuid4().hex
    url = uploaded(owner, "faq_entries", lines(f"{mark},So.,billing,draft,en-ZA"))
    checked(owner, url, **CREATE)
    carried_out(owner, url)
    entry = questions(site, mark)[mark]
    names = {"column-0": "id", "column-1": "category", "column-2": "answer"}
    finds = next(
        iter(
            re.findall(
                r'<option value="(pk_[^"]+)"',
                owner.get(uploaded(owner, "faq_entries", lines("1,2,3", head="ID,b,c"))).text,
            )
        )
    )
    for mode, empty, cells, wanted in (
        ("update", "leave", f"{entry.id},general,", {"changed": 1}),
        ("update", "clear", f"{entry.id},general,", {"refused": 1}),
        ("update", "leave", f"{uuid4()},general,So.", {"refused": 1}),
        ("create", "leave", f"{entry.id},general,So.", {"refused": 1}),
        ("both", "leave", f"{entry.id},billing,So.", {"unchanged": 1}),
        ("update", "leave", "nonsense,billing,So.", {"refused": 1}),
        ("update", "leave", f"{entry.id},general,x\n{entry.id},general,y", {"changed": 1, "refused": 1}),
    ):
        url = uploaded(owner, "faq_entries", lines(cells, head="ID,Category,Answer"))
        form = {**names, "mode": mode, "empty": empty, "identity": finds}
        if mode == "create":
            answer = owner.post(f"{url}/check", data={"csrf_token": token(owner), **form})
            assert answer.status_code == 422
            assert "A new record needs Question" in answer.text
            continue
        assert {k: v for k, v in numbers(checked(owner, url, **form)).items() if v} == wanted, (mode, empty, cells)


@pytest.mark.parametrize(("data", "sentence"), [
    (b"", "Choose a file"),
    (b"\n\n", "The first row is empty"),
    (b"Question,Answer", "no row below"),
    (b"PK\x03\x04nonsense", "damaged"),
    (b"\xd0\xcf\x11\xe0rest", "old Excel"),
    (b"Question\nA,B,C", "Row 2 has more cells"),
    (b'Question\n"A,B', None),
    (b'{"Question": "A"}\nnonsense', "Line 2 is not JSON"),
    (b"a\x00b,c\nd,e", "no text file"),
])  # fmt: skip
def test_what_cannot_be_read_is_a_sentence(owner: FlaskClient, data: bytes, sentence: str | None) -> None:
    answer = upload(owner, "faq_entries", data)
    assert answer.status_code == (303 if sentence is None else 422)
    assert sentence is None or sentence in answer.text


def test_a_file_beyond_the_limit_is_not_read(owner: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (section, asking):
        monkeypatch.setattr(module, "MB", 1_000)
    answer = upload(owner, "faq_entries", b"Question\n" + b"x" * 10_000)
    assert answer.status_code == 422
    assert "more than 10 MB" in answer.text


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"column-1": "question"}, "fills Question already"),
    ({f"column-{n}": "" for n in range(5)}, "at least one column"),
    ({"mode": "both"}, "Choose what finds a stored record"),
    ({"identity": "nonsense", "mode": "both"}, "Choose one of those offered"),
    ({"column-0": ""}, "A new record needs Question"),
])  # fmt: skip
def test_a_mapping_that_cannot_be_is_said_and_kept(owner: FlaskClient, changes: dict[str, str], sentence: str) -> None:
    url = uploaded(owner, "faq_entries", lines("A,So.,billing,draft,en-ZA"))
    answer = owner.post(f"{url}/check", data={"csrf_token": token(owner), **CREATE, **changes})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert proposed(answer.text)["column-4"] == changes.get("column-4", "locale"), "nothing chosen is lost"


def test_references_are_found_by_key_and_by_name(site: Site, owner: FlaskClient) -> None:
    with site.machine.database.sessions() as session:
        known = session.scalars(sa.select(Customer).where(Customer.company_name.is_not(None)).limit(1)).one()
    rows = [
        f"{known.id},Ada,{uuid4().hex}@example.com",
        f"{known.company_name},Finn,{uuid4().hex}@example.com",
        f"Nobody at all,Otto,{uuid4().hex}@example.com",
        f"{uuid4()},Nomsa,{uuid4().hex}@example.com",
    ]  # fmt: skip
    url = uploaded(owner, "people", lines(*rows, head="Customer: name,Name,E-mail"))
    page = owner.get(url).text
    assert proposed(page)["column-0"] == "customer_id"
    page = checked(owner, url, **{**proposed(page), "mode": "create", "identity": ""})
    assert numbers(page) == {"new": 2, "changed": 0, "unchanged": 0, "refused": 2}
    assert page.count("There is no such customer, or you may not see it.") == 2


def test_a_workbook_and_json_lines(site: Site, owner: FlaskClient) -> None:
    mark = uuid4().hex
    book = openpyxl.Workbook()
    book.active.append(HEAD.split(","))
    book.active.append([f"{mark} book", "=1+1", "billing", "draft", None])
    file = io.BytesIO()
    book.save(file)
    lines_ = json.dumps({"Question": f"{mark} json", "Answer": "So.", "Category": "billing", "State": "draft"}).encode()
    for data in (file.getvalue(), lines_):
        url = uploaded(owner, "faq_entries", data)
        page = checked(owner, url, **proposed(owner.get(url).text))
        assert numbers(page)["new"] == (0 if data is not lines_ else 1), (
            "a formula that was never calculated has no value"
        )
        if data is lines_:
            carried_out(owner, url)
    assert list(questions(site, mark)) == [f"{mark} json"]


def test_the_pages_stay_in_their_budget(site: Site, owner: FlaskClient) -> None:
    url = uploaded(owner, "faq_entries", lines(*(f"{uuid4().hex},So.,billing,draft,en-ZA" for _ in range(150))))
    owner.get(url)
    with site.counted() as statements:
        owner.get(url)
    assert len(statements) <= 12, statements
    form = {"csrf_token": token(owner), **CREATE}
    with site.counted() as statements:
        owner.post(f"{url}/check", data=form)
    assert len(statements) <= BUDGET, statements
    with site.counted() as statements:
        owner.post(f"{url}/run", data={"csrf_token": form["csrf_token"]})
    assert len(statements) <= BUDGET, statements

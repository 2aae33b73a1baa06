"""Rows of another database are written by forms: exactly what was typed, under the version seen, and it is known."""

import io
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.pool import NullPool
from werkzeug.datastructures import MultiDict

from admin_core.generator.forms.building import plan_of
from admin_core.generator.ids import encode_key
from admin_core.generator.urls import delete_url, edit_url, import_url, list_url, new_url, record_url, select_url
from admin_core.reflection import writing
from admin_core.reflection.database import place_of
from schema.audit import AuditEntry
from schema.changes import OutsideWrite, OutsideWriteState
from schema.views import Selection, SelectionState
from tests.admin_core.reflection.conftest import awkward
from tests.journeys.site import Site, own_site, token_in
from tests.running import run_job

FIELD = re.compile(
    r"<input\b(?P<input>[^>]*)>|<textarea\b(?P<area>[^>]*)>(?P<text>[^<]*)</textarea>"
    r"|<select\b(?P<select>[^>]*)>(?P<options>.*?)</select>",
    re.DOTALL,
)
NAME, VALUE = re.compile(r'\bname="([^"]*)"'), re.compile(r'\bvalue="([^"]*)"')
CHOSEN = re.compile(r'<option[^>]*value="([^"]*)"[^>]*\bselected')
WRITABLE = {
    "public.plain", "other.plain", "public.uuids", "public.texts", "public.composite", "public.unique_key",
    "public.empty_one", "public.kinds", "public.left_side", "public.right_side", "public.both_sides",
    "public.pointer", "public.parted", "public.secured",
}  # fmt: skip
TYPED = {
    "feeling": "ok", "feelings": '["sad"]', "code": "4321", "both": "(2,b)", "pairs": '{"(3,c)"}', "tags": "one\ntwo",
    "grid": "[[1, 2], [3, 5]]", "doc": '{"big": 0.12345678901234567890123, "x": [1,  2]}', "docb": '{"n": 1}',
    "span": "[2,9)", "days": "[2026-03-01,2026-03-02)", "spans": "{[1,2)}", "gap": "2 mons 1 day", "addr": "10.9.9.9",
    "net": "10.1.0.0/16", "exact": "-0.000000000001", "free": "1234567890.12345678901234567890", "approx": "2.5",
    "small": "0.25", "price": "$99.10", "at": "2026-01-02 03:04:05.000006", "local": "2026-01-02 03:04:05.000007",
    "on_day": "2020-02-29", "tod": "01:02:03.4", "todz": "05:06:07+02", "bits": "0110", "flags": "1",
    "mac": "08:00:2b:01:02:04",
    "words": "'dog' 'mad'", "doc_xml": "<c/>", "spot": "(3,4)", "big": "-9223372036854775808", "yes": "false",
    "one": "q", "status": "old",
}  # fmt: skip


@pytest.fixture(scope="module")
def theirs(server_url: str) -> Iterator[sa.Engine]:
    with awkward(server_url) as url:
        engine = sa.create_engine(url, poolclass=NullPool)
        with engine.begin() as connection:
            connection.exec_driver_sql(
                "CREATE TABLE strict (id int PRIMARY KEY, code int NOT NULL UNIQUE CHECK (code > 0))"
            )
            connection.exec_driver_sql(
                "INSERT INTO strict VALUES (1, 1), (2, 2);"
                " CREATE FUNCTION no_luck() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN IF NEW.code = 13 THEN RAISE EXCEPTION 'unlucky'; END IF;"
                " IF NEW.code = 66 THEN RETURN NULL; END IF; RETURN NEW; END $$;"
                " CREATE TRIGGER luck BEFORE INSERT OR UPDATE ON strict FOR EACH ROW EXECUTE FUNCTION no_luck()"
            )
            connection.exec_driver_sql(
                "CREATE TABLE boss (id int PRIMARY KEY);"
                " CREATE TABLE team (id int PRIMARY KEY, boss int REFERENCES boss"
                " ON DELETE CASCADE);"
                " CREATE TABLE task (id int PRIMARY KEY, team int REFERENCES team ON DELETE CASCADE,"
                " boss int REFERENCES boss ON DELETE SET NULL); INSERT INTO boss VALUES (1), (2); INSERT INTO team"
                " VALUES (1, 1), (2, 1), (3, 2); INSERT INTO task VALUES (1, 1, 2), (2, 1, 1), (3, 2, NULL), (4, 3, 1)"
            )
        yield engine


@pytest.fixture(scope="module")
def site(server_url: str, theirs: sa.Engine) -> Iterator[Site]:
    url = theirs.url.render_as_string(hide_password=False)
    with own_site(server_url, "writing", reflect_url=url, reflect_write=True) as found:
        yield found
        assert found.machine.reflection is not None
        assert found.machine.reflection.written is not None
        found.machine.reflection.engine.dispose()
        found.machine.reflection.written.dispose()


@pytest.fixture(scope="module")
def owner(site: Site) -> FlaskClient:
    return site.client("Owner")


def asked(theirs: sa.Engine, statement: str) -> Any:
    with theirs.connect() as connection:
        return connection.exec_driver_sql(statement, execution_options={"no_parameters": True}).scalar()


def do(theirs: sa.Engine, statement: str) -> None:
    with theirs.begin() as connection:
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


def form_of(client: FlaskClient, url: str) -> MultiDict[str, str]:
    """Return what a browser would send of an untouched form."""
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code, answer.text[-1500:])
    main = answer.text.partition("<main")[2]
    sent: MultiDict[str, str] = MultiDict()
    for field in FIELD.finditer(main):
        head = field["input"] or field["area"] or field["select"]
        if (name := NAME.search(head)) is None or ('type="checkbox"' in head and "checked" not in head):
            continue
        if field["area"]:
            text = field["text"].removeprefix("\n")
        else:
            given = (VALUE if field["input"] else CHOSEN).search(head if field["input"] else field["options"])
            text = given[1] if given else ""
        sent.add(unescape(name[1]), unescape(text))
    return sent


def save(client: FlaskClient, url: str, **typed: str) -> Any:
    form = form_of(client, url)
    for name, value in typed.items():
        form.setlist(f"c-{name}", [value])
    return client.post(url, data=form)


def writes(site: Site) -> list[OutsideWrite]:
    with site.machine.database.sessions() as session:
        return list(session.scalars(sa.select(OutsideWrite).order_by(OutsideWrite.id)))


def test_a_row_has_a_form_where_it_can_be_told_apart_for_good(site: Site, owner: FlaskClient) -> None:
    reflection = site.machine.reflection
    assert reflection is not None
    keys = [key for key in reflection.directory.tables if key in reflection]
    with_form = {key for key in keys if reflection.spec(key).has_form}
    odd = {key for key in with_form if "dd" in key}
    assert with_form - odd - {"public.strict", "public.boss", "public.team", "public.task"} == WRITABLE
    assert len(odd) == 1
    assert f'href="{new_url("public.plain")}"' in owner.get(list_url("public.plain")).text
    for key in ("public.no_key", "public.seen", "public.kept"):
        assert new_url(key) not in owner.get(list_url(key)).text
        assert owner.get(new_url(key)).status_code == 400


def test_saving_untouched_forms_changes_no_byte(site: Site, owner: FlaskClient, theirs: sa.Engine) -> None:
    reflection = site.machine.reflection
    assert reflection is not None
    before = len(writes(site))
    for key in (key for key in reflection.directory.tables if key in reflection and reflection.spec(key).has_form):
        spec = reflection.spec(key)
        with theirs.connect() as connection:
            columns = [sa.inspect(spec.model).column_attrs[name].columns[0] for name in spec.primary_key]
            rows = connection.execute(sa.select(*columns).limit(4)).all()
            name = spec.table.fullname if "." in key and '"' not in key else ""
        marks = (
            f"SELECT string_agg(t::text || xmin::text, ',' ORDER BY t::text) FROM {name} t" if "Odd" not in name else ""
        )
        was = asked(theirs, marks) if marks else None
        for row in rows:
            url = edit_url(key, encode_key(tuple(row)))
            answer = owner.post(url, data=form_of(owner, url))
            assert answer.status_code == 303, (
                url,
                re.findall(r"invalid-feedback[^>]*>([^<]+)", answer.text),
                answer.status_code,
            )
        assert not marks or asked(theirs, marks) == was, key
    assert len(writes(site)) == before


def test_each_kind_of_value_is_written_and_nothing_else(site: Site, owner: FlaskClient, theirs: sa.Engine) -> None:
    reflection = site.machine.reflection
    assert reflection is not None
    spec = reflection.spec("public.kinds")
    plan = plan_of(spec, "edit", site.machine.registry)
    assert set(plan.slots) == set(TYPED), "every kind but binary data has an editor"
    url = edit_url("public.kinds", "2")
    for name, typed in TYPED.items():
        others = f"SELECT (to_jsonb(k) - '{name}')::text FROM kinds k WHERE id = 2"
        was = asked(theirs, others)
        answer = save(owner, url, **{name: typed})
        assert answer.status_code == 303, (
            name,
            answer.status_code,
            re.findall(r"invalid-feedback[^>]*>([^<]+)", answer.text),
        )
        assert asked(theirs, others) == was, name
        assert owner.get(record_url("public.kinds", "2")).status_code == 200
        assert form_of(owner, url).getlist(f"c-{name}")[-1] is not None
    kept = {name: asked(theirs, f'SELECT "{name}"::text FROM kinds WHERE id = 2') for name in TYPED}
    assert kept["doc"] == TYPED["doc"]
    assert (kept["free"], kept["big"], kept["exact"]) == (TYPED["free"], TYPED["big"], TYPED["exact"])
    assert (kept["gap"], kept["mac"], kept["price"]) == ("2 mons 1 day", "08:00:2b:01:02:04", "$99.10")
    assert kept["at"] == asked(theirs, "SELECT timestamptz '2026-01-02 03:04:05.000006 Africa/Johannesburg'::text")
    assert kept["local"] == "2026-01-02 03:04:05.000007"
    assert (kept["grid"], kept["tags"], kept["yes"]) == ("{{1,2},{3,5}}", "{one,two}", "false")


def test_a_row_is_made_changed_and_deleted_and_each_deed_is_known(
    site: Site, owner: FlaskClient, theirs: sa.Engine
) -> None:
    answer = save(owner, new_url("public.plain"), name="Nomsa's <row>", email="")
    assert answer.status_code == 303, answer.text[-2000:]
    made = asked(theirs, "SELECT id FROM plain WHERE name LIKE 'Nomsa%'")
    assert answer.location.endswith(record_url("public.plain", str(made)))
    assert save(owner, edit_url("public.plain", str(made)), name="Otto").status_code == 303
    assert asked(theirs, f"SELECT name FROM plain WHERE id = {made}") == "Otto"
    url = delete_url("public.plain", str(made))
    assert owner.post(url, data=form_of(owner, url)).status_code == 303
    assert asked(theirs, f"SELECT count(*) FROM plain WHERE id = {made}") == 0
    three = writes(site)[-3:]
    assert [(each.operation.value, each.state.value) for each in three] == [
        ("insert", "done"), ("update", "done"), ("delete", "done"),
    ]  # fmt: skip
    assert (three[1].before, three[1].after) == (None, None), "an unclassified text stands in no plain column"
    with site.machine.database.sessions() as session:
        entries = session.scalars(sa.select(AuditEntry.action).where(AuditEntry.object_type == "public.plain")).all()
    for word in ("write-intended", "created", "edited", "deleted"):
        assert f"public.plain.{word}" in entries


def test_what_the_other_database_refuses_is_said_and_known(site: Site, owner: FlaskClient, theirs: sa.Engine) -> None:
    for typed in ("2", "-1", "13"):
        answer = save(owner, edit_url("public.strict", "1"), code=typed)
        assert answer.status_code == 422
    assert asked(theirs, "SELECT code FROM strict WHERE id = 1") == 1
    (refused,) = [each for each in writes(site) if each.table_name == "public.strict"]  # the others got no further
    assert (refused.state, refused.error) == (OutsideWriteState.REFUSED, "The database refused it (P0001).")
    preview = form_of(owner, edit_url("public.strict", "1")) | {"then": "preview", "c-code": "3"}
    assert owner.post(edit_url("public.strict", "1"), data=preview).status_code == 400


def test_two_people_who_edit_the_same_field_meet(owner: FlaskClient, theirs: sa.Engine) -> None:
    url = edit_url("public.texts", encode_key(("a,b",)))
    form = form_of(owner, url)
    do(theirs, "UPDATE texts SET note = 'theirs' WHERE code = 'a,b'")
    form.setlist("c-note", ["mine"])
    answer = owner.post(url, data=form)
    assert answer.status_code == 422
    assert "theirs" in answer.text
    assert "mine" in answer.text
    assert asked(theirs, "SELECT note FROM texts WHERE code = 'a,b'") == "theirs"


def test_a_row_that_changes_between_reading_and_writing_is_not_overwritten(
    site: Site, owner: FlaskClient, theirs: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    intend = writing.OutsideWriter.intend

    def late(self: Any, deed: Any, number: int) -> Any:
        do(theirs, "UPDATE texts SET note = 'sooner' WHERE code = 'c/d?e#f'")
        return intend(self, deed, number)

    monkeypatch.setattr(writing.OutsideWriter, "intend", late)
    answer = save(owner, edit_url("public.texts", encode_key(("c/d?e#f",))), note="mine")
    assert answer.status_code == 422
    assert "somebody else meanwhile" in answer.text
    assert asked(theirs, "SELECT note FROM texts WHERE code = 'c/d?e#f'") == "sooner"
    assert writes(site)[-1].state == OutsideWriteState.REFUSED


def test_a_deletion_says_what_goes_along_and_what_forbids_it(owner: FlaskClient, theirs: sa.Engine) -> None:
    url = delete_url("public.boss", "1")
    text = owner.get(url).text
    for words in ("Team: 2", "Task: 3", "Task: 2"):  # teams and their tasks go, two lose their link
        assert words in text
    assert owner.post(url, data=form_of(owner, url)).status_code == 303
    assert asked(theirs, "SELECT count(*) FROM team") == 1
    url = delete_url("public.plain", "1")
    assert "Plain: 1" in owner.get(url).text
    sent = form_of(owner, delete_url("public.plain", "119"))  # where something forbids it, there is no form
    assert owner.post(url, data={"csrf_token": sent["csrf_token"]}).status_code == 422
    assert asked(theirs, "SELECT count(*) FROM plain WHERE id = 1") == 1


def test_a_new_row_that_a_rule_drops_in_silence_is_said(site: Site, owner: FlaskClient, theirs: sa.Engine) -> None:
    answer = owner.post(
        new_url("public.strict"), data=form_of(owner, new_url("public.strict")) | {"c-id": "9", "c-code": "66"}
    )
    assert answer.status_code == 422
    assert "let no new row in" in answer.text
    assert writes(site)[-1].state == OutsideWriteState.REFUSED


@pytest.mark.parametrize(("txid", "elsewhere", "state"), [(2**40 + 700, False, "unknown"), (700, True, "intended")])
def test_a_number_of_another_server_or_time_says_nothing(
    site: Site, owner: FlaskClient, txid: int, *, elsewhere: bool, state: str
) -> None:
    reflection = site.machine.reflection
    assert reflection is not None
    assert reflection.written is not None
    place = "elsewhere:5432/app" if elsewhere else place_of(reflection.written)
    row = {"source": place, "table_name": "public.strict", "operation": "update", "record_key": {}, "txid": txid,
           "actor_id": site.member(owner), "created_at": sa.func.now() - sa.text("interval '1 hour'")}  # fmt: skip
    with site.machine.database.transaction() as session:
        made = session.scalar(sa.insert(OutsideWrite).values(row).returning(OutsideWrite.id))
    run_job(site.machine, "core.resolve-outside-writes")
    with site.machine.database.transaction() as session:
        assert session.get_one(OutsideWrite, made).state.value == state
        session.execute(sa.delete(OutsideWrite).where(OutsideWrite.id == made))


def test_who_may_not_edit_writes_nothing(site: Site, theirs: sa.Engine) -> None:
    viewer = site.client("Viewer")
    for url in (new_url("public.strict"), edit_url("public.strict", "2"), delete_url("public.strict", "2")):
        assert viewer.get(url).status_code == 403
        assert viewer.post(url).status_code in {400, 403}
    assert asked(theirs, "SELECT count(*) FROM strict") == 2


def test_many_rows_at_once_are_refused_in_a_sentence(site: Site, owner: FlaskClient, theirs: sa.Engine) -> None:
    page = owner.get(list_url("public.strict")).text
    for word in ("data-select-row", select_url("public.strict"), import_url("public.strict")):
        assert word not in page, "there is no button for what is refused"
    csrf = {"csrf_token": token_in(owner.get(edit_url("public.strict", "2")).text)}
    file = {**csrf, "file": (io.BytesIO(b"id,code\n8,8\n"), "x.csv")}
    answers = [
        owner.post(select_url("public.strict"), data={**csrf, "rowid": "2", "do": "delete"}),
        owner.get(import_url("public.strict")),
        owner.post(import_url("public.strict"), data=file, content_type="multipart/form-data"),
        *(owner.get(f"/admin/selections/{frozen(site, owner)}/{deed}") for deed in ("edit", "delete")),
    ]
    for answer in answers:
        assert answer.status_code == 400
        assert re.search("(?s)Strict are changed one row at a time.*before, and nothing undone after", answer.text)
    assert asked(theirs, "SELECT count(*) FROM strict WHERE id IN (2, 8)") == 1
    assert save(owner, edit_url("public.strict", "2"), code="5").status_code == 303
    assert "/undo" not in owner.get(record_url("public.strict", "2")).text


def frozen(site: Site, owner: FlaskClient) -> UUID:
    """Return a selection as no page makes one: the deeds over it refuse by themselves."""
    made, until = uuid4(), datetime.now(UTC) + timedelta(days=1)
    words = {"model_key": "public.strict", "total": 1, "state": SelectionState.READY}
    with site.machine.database.transaction() as session:
        session.add(Selection(id=made, owner_id=site.member(owner), expires_at=until, **words))
    return made


KILLED = """
import os, signal, sys
from admin_core.machine import Machine
from admin_core.reflection import writing
from admin_core.generator.forms.elsewhere import Deed
from admin_core.settings import Settings
from schema.changes import RowOperation
from uuid import UUID, uuid4
settings = Settings.from_environment(os.environ)
machine = Machine.assemble(settings)
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[1] == "before":
    writing.write = die
else:
    writing.OutsideWriter.conclude = die
spec = machine.registry.spec("public.strict")
after = {"id": int(sys.argv[2]), "code": int(sys.argv[2])}
machine.reflection.writer.carry_out(Deed(spec, RowOperation.INSERT, UUID(sys.argv[3]), after=after))
"""


@pytest.mark.parametrize(("moment", "number", "state"), [("before", 70, "refused"), ("after", 71, "done")])
def test_after_a_crash_it_is_found_out_what_became_of_a_write(
    site: Site, owner: FlaskClient, theirs: sa.Engine, moment: str, number: int, state: str
) -> None:
    settings = site.machine.settings
    environment = {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "ADMIN_SECRET_KEY": settings.secret_key,
        "ADMIN_ENV": "test",
        "ADMIN_PUBLIC_URL": "http://localhost",
        "ADMIN_REFLECT_URL": settings.reflect_url,
        "ADMIN_REFLECT_WRITE": "1",
    }
    command = [sys.executable, "-c", KILLED, moment, str(number), str(site.member(owner))]
    ended = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, timeout=120, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()[-2000:]
    open_one = writes(site)[-1]
    assert open_one.state == OutsideWriteState.INTENDED
    run_job(site.machine, "core.resolve-outside-writes")
    assert writes(site)[-1].state == OutsideWriteState.INTENDED, "it may still be going on"
    with site.machine.database.transaction() as session:
        session.execute(
            sa.update(OutsideWrite)
            .where(OutsideWrite.id == open_one.id)
            .values(created_at=sa.func.now() - sa.text("interval '1 hour'"))
        )
    run_job(site.machine, "core.resolve-outside-writes")
    assert writes(site)[-1].state.value == state
    assert asked(theirs, f"SELECT count(*) FROM strict WHERE id = {number}") == (state == "done")

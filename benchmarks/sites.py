"""How each peer is asked the same questions: addresses and forms of stock, floor and ours over one database."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from urllib.parse import quote, urlencode

import psycopg

from benchmarks.client import REDIRECTS, Answer, Client, Form, csrf_of

Probe = Callable[[], Answer]
PAGE = 50
DEEP = 1_000
NEXT = re.compile(rb'rel="next" href="([^"]+)"')
SORTS = re.compile(rb'<th[^>]*><a href="([^"]*[?&;]sort=[^"]+)"')
CITIES = ("Cape Town", "Paarl")


@dataclass(frozen=True)
class Facts:
    """What the questions are about in one database."""

    customer: str
    person: str
    feature: str
    plan: str
    email: str
    pages: int
    deep_signup: tuple[str, str]
    deep_created: tuple[str, str]


def facts(url: str) -> Facts:
    """Return a record from the middle, and the rows before page 1 000 (or the middle page of a small table)."""
    with psycopg.connect(url, autocommit=True) as c:
        total = one(c, "SELECT count(*) FROM admin.customers")[0]
        pages = min(DEEP, total // PAGE // 2)
        offset = PAGE * (pages - 1) - 1
        middle = one(c, "SELECT id::text, email FROM admin.customers WHERE external_id = %s", f"app-{total // 2 + 1}")
        order = "SELECT {0}::text, id::text FROM admin.{1} ORDER BY {0} DESC, id DESC OFFSET %s LIMIT 1"
        return Facts(
            customer=middle[0],
            person=one(c, "SELECT id::text FROM admin.people ORDER BY created_at OFFSET 5 LIMIT 1")[0],
            feature=one(c, "SELECT id::text FROM admin.features LIMIT 1")[0],
            plan=one(c, "SELECT id::text FROM admin.plans WHERE key = 'bench-1'")[0],
            email=middle[1],
            pages=pages,
            deep_signup=one(c, order.format("signup_at", "customers"), offset),
            deep_created=one(c, order.format("created_at", "payments"), offset),
        )


def one(connection: psycopg.Connection, statement: str, *values: object) -> tuple:
    """Return the only row."""
    row = connection.execute(statement, values).fetchone()
    assert row is not None
    return row


def page(client: Client, path: str, rows: int = PAGE) -> Probe:
    """Return the question for a page that must hold so many table rows besides its headings."""

    def ask() -> Answer:
        answer = client.get(path)
        found = answer.body.count(b"<tr")
        if answer.status != 200 or found < rows + (rows > 0):
            raise RuntimeError(f"{path} answered {answer.status} with {found} rows")
        return answer

    return ask


@dataclass
class Stock:
    """Stock Flask-Admin."""

    client: Client
    facts: Facts
    only: tuple[str, ...] = ()
    """Ask only these questions; empty: all."""

    def probes(self) -> dict[str, Probe]:
        """Return the questions by scenario."""
        return {name: probe for name, probe in self.every().items() if name in self.only or not self.only}

    def every(self) -> dict[str, Probe]:
        """Return all questions."""
        f, ask = self.facts, lambda path, rows=PAGE: page(self.client, f"/admin/{path}", rows)
        named = {name: place for place, name in enumerate(("company_name", "person_name", "email"))}
        last = f"page={self.count('customers') // PAGE - 1}"
        pay_last = f"page={self.count('payments') // PAGE - 1}"
        return {
            "list_p1": ask("customers/"),
            "list_deep": ask(f"customers/?page={f.pages - 1}"),
            "list_last": ask(f"customers/?{last}"),
            "sort_p1": ask(f"customers/?sort={named['company_name']}"),
            "sort_deep": ask(f"customers/?sort={named['company_name']}&page={f.pages - 1}"),
            "sort_last": ask(f"customers/?sort={named['company_name']}&{last}"),
            "email": ask(f"customers/?search={quote(f.email)}", 1),
            "frequent": ask("customers/?search=Acme", 20),
            "rare": ask("customers/?search=Quixotic", 1),
            "none": ask("customers/?search=zzqxvw", 0),
            "filter": ask(f"customers/?flt0_plan_id_equals={f.plan}&flt1_status_equals=active"),
            "detail": ask(f"customers/details/?id={f.customer}", 10),
            "edit_get": ask(f"customers/edit/?id={f.customer}", 0),
            "edit_post": posting(self.client, f"/admin/customers/edit/?id={f.customer}", "city"),
            "pay_p1": ask("payments/"),
            "pay_deep": ask(f"payments/?page={f.pages - 1}"),
            "pay_last": ask(f"payments/?{pay_last}"),
        }

    def count(self, table: str) -> int:
        """Return the number of rows, as stock itself says it."""
        found = re.search(rb"List \(([\d,]+)\)", self.client.get(f"/admin/{table}/").body)
        assert found
        return int(found[1].replace(b",", b""))


@dataclass
class Floor:
    """The bare view."""

    client: Client
    facts: Facts

    def probes(self) -> dict[str, Probe]:
        """Return the questions by scenario."""
        f = self.facts
        signup, created = ({"after": at, "id": key} for at, key in (f.deep_signup, f.deep_created))
        newest = {"sort": "signup_at", "desc": 1}
        record = f"/customers/{f.customer}"

        def ask(table: str, rows: int = PAGE, **asked: object) -> Probe:
            return page(self.client, f"/{table}?{urlencode(asked)}", rows)

        return {
            "list_p1": ask("customers", **newest),
            "list_deep": ask("customers", **newest, **signup),
            "list_last": ask("customers", **newest, last=1),
            "sort_p1": ask("customers", sort="company_name"),
            "sort_last": ask("customers", sort="company_name", last=1),
            "email": ask("customers", 1, **newest, email=f.email),
            "frequent": ask("customers", 20, **newest, words="Acme"),
            "filter": ask("customers", **newest, plan=f.plan, status="active"),
            "detail": page(self.client, record, 0),
            "edit_get": page(self.client, f"{record}/edit", 0),
            "edit_post": posting(self.client, f"{record}/edit", "city"),
            "pay_p1": ask("payments", desc=1),
            "pay_deep": ask("payments", desc=1, **created),
            "pay_last": ask("payments", desc=1, last=1),
        }


@dataclass
class Ours:
    """The product."""

    client: Client
    facts: Facts

    def probes(self) -> dict[str, Probe]:
        """Return the questions by scenario; a search is its POST and the list it leads to."""
        f, ask = self.facts, lambda path, rows=PAGE: page(self.client, f"/admin/data/{path}", rows)
        by_name = "customers/?sort=company_name"
        return {
            "list_p1": ask("customers/"),
            "list_deep": self.deep("customers/", f.deep_signup[1]),
            "list_last": ask("customers/?last=1"),
            "sort_p1": ask(by_name),
            "sort_deep": self.deep(by_name, f.customer),
            "sort_last": ask(f"{by_name}&last=1"),
            "email": self.searching(f.email, 1),
            "email_list": self.searched(f.email, 1),
            "frequent": self.searching("Acme", 20),
            "rare": self.searching("Quixotic", 1),
            "none": self.searching("zzqxvw", 0),
            "frequent_list": self.searched("Acme", 20),
            "rare_list": self.searched("Quixotic", 1),
            "none_list": self.searched("zzqxvw", 0),
            "look_up": self.looking_up(f.email),
            "filter": ask(f"customers/?f.plan_id.eq={f.plan}&f.status.eq=active"),
            "detail": ask(f"customers/record/{f.customer}", 0),
            "edit_get": ask(f"customers/record/{f.customer}/edit", 0),
            "edit_post": posting(self.client, f"/admin/data/customers/record/{f.customer}/edit", "c-city"),
            "form_reference": ask(f"people/record/{f.person}/edit", 0),
            "form_plain": ask(f"features/record/{f.feature}/edit", 0),
            "form_reference_new": ask("people/new", 0),
            "pay_p1": ask("payments/"),
            "pay_deep": self.deep("payments/", f.deep_created[1]),
            "pay_last": ask("payments/?last=1"),
            "pay_sort_p1": ask("payments/?sort=-amount_cents"),
            "pay_sort_last": ask("payments/?sort=-amount_cents&last=1"),
            "pay_detail": ask(f"payments/record/{f.deep_created[1]}", 0),
        }

    def deep(self, path: str, record: str) -> Probe:
        """Return the page behind the one that begins with a record: what a click on "Next" asks for there."""
        joint = "&" if "?" in path else "?"
        return page(self.client, self.next_of(f"/admin/data/{path}{joint}at={record}"))

    def next_of(self, path: str) -> str:
        """Return the address behind "Next"."""
        answer = self.client.get(path)
        found = NEXT.search(answer.body)
        if not found:
            raise RuntimeError(f"{path} answered {answer.status} and has no next page")
        return unescape(found[1].decode())

    def searching(self, words: str, rows: int = PAGE) -> Probe:
        """Return the whole of a search: what is posted and the list that follows."""

        def ask() -> Answer:
            posted = self.post_search(words)
            shown = page(self.client, posted.location, rows)()
            return Answer(shown.status, shown.body, "", posted.ms + shown.ms)

        return ask

    def searched(self, words: str, rows: int) -> Probe:
        """Return the list behind a search alone."""
        return page(self.client, self.post_search(words).location, rows)

    def looking_up(self, words: str) -> Probe:
        """Return the question that the palette asks of every table, answered as a page."""

        def ask() -> Answer:
            answer = self.client.post("/admin/palette", [("csrf_token", self.csrf()), ("q", words)])
            if answer.status != 200 or b"/admin/data/customers/record/" not in answer.body:
                raise RuntimeError(f"the palette answered {answer.status} without the customer")
            return answer

        return ask

    def csrf(self) -> str:
        """Return the token of this sign-in."""
        if not hasattr(self, "token"):
            self.token = csrf_of(self.client.get("/admin/data/customers/").body)
        return self.token

    def post_search(self, words: str) -> Answer:
        """Post words to the search box."""
        answer = self.client.post("/admin/data/customers/search", [("csrf_token", self.csrf()), ("words", words)])
        if answer.status not in REDIRECTS:
            raise RuntimeError(f"the search answered {answer.status}")
        return answer

    def sorts(self, table: str) -> list[str]:
        """Return the address of every sort the list offers, both ways round."""
        first = [unescape(found.decode()) for found in SORTS.findall(self.client.get(f"/admin/data/{table}/").body)]
        names = dict.fromkeys(re.sub(r".*[?&]sort=-?", "", path) for path in first)
        return [f"/admin/data/{table}/?sort={way}{name}" for name in names for way in ("", "-")]


def posting(client: Client, path: str, name: str) -> Probe:
    """Return the saving of an edit form in which one field was changed; the form is opened before, untimed."""
    turn = [0]

    def ask() -> Answer:
        form = Form(client.get(path).body, name)
        turn[0] += 1
        answer = client.post(path, form.with_value(name, CITIES[turn[0] % 2]))
        if answer.status not in REDIRECTS:
            raise RuntimeError(f"{path} was not saved: {answer.status} {answer.body[:2000]!r}")
        return answer

    return ask

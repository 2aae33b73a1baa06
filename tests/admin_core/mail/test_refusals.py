"""Who wants no mail gets none: whatever the order of events, after a change of keys, and after erasure."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from admin_core.mail.actions import core_actions, lift_suppression, not_in_force
from admin_core.mail.addresses import AddressHashes
from admin_core.mail.suppression import InForce, Suppressing, refusal, suppress
from admin_core.mail.unsubscribing import find, unsubscribe
from admin_core.policy import Person
from schema.mail import MailClass, Suppression, SuppressionReason, SuppressionScope
from tests.admin_core.mail.post_office import PostOffice
from tests.admin_core.mail.world import Post

ALL, MARKETING = SuppressionScope.ALL, SuppressionScope.MARKETING

RULES = (
    (MARKETING, MailClass.MARKETING, False, True),
    (MARKETING, MailClass.SERVICE, False, False),
    (MARKETING, MailClass.SERVICE, True, True),
    (MARKETING, MailClass.TRANSACTIONAL, False, False),
    (MARKETING, MailClass.INTERNAL, False, False),
    *((ALL, mail_class, False, True) for mail_class in MailClass),
)


@pytest.mark.parametrize(("scope", "mail_class", "has_link", "stops"), RULES)
def test_a_refusal_stops_what_it_covers(
    scope: SuppressionScope, mail_class: MailClass, has_link: bool, stops: bool
) -> None:
    refusals = [InForce(scope, SuppressionReason.ERASED)]
    assert refusal(refusals, mail_class, has_link=has_link) == ("suppressed-erased" if stops else "")


def refuse(post: Post, address: str, scope: SuppressionScope = MARKETING, **words: Any) -> bool:
    with post.database.transaction() as session:
        wanted = Suppressing(
            address_hash=post.room.hashes.of_address(address)[0], email=words.get("email", address), scope=scope,
            reason=SuppressionReason.MANUAL, source="person",
        )  # fmt: skip
        return suppress(session, wanted)


def follow(post: Post, message: uuid.UUID, address: str = "nomsa@example.com") -> bool:
    """Use the unsubscribe link of a message."""
    token = post.room.links.token(message, address)
    with post.database.transaction() as session:
        asked = find(session, post.room.links, token)
        assert asked is not None
        return unsubscribe(session, post.room.links, asked, "link")


def test_one_click_is_enough_and_two_are_the_same(served: Post, office: PostOffice) -> None:
    first = served.ask("shop.marketing")
    served.send(first)
    assert [follow(served, first), follow(served, first)] == [True, False]
    after = served.send(served.ask("shop.marketing", to="NOMSA@example.com"))
    assert (after.state, after.withheld_reason) == ("withheld", "suppressed-unsubscribed")
    assert served.send(served.ask("shop.transactional")).state == "sent"
    assert served.send(served.ask("shop.digest")).state == "withheld", "its own link promised it"
    assert served.send(served.ask("shop.service")).state == "sent"
    assert [row.kind for row in served.rows("SELECT kind FROM admin.mail_events")] == ["unsubscribed"]
    assert len(served.rows("SELECT 1 FROM admin.suppressions")) == 1


@pytest.mark.parametrize(
    "erase",
    [
        "UPDATE admin.mail_messages SET to_email = 'erased@example.invalid', to_name = NULL",
        "DELETE FROM admin.mail_messages",
    ],
)
def test_a_link_works_when_the_data_of_its_person_is_erased(served: Post, erase: str) -> None:
    asked = served.ask("shop.marketing")
    served.send(asked)
    served.run(erase)
    assert follow(served, asked)
    ((email,),) = served.rows("SELECT email FROM admin.suppressions")
    assert email is None
    assert served.send(served.ask("shop.marketing")).state == "withheld"


def test_refusals_and_links_outlive_a_change_of_keys(served: Post) -> None:
    asked = served.ask("shop.marketing")
    served.send(asked)
    old_link = served.room.links.token(asked, "nomsa@example.com")
    refuse(served, "finn@example.com", email=None)
    for keys, found in ((("n" * 40, "k" * 40), True), (("n" * 40,), False)):
        changed = served.with_keys(*keys)
        assert (changed.room.links.read(old_link) is not None) == found
        with changed.database.transaction() as session:
            assert find(session, changed.room.links, old_link), "the message knows its link without any key"
        assert (
            changed.room.hashes.of_address("finn@example.com")[-1]
            == served.room.hashes.of_address("finn@example.com")[0]
        ) == found
    after = served.with_keys("n" * 40, "k" * 40)
    assert after.send(after.ask("shop.marketing", to="finn@example.com")).state == "withheld"


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t[:-2] + "AA",
        lambda t: "A" + t[1:],
        lambda t: t[:-1],
        lambda _: "",
        lambda _: "é" * 86,
        lambda _: "A" * 86,
    ],
)
def test_a_link_that_was_changed_opens_nothing(served: Post, change: Callable[[str], str]) -> None:
    token = change(served.room.links.token(uuid.uuid4(), "nomsa@example.com"))
    with served.database.transaction() as session:
        assert find(session, served.room.links, token) is None


def test_a_refusal_is_lifted_with_a_reason_and_an_erased_person_stays_refused(post: Post) -> None:
    refuse(post, "nomsa@example.com")
    ada = Person(uuid.uuid4(), "Ada")
    with post.database.sessions() as session:
        row = session.scalars(select(Suppression)).one()
        assert not_in_force(row) == ""
        lift_suppression(row, ada, {"why": "She asked for it."}, row.created_at)
        assert (row.lifted_at, row.lifted_by_id, row.note) == (row.created_at, ada.id, "Lifted: She asked for it.")
        assert "lifted already" in not_in_force(row)
        row.reason = SuppressionReason.ERASED
        assert "was erased" in not_in_force(row)


def test_lifting_asks_for_a_proof_of_identity() -> None:
    (lifting,) = (action for action in core_actions(AddressHashes.of(["k" * 40])) if action.model == "suppressions")
    assert lifting.dangerous


@dataclass
class Story:
    """What happens to one address; ``refused`` is what its owner has said and nobody lifted."""

    post: Post
    office: PostOffice
    asked: uuid.UUID = field(default_factory=uuid.uuid4)
    keys: list[str] = field(default_factory=lambda: ["k" * 40])
    refused: bool = False
    waiting: int = 0
    """Messages asked for since the last were sent or withheld."""

    def ask(self) -> None:
        self.asked = self.post.ask("shop.marketing")
        self.waiting += 1

    def send(self) -> None:
        before = len(self.office.received)
        self.post.send_due()
        assert len(self.office.received) - before == (0 if self.refused else self.waiting)
        self.waiting = 0

    def refuse(self) -> None:
        refuse(self.post, "Nomsa@example.com ")
        self.refused = True

    def refuse_all(self) -> None:
        refuse(self.post, "nomsa@EXAMPLE.com", ALL)
        self.refused = True

    def unsubscribe(self) -> None:
        follow(self.post, self.asked)
        self.refused = True

    def lift(self) -> None:
        self.post.run("UPDATE admin.suppressions SET lifted_at = now() WHERE lifted_at IS NULL")
        self.refused = False

    def change_key(self) -> None:
        self.keys.insert(0, f"{len(self.keys)}" * 40)
        self.post = self.post.with_keys(*self.keys)

    def erase(self) -> None:
        self.post.run("UPDATE admin.suppressions SET email = NULL")


STEPS = st.lists(
    st.sampled_from(
        [
            Story.ask,
            Story.send,
            Story.refuse,
            Story.refuse_all,
            Story.unsubscribe,
            Story.lift,
            Story.change_key,
            Story.erase,
        ]
    ),
    min_size=2,
    max_size=10,
)


@given(steps=STEPS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_advertising_reaches_exactly_those_who_did_not_refuse_it(
    served: Post, office: PostOffice, steps: list[Callable[[Story], None]]
) -> None:
    for table in ("mail_events", "suppressions", "mail_messages"):
        served.run(f"DELETE FROM admin.{table}")
    office.received.clear()
    story = Story(served, office)
    for step in [*steps, Story.ask, Story.send]:
        step(story)

"""Where mail stays: in the demo always, elsewhere outside production until a server is set up."""

import pytest

from admin_core.mail.configuration import MailSettings, keeps_mail
from tests.admin_core.mail.post_office import PostOffice, opened
from tests.admin_core.mail.world import Post

SET_UP = MailSettings(host="mail.example.com", from_email="us@example.com")


@pytest.mark.parametrize(
    ("env", "settings", "keeps"),
    [
        ("demo", SET_UP, True),
        ("demo", MailSettings(), True),
        ("development", SET_UP, False),
        ("development", MailSettings(), True),
        ("test", SET_UP, False),
        ("test", MailSettings(), True),
        ("production", SET_UP, False),
        ("production", MailSettings(), False),
    ],
)
def test_mail_stays_here_where_it_must(env: str, settings: MailSettings, keeps: bool) -> None:
    assert keeps_mail(env, settings) is keeps


def test_the_demo_sends_nothing_even_when_a_server_is_set_up(
    post: Post, office: PostOffice, mail_database: str
) -> None:
    demo = Post.open(mail_database, env="test")
    object.__setattr__(demo.machine.settings, "env", "demo")
    with opened(office) as port:
        demo.configure(port)
        kept = demo.send(demo.ask("shop.marketing"))
        assert office.connections == 0
    assert (kept.state, kept.headers) == ("sent", {"unsubscribe": True, "kept_in": "outbox"})
    assert "did not leave" in kept.server_answer
    demo.database.engine.dispose()

"""What was written is forgotten in time, and what waits keeps its words."""

from admin_core.jobs.enqueue import enqueue
from tests.admin_core.mail.world import Post

AGES = {"new": ("sent", 5), "old": ("sent", 100), "oldest": ("failed", 400), "waiting": ("queued", 100)}


def test_words_go_after_ninety_days_and_rows_after_a_year(post: Post) -> None:
    for name, (state, days) in AGES.items():
        message = post.ask(key=name)
        post.run(
            "UPDATE admin.mail_messages SET state = :state, sent_at = now(),"
            " created_at = now() - make_interval(days => :days) WHERE id = :id",
            state=state, days=days, id=message,
        )  # fmt: skip
    for expected in (
        "Deleted the words of 2 messages, and 1 messages.",
        "Deleted the words of 0 messages, and 0 messages.",
    ):
        with post.database.transaction() as session:
            job = enqueue(session, post.machine.jobs["core.forget-old-mail"])
        assert post.perform(job).result["summary"] == expected
    left = {row.key: row for row in post.rows("SELECT * FROM admin.mail_messages")}
    assert left.keys() == {"new", "old", "waiting"}
    assert [left[key].body_text is None for key in ("new", "old", "waiting")] == [False, True, False]
    assert left["old"].rendered_digest == left["new"].rendered_digest

"""Dangerous actions with money, rows and effects, to try plans and approvals on."""

from admin_core.contributions import (
    Action,
    ActionRefused,
    Letter,
    MailTemplate,
    Manifest,
    Permission,
    Question,
    WebhookEvent,
)
from admin_core.hookspecs import hookimpl
from schema.catalog import CreditPack
from schema.content import FaqEntry

MANIFEST = Manifest(name="shop", title="Shop", description="A test.")
MAY = "shop:packs:change"
PRICED = MailTemplate(
    key="shop.priced", title="A price was changed", mail_class="internal", subject="Price", text="The price changed."
)


def raise_price(record, answers, effects):
    record.amount_cents += answers["cents"]
    effects.mail(Letter(template=PRICED.key, to="ada@example.com"))
    effects.webhook("pack.priced", {"pack": str(record.id)}, key=f"priced:{record.id}")
    return f"{record.name} costs more now."


def copy(session, record, answers):
    for number in range(answers["copies"]):
        pack = CreditPack(
            key=f"{record.key}-{number}",
            name=record.name,
            product_line=record.product_line,
            credits=record.credits,
            amount_cents=0,
        )
        session.add(pack)
    return "Copied."


def stop_selling(record, answers, now):
    if not record.is_sold:
        raise ActionRefused("It is not sold any more.")
    record.is_sold = False
    record.expires_after_days = now.day
    return "Nobody can buy it any more."


def rename(record):
    record.name = f"{record.name}!"
    return "Renamed."


def answer_everybody(session):
    session.add(FaqEntry(question="Why so dear?", answer="Copper.", category="general", position=1))
    return "Answered."


def give_away(record):
    record.amount_cents = -1
    return "Given away."


def fail():
    raise RuntimeError("a secret of somebody")


def action(slug, run, *, questions=(), **words):
    return Action(
        slug=slug, label=slug.replace("-", " ").capitalize(), model="credit_packs", permission=MAY, run=run,
        dangerous=True, questions=questions, **words,
    )  # fmt: skip


def number(name):
    return Question(name=name, label=name.capitalize(), kind="number", least=0)


@hookimpl
def register_permissions():
    return [Permission(MAY, "change packs")]


@hookimpl
def register_mail_templates():
    return [PRICED]


@hookimpl
def register_webhook_events():
    return [WebhookEvent("pack.priced", "A pack has another price.")]


@hookimpl
def register_actions():
    note = Question(name="note", label="Note", required=False)
    thresholds = {"approval": "thresholds", "limit_cents": 10_000, "limit_rows": 3}
    return [
        action("raise-price", raise_price, questions=(number("cents"),), many=True, **thresholds),
        action("discount", raise_price, questions=(number("cents"),), many=True, role_limit="refund_limit_cents"),
        action("copy", copy, questions=(number("copies"),), **thresholds),
        action("stop-selling", stop_selling, questions=(note,), many=True, approval="always"),
        action("rename", rename, many=True),
        action("answer-everybody", answer_everybody),
        action("give-away", give_away),
        action("fail", fail, many=True),
    ]

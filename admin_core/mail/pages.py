"""Pages of mail: the texts with previews and test messages, the built-in outbox, and the unsubscribe page of strangers.

A preview in HTML is a document of its own in a sandbox: no script, no picture from elsewhere, no form.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, Response, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from admin_core import surfaces
from admin_core.access import signed_in
from admin_core.audit.reads import note_shown
from admin_core.audit.web import note, note_change
from admin_core.contributions import ActionRefused, Letter, MailTemplate
from admin_core.generator.actions import answered
from admin_core.generator.view import effects
from admin_core.machine import Machine, machine, request_session
from admin_core.mail import actions, outbox, unsubscribing
from admin_core.mail.addresses import MailRefused, readable_address
from admin_core.mail.composing import Ending, document
from admin_core.mail.configuration import keeps_mail
from admin_core.mail.section import read_mail_settings
from admin_core.mail.words import problems, rendered
from admin_core.policy import require_permission
from admin_core.theme import csp
from admin_core.theme.feedback import flash_done
from schema.access_log import AccessKind
from schema.mail import MailMessage
from schema.staff import StaffMember

SEE_OTHER, NOT_FOUND, UNPROCESSABLE = 303, 404, 422
TEXTS, OUTBOX = "/admin/mail", "/admin/system/outbox"
PREVIEW_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
EXAMPLE_LINK = "https://example.com/u/example"

ROUTES = {
    "mail.*": surfaces.admin("page:mail:read"),
    "outbox.*": surfaces.admin("page:system:read"),
    "unsubscribe.*": surfaces.public(surfaces.SIGNATURE),
}


def install(app: Flask, parts: Machine) -> None:
    """Mount the pages; the outbox only where mail may be kept."""
    texts = Blueprint("mail", __name__)
    texts.add_url_rule(TEXTS, "texts", show_texts)
    texts.add_url_rule(f"{TEXTS}/suppress", "suppress", stop_writing, methods=["POST"])
    texts.add_url_rule(f"{TEXTS}/<key>", "text", show_text)
    texts.add_url_rule(f"{TEXTS}/<key>/html", "html", show_html)
    texts.add_url_rule(f"{TEXTS}/<key>/test", "test", send_test, methods=["POST"])
    leave = Blueprint("unsubscribe", __name__)
    leave.add_url_rule("/u/<token>", "page", unsubscribe, methods=["GET", "POST"])
    app.register_blueprint(texts)
    app.register_blueprint(leave)
    if parts.settings.env != "production":
        kept = Blueprint("outbox", __name__)
        kept.add_url_rule(OUTBOX, "list", show_outbox)
        kept.add_url_rule(f"{OUTBOX}/<uuid:message>", "message", show_kept)
        kept.add_url_rule(f"{OUTBOX}/<uuid:message>/html", "html", show_kept_html)
        app.register_blueprint(kept)
    surfaces.declare(app, ROUTES)


def show_texts() -> ResponseReturnValue:
    """List the e-mail texts."""
    return texts_page({}, {})


def texts_page(typed: Mapping[str, str], errors: Mapping[str, str], problem: str = "") -> ResponseReturnValue:
    """Return the list of texts, with the form that stops mail to an address as it was typed."""
    who, parts = signed_in(), machine()
    settings = read_mail_settings(request_session(who), parts.cipher)
    keeps = keeps_mail(parts.settings.env, settings)
    page = render_template(
        "mail/texts.html",
        templates=[(each, problems(each.template)) for each in parts.mailroom.templates.by_key.values()],
        keeps=keeps,
        unready="" if keeps else settings.problem,
        may_suppress=who.has("core:suppressions:add"),
        may_see_outbox=parts.settings.env != "production" and who.has("page:system:read"),
        questions=(actions.SCOPE, actions.WHY),
        typed=typed,
        errors=errors,
        problem=problem,
    )
    return page, UNPROCESSABLE if errors or problem else 200


def stop_writing() -> ResponseReturnValue:
    """Write that an address gets no more mail, or say what is missing."""
    who, parts, form = signed_in(), machine(), request.form.to_dict()
    require_permission(who, "core:suppressions:add", "stop mail to an address")
    answers, errors = answered((actions.SCOPE, actions.WHY), form)
    session = request_session(who)
    try:
        email = readable_address(form.get("q-email", ""))
    except MailRefused:
        return texts_page(form, {**errors, "email": "Write one e-mail address, e.g. nomsa@example.com."})
    if errors:
        return texts_page(form, errors)
    try:
        done = actions.stop(session, parts.mailroom.hashes, email, who, answers)
    except ActionRefused as refusal:
        return texts_page(form, {}, f"{refusal.sentence} {refusal.hint}")
    note_change("mail.stopped", "suppressions", None)
    session.commit()
    flash_done(done)
    return redirect(TEXTS, SEE_OTHER)


def show_text(key: str) -> ResponseReturnValue:
    """Show one text with its example values."""
    return text_page(template_of(key))


def text_page(template: MailTemplate, problem: str = "") -> ResponseReturnValue:
    """Return the page of one text, with what kept a test message from being asked for."""
    who = signed_in()
    wrong = problems(template)
    words = None if wrong else example_of(template)
    ending = example_ending(template)
    page = render_template(
        "mail/text.html",
        template=template,
        wrong=wrong,
        words=words,
        ending=ending.text,
        may_test=who.has("core:mail:test"),
        problem=problem,
    )
    return page, UNPROCESSABLE if problem else 200, {"Content-Security-Policy": csp.policy(frames=True)}


def show_html(key: str) -> ResponseReturnValue:
    """Answer a text with its example values as the document a mail program would show."""
    template = template_of(key)
    if problems(template):
        abort(NOT_FOUND)
    words = example_of(template)
    return sandboxed(document(words.subject, words.html, example_ending(template)))


def send_test(key: str) -> ResponseReturnValue:
    """Ask for a message with the example values, to the address of whoever asks and no other."""
    who, template = signed_in(), template_of(key)
    require_permission(who, "core:mail:test", "send a test message")
    session = request_session(who)
    member = session.get_one(StaffMember, who.id)
    letter = Letter(
        template=template.key, to=member.email, name=member.name, variables=template.variables, member_id=who.id
    )
    try:
        effects().test_mail(letter)
    except ActionRefused as refusal:
        session.rollback()
        return text_page(template, refusal.sentence)
    note("mail.test-asked", "email_templates", key)
    session.commit()
    flash_done("A test message to your own address is on its way.")
    return redirect(f"{TEXTS}/{key}", SEE_OTHER)


def show_outbox() -> ResponseReturnValue:
    """List the messages that were kept instead of sent, the newest first."""
    who = signed_in()
    rows = outbox.kept(request_session(who), request.args.get("before", ""))
    page = outbox.listed(who, spec(), rows)
    note_shown("mail_messages", ("to_email", "subject"), (line.id for line in page.lines))
    return render_template("mail/outbox.html", page=page)


def show_kept(message: UUID) -> ResponseReturnValue:
    """Show a kept message as its receiver would see it."""
    who, parts = signed_in(), machine()
    session = request_session(who)
    row = kept_message(message)
    shown = outbox.opened(who, spec(), row, parts.mailroom, read_mail_settings(session, parts.cipher))
    note_shown("mail_messages", ("to_email", "subject", "body_text"), [row.id], AccessKind.DETAIL)
    page = render_template("mail/kept.html", page=shown)
    return page, 200, {"Content-Security-Policy": csp.policy(frames=True)}


def show_kept_html(message: UUID) -> ResponseReturnValue:
    """Answer a kept message's HTML; only to somebody who may read what stands in it."""
    who, parts = signed_in(), machine()
    outbox.require_readable(who, spec())
    row = kept_message(message)
    settings = read_mail_settings(request_session(who), parts.cipher)
    note_shown("mail_messages", ("subject", "body_html"), [row.id], AccessKind.DETAIL)
    return sandboxed(document(row.subject, row.body_html or "", outbox.ending_of(row, parts.mailroom, settings)))


def kept_message(message: UUID) -> MailMessage:
    """Return a message of the outbox, or answer 404."""
    found = request_session(signed_in()).scalar(select(MailMessage).where(MailMessage.id == message, outbox.IS_KEPT))
    if found is None:
        abort(NOT_FOUND)
    return found


def unsubscribe(token: str) -> ResponseReturnValue:
    """Show a button (programs that check links open them too); a POST writes the refusal, once."""
    parts = machine()
    with parts.database.transaction() as session:
        asked = unsubscribing.find(session, parts.mailroom.links, token)
        if asked is None:
            return render_template("mail/unsubscribe.html", state="unknown"), NOT_FOUND
        if request.method == "POST":
            way = "one-click" if request.form.get("List-Unsubscribe") == "One-Click" else "link"
            unsubscribing.unsubscribe(session, parts.mailroom.links, asked, way)
    return render_template("mail/unsubscribe.html", state="done" if request.method == "POST" else "asked")


def sandboxed(html: str) -> Response:
    """Return a document nobody can be harmed by, to be framed by our own pages."""
    response = Response(html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = PREVIEW_POLICY
    return response


def template_of(key: str) -> MailTemplate:
    """Return the template, or answer 404."""
    try:
        return machine().mailroom.templates[key]
    except MailRefused:
        abort(NOT_FOUND)


def example_of(template: MailTemplate) -> Any:
    """Return the template in words, with its examples."""
    return rendered(template, template.variables, machine().settings.product_name)


def example_ending(template: MailTemplate) -> Ending:
    """Return what stands under the message."""
    return Ending("", EXAMPLE_LINK if template.has_unsubscribe_link else "")


def spec() -> Any:
    """Return the spec of messages: its tags say what is masked."""
    return machine().registry.spec("mail_messages")

"""Checks of what a plugin serves: routes, pages, its part of home, and the pages of its actions."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from admin_core import briefing
from admin_core.circuits import Circuits
from admin_core.conformance import markup
from admin_core.conformance.stage import EVERYTHING, OWNER, Stage, machine_of, posted
from admin_core.contributions import Action, Figure, Page, Waiting
from admin_core.dashboards import tiles
from admin_core.generator.context import Context
from admin_core.generator.ids import encode_key
from admin_core.generator.urls import action_url
from admin_core.menu import page_url
from admin_core.period_choice import named
from admin_core.periods import Period
from admin_core.policy import PolicySession
from admin_core.surfaces import KEY, SIGNATURE, WORDS, access_of

WHO_ASKS = 1
"""Statement of core's own in every request."""
OK, FORBIDDEN, BAD_REQUEST, FIRST_ERROR = 200, 403, 400, 400
STRANGER = frozenset({302, 303, 401})
"""How somebody is answered who has not signed in."""


def own_routes(stage: Stage) -> list[Rule]:
    """Return the routes that are there with the plugin and not without it."""
    without = {str(rule) for rule in stage.without.url_map.iter_rules()}
    return [rule for rule in stage.app.url_map.iter_rules() if str(rule) not in without]


def routes(stage: Stage) -> Iterator[str]:
    """Yield routes without a surface or a permission, and pages without the plugin's name.

    What programs call is named after its resource: one API, whoever answers.
    """
    for rule in own_routes(stage):
        access = access_of(stage.app, rule.endpoint)
        if access is None:
            yield f"{rule.rule} declares no surface."
        elif access.surface == "admin" and stage.plugin not in rule.rule.split("/"):
            yield f"{rule.rule} does not bear the plugin's name."
        elif access.surface == "admin" and not access.needs.startswith(f"{stage.plugin}:"):
            yield f"{rule.rule} opens by {access.needs!r}: it needs a permission of the plugin."
        elif access.surface != "admin" and access.needs in WORDS - {KEY, SIGNATURE} and not is_meant(stage, rule):
            yield f"{rule.rule} is public and opens by {access.needs!r}: it needs a key or a signature."


def is_meant(stage: Stage, rule: Rule) -> bool:
    """Return whether an operation of the API says itself that anybody may ask."""
    open_to_all = {route.address for route in stage.items("register_api") if route.public_for_s}
    return rule.rule in open_to_all


def pages(stage: Stage) -> tuple[Page, ...]:
    """Return the plugin's pages."""
    return stage.items("register_pages")


def pages_answer(stage: Stage) -> Iterator[str]:
    """Yield pages that fail an Owner, break their budget or hold what the policy blocks, over some rows and none."""
    if not pages(stage):
        return
    over_none = stage.build(stage.databases.empty)
    for app, words in ((stage.app, "over invented records"), (over_none, "over an empty database")):
        owner = stage.owner if app is stage.app else stage.browser(EVERYTHING, app=app)
        for page in pages(stage):
            url = page_url(stage.plugin, page.slug)
            owner.get(url)  # what a process reads once is not the page's
            with stage.counted() as statements:
                answer = owner.get(url)
            if answer.status_code != OK:
                yield f"{url} answers {answer.status_code} to an Owner, {words}."
            if (own := len(statements) - WHO_ASKS) > page.statements:
                yield f"{url} made {own} statements {words}; its budget is {page.statements}."
            yield from (f"{url} holds: {problem}." for problem in markup.in_page(answer.text))


def pages_refuse(stage: Stage) -> Iterator[str]:
    """Yield pages that let somebody in without the permission, or take a form that is not theirs."""
    nobody = stage.browser()
    for page in pages(stage):
        url = page_url(stage.plugin, page.slug)
        if nobody.get(url).status_code != FORBIDDEN:
            yield f"{url} opens without the permission {page.permission}."
        if stage.app.test_client().get(url).status_code not in STRANGER:
            yield f"{url} opens for somebody who has not signed in."
        if page.post is not None:
            if stage.owner.post(url).status_code != BAD_REQUEST:
                yield f"{url} takes a form that carries no token."
            reader = stage.browser(page.permission)
            if page.post_permission != page.permission and posted(reader, url, {}).status_code != FORBIDDEN:
                yield f"{url} takes a form without the permission {page.post_permission}."


def home(stage: Stage) -> Iterator[str]:
    """Yield lines and figures that do not answer, and figures over their budget; over some rows and over none."""
    for app in (stage.app, stage.build(stage.databases.empty)):
        parts = machine_of(app)
        with PolicySession(parts.database.engine, person=OWNER) as session:
            ctx = Context(session, OWNER, parts.registry, parts.cipher, datetime.now(UTC))
            yield from (found for item in stage.items("register_waiting") for found in of_line(ctx, item))
            yield from (found for item in stage.items("register_figures") for found in of_figure(stage, ctx, item))


def of_line(ctx: Context, waiting: Waiting) -> Iterator[str]:
    """Yield why a line of home cannot be counted."""
    if briefing.is_uncountable(ctx, waiting):
        yield f"The line {waiting.label!r} cannot be counted: every column must be one that its list can filter by."


def of_figure(stage: Stage, ctx: Context, figure: Figure) -> Iterator[str]:
    """Yield why a figure has no answer, costs too much, or leads to rows that cannot be shown."""
    choice = named(figure.home or "this_month", ctx.now)
    with stage.counted() as statements:
        found = tiles.tile_of(ctx, figure, choice, Circuits())
    if found.value == "no answer":
        yield f"The figure {figure.name!r} has no answer: {found.note}"
    more = 1 if figure.needs else 0  # whether it is set up
    if len(statements) > figure.statements + more:
        yield f"The figure {figure.name!r} made {len(statements)} statements; its budget is {figure.statements}."
    yield from of_rows(ctx, figure, choice.period)


def of_rows(ctx: Context, figure: Figure, period: Period) -> Iterator[str]:
    """Yield why the rows behind a figure cannot be shown."""
    if figure.rows is None:
        return
    rows = figure.rows(period)
    waiting = Waiting(figure.title, rows.model, lambda _now: rows.filters, figure.permission)
    if rows.model not in ctx.registry or briefing.is_uncountable(ctx, waiting):
        yield f"The rows of {figure.name!r} cannot be shown: every column must be one that its list can filter by."


def actions_refuse(stage: Stage) -> Iterator[str]:
    """Yield actions that run without the permission or without a token, or whose page fails an Owner."""
    actions: tuple[Action, ...] = stage.items("register_actions")
    if not actions:
        return
    reader = stage.browser("data:*:read")
    for action in actions:
        record = some_record(stage.app, action.model)
        url = action_url(action.model, record or str(uuid.uuid4()), f"{stage.plugin}.{action.slug}")
        for word, ask in (("opens", reader.get), ("runs", partial(posted, reader, form={}))):
            if ask(url).status_code != FORBIDDEN:
                yield f"The action {action.slug} {word} without the permission {action.permission}."
        if stage.owner.post(url).status_code != BAD_REQUEST:
            yield f"The action {action.slug} runs by a form that carries no token."
        if record is None:
            stage.notes.append(f"The action {action.slug} was not opened: there is no {action.model} record.")
            continue
        answer = stage.owner.get(url)
        if answer.status_code >= FIRST_ERROR:
            yield f"The page of the action {action.slug} answers {answer.status_code} to an Owner."
        yield from (f"The page of the action {action.slug} holds: {found}." for found in markup.in_page(answer.text))


def some_record(app: Flask, key: str) -> str | None:
    """Return the id of a record of a model, None when there is none."""
    parts = machine_of(app)
    if key not in parts.registry:
        return None
    spec = parts.registry.spec(key)
    keys = [getattr(spec.model, name) for name in spec.primary_key]
    with parts.database.sessions() as session:
        found = session.execute(sa.select(*keys).order_by(*keys).limit(1)).one_or_none()
    return None if found is None else encode_key(tuple(found))

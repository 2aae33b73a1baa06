"""The page that answers "why can't I?": for a permission, a table or a column; for oneself, or about a colleague."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from admin_core.access import signed_in
from admin_core.generator.errors import BadRequest, NotFound
from admin_core.generator.spec import ModelSpec
from admin_core.machine import machine
from admin_core.policy import VERBS, Person, asked, covers, require_permission, rules_on
from admin_core.team import members
from admin_core.team.asking import desk, known
from admin_core.team.changing import Desk
from admin_core.team.member_pages import Eyes, read_id
from admin_core.team.members import Member
from admin_core.team.reasons import ROW, HidingRule, Question, about_column, about_model, how_seen, verdict
from admin_core.team.wording import PATTERN
from schema.staff import Role, StaffMember

URL = "/admin/why"
LONGEST = 120
MOST_GRANTERS = 5
EXPLAIN = "core:permissions:explain"
blueprint = Blueprint("why", __name__)


@blueprint.get(URL)
def why() -> ResponseReturnValue:
    """Answer."""
    at, args = desk(), request.args
    member = colleague(at, args.get("member", ""))
    roles = roles_of(at, member)
    spec, questions = questions_of(args)
    within = at.person.seeing.within if at.person.seeing and member is None else None
    verdicts = [verdict(roles, each, within) for each in questions]
    column = spec.columns[args["column"]] if spec and args.get("column") else None
    return render_template(
        "admin/team/why.html",
        member=member,
        eyes=Eyes.of(at.person),
        roles=roles,
        verdicts=verdicts,
        seen=how_seen(column, verdicts) if column else "",
        granters={each.question.names: granters(at, each.question) for each in verdicts if not each.may},
        typed=args,
        spec=spec,
        models=sorted((machine().registry.spec(key) for key in machine().registry), key=lambda each: each.plural),
        verbs=VERBS,
        rules=rules_for(at, member, roles, table_of(args)),
        is_row=args.get("permission", "").endswith(ROW),
    )


def url_of(permission: str) -> str:
    """Return the page that explains a refusal."""
    return f"{URL}?{urlencode({'permission': permission})}"


def colleague(at: Desk, text: str) -> Member | None:
    """Return the member who is asked about; None for oneself."""
    if not text or read_id(text) == at.person.id:
        return None
    require_permission(at.person, EXPLAIN, "ask about others")
    key = read_id(text)
    found = members.member(at.session, key) if key else None
    if found is None:
        raise NotFound("There is no such member.", "Choose one from the team.")
    return found


def roles_of(at: Desk, member: Member | None) -> Mapping[str, Sequence[str]]:
    """Return the roles the answer is made of, with their patterns."""
    found = members.roles_named(at.session, at.person.roles) if member is None else member.roles
    return {role.name: role.permissions for role in sorted(found, key=lambda each: each.name)}


def questions_of(args: Mapping[str, str]) -> tuple[ModelSpec | None, tuple[Question, ...]]:
    """Return the table and the questions of an address; none when nothing was asked yet."""
    if permission := args.get("permission", ""):
        return None, (about_permission(permission),)
    key = args.get("model", "")
    if not key:
        return None, ()
    if key not in machine().registry:
        raise NotFound("There is no such list.", "Choose one below.")
    spec = machine().registry.spec(key)
    if column := args.get("column", ""):
        if column not in spec.columns:
            raise NotFound(f"{spec.plural} have no such column.", "Choose one below.")
        return spec, about_column(spec, spec.columns[column])
    verb = args.get("verb", "") or "read"
    if verb not in VERBS:
        raise BadRequest("This is nothing that can be done with records.", f"Choose one of {', '.join(VERBS)}.")
    return spec, (about_model(spec, verb),)


def about_permission(name: str) -> Question:
    """Return the question about a permission by its name; of a table's both names count."""
    if len(name) > LONGEST or not PATTERN.fullmatch(name) or name.startswith("!"):
        raise BadRequest("This is no permission.", "A permission is called area:noun:verb.")
    found = next((each for each in known() if name in each.names), None)
    if found is None:
        return Question((name,), f"use {name}")
    is_group = name != found.name  # data:@GROUP:verb speaks of no single table
    return Question((name,), f"use {name}") if is_group else Question(found.names, found.label)


def table_of(args: Mapping[str, str]) -> str:
    """Return the key of the table whose rows are asked about; empty when none is."""
    permission = args.get("permission", "")
    return permission.split(":")[1] if permission.endswith(ROW) and permission.count(":") > 1 else args.get("model", "")


def rules_for(at: Desk, member: Member | None, roles: Mapping[str, Sequence[str]], key: str) -> list[HidingRule]:
    """Return which rules hide rows of a table, and which of them concern whoever is asked about."""
    if not key or key not in machine().registry:
        return []
    who = at.person if member is None else Person(member.id, "", tuple(roles), patterns_of(roles))
    found = [HidingRule(rule, asked(rule, who) is not None) for rule in rules_on(machine().registry.model(key))]
    return sorted(found, key=lambda each: (not each.in_force, each.rule.name))


def patterns_of(roles: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """Return everything that some roles say."""
    return frozenset(pattern for patterns in roles.values() for pattern in patterns)


def granters(at: Desk, question: Question) -> list[tuple[str, str]]:
    """Return some colleagues who could give it, with their pages: they hold it, and may edit roles or assign them."""
    roles = [
        role.id
        for role in members.roles(at.session)
        if covers(patterns := frozenset(role.permissions), question.names)
        and (covers(patterns, ("core:roles:edit",)) or covers(patterns, ("core:staff:assign",)))
    ]
    statement = (
        select(StaffMember.id, StaffMember.name)
        .where(StaffMember.active, StaffMember.roles.any(Role.id.in_(roles)))
        .order_by(StaffMember.name, StaffMember.id)
        .limit(MOST_GRANTERS)
    )
    sees_pages = at.person.has("page:staff:read")
    return [
        (name, f"/admin/staff/{key}" if sees_pages else "")
        for key, name in at.session.execute(statement)
        if signed_in().id != key
    ]

"""What is posted to ``/search``: words, a filter to add, or one to take away. The answer is an address."""

from dataclasses import replace

from werkzeug.datastructures import MultiDict

from admin_core.generator.capabilities import capabilities_of
from admin_core.generator.context import Context
from admin_core.generator.errors import BadRequest
from admin_core.generator.filters import (
    BadFilter,
    Condition,
    check_number,
    check_served,
    check_values,
    read_operator,
)
from admin_core.generator.list_state import (
    ListState,
    changed,
    private_part,
    read_state,
    remembered,
    store_private,
    url_of,
)
from admin_core.generator.operators import VALUELESS, Operator
from admin_core.generator.search import check_words
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.generator.values import canonical, shortened
from admin_core.policy import may_probe, require, sees

GROUPS = frozenset("123456789")


def search(ctx: Context, spec: ModelSpec, form: MultiDict[str, str]) -> str:
    """Return the address of the list with the posted change made; private parts are stored behind a token."""
    require(ctx.person, "read", spec)
    kept = remembered(ctx, spec, form.get("v", ""))
    before = read_state(ctx, spec, base_of(form), kept)
    after = changed(before, conditions=conditions_after(ctx, spec, before, form))
    if "words" in form:
        after = replace(after, words=check_words(form["words"]))
    if private_part(spec, after) != private_part(spec, before):
        after = replace(after, token=store_private(ctx, spec, after))
    return url_of(spec, after)


def base_of(form: MultiDict[str, str]) -> MultiDict[str, str]:
    """Return the state the form was shown in: what it adds stands under other names."""
    added = {"words", "column", "op", "value", "until", "group", "remove", "csrf_token"}
    return MultiDict([(name, value) for name, value in form.items(multi=True) if name not in added])


def conditions_after(
    ctx: Context, spec: ModelSpec, state: ListState, form: MultiDict[str, str]
) -> tuple[Condition, ...]:
    """Return the filters with the posted one removed or added; one on the same column and operator is replaced."""
    gone = form.get("remove", "")
    left = tuple(condition for condition in state.conditions if condition.name != gone)
    if not form.get("column"):
        return left
    new = posted(ctx, spec, form)
    check_served(spec, capabilities_of(ctx.session, spec), [new])
    rest = [condition for condition in left if condition.name != new.name]
    return tuple(sorted([*rest, new], key=lambda condition: condition.group))


def posted(ctx: Context, spec: ModelSpec, form: MultiDict[str, str]) -> Condition:
    """Return the filter a form describes, its values in the form addresses use."""
    column = spec.columns.get(form["column"])
    if column is None or sees(ctx.person, column) == "never":
        raise BadFilter(f"{spec.plural} have no column “{shortened(form['column'])}”.")
    if not may_probe(ctx.person, column):
        raise BadFilter(f"you may not see {column.label} in clear, and so not filter by it.")
    operator = read_operator(column, form.get("op", ""))
    condition = Condition(column.key, operator, posted_values(column, operator, form), read_group(form))
    check_number([condition.values])
    check_values(column, condition)
    return condition


def posted_values(column: ColumnSpec, operator: Operator, form: MultiDict[str, str]) -> tuple[str, ...]:
    """Return the values of a form in canonical form; BadFilter when one is missing or can't be read."""
    if operator in VALUELESS:
        return ()
    typed = [value.strip() for value in form.getlist("value")]
    if column.reference and column.kind in {"uuid", "integer"}:  # a picker joins several ids by commas
        typed = [part.strip() for value in typed for part in value.split(",")]
    try:
        if operator == "between":
            ends = [typed[0] if typed else "", form.get("until", "").strip()]
            return ("..".join(canonical(column, end) if end else "" for end in ends),)
        plain = operator in {"within", "has"}
        values = tuple(value if plain else canonical(column, value) for value in typed if value)
    except ValueError as error:
        raise BadFilter(f"{column.label}: {error}") from error
    if not values:
        raise BadFilter(f"{column.label}: a value is missing.")
    return values


def read_group(form: MultiDict[str, str]) -> int:
    """Return the group a filter is added to."""
    text = form.get("group", "1") or "1"
    if text not in GROUPS:
        raise BadRequest(f"“{shortened(text)}” is no group of filters.", "Start again from the list.")
    return int(text)

"""Addresses of the generated screens: pure functions of keys and ids. The view's routes mirror them.

Ids come from ``ids.encode_key`` and are escaped once more here, as they may hold any text.
"""

from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlencode

BASE = "/admin/data"
LOOKED = "/admin/system/looked-at"

Query = Mapping[str, str | int | Iterable[str]]


def model_url(key: str) -> str:
    """Return the address under which a model's screens live, without a final slash."""
    return f"{BASE}/{quote(key, safe='')}"


def list_url(key: str, args: Query | Iterable[tuple[str, str]] | None = None, **more: str | int) -> str:
    """Return a list's address; the arguments keep their order and may repeat."""
    return with_query(f"{model_url(key)}/", [*pairs(args or {}), *pairs(more)])


def import_url(key: str) -> str:
    """Return where files of a model are read in."""
    return f"{model_url(key)}/import"


def export_url(key: str) -> str:
    """Return where a list is taken out as a file."""
    return f"{model_url(key)}/export"


def select_url(key: str) -> str:
    """Return where the choice of rows is posted."""
    return f"{model_url(key)}/select"


def search_url(key: str) -> str:
    """Return where private words and filters are posted."""
    return f"{model_url(key)}/search"


def views_url(key: str, view_id: object = None) -> str:
    """Return where a view is saved, or where a saved one is changed."""
    return f"{model_url(key)}/views" if view_id is None else f"{model_url(key)}/views/{escaped(view_id)}"


def watch_url(view_id: object) -> str:
    """Return the form that has a saved view's rows watched."""
    return with_query("/admin/alerts/new", [("view", str(view_id))])


def columns_url(key: str) -> str:
    """Return where the choice of columns is posted."""
    return f"{model_url(key)}/columns"


def new_url(key: str, args: Query | None = None) -> str:
    """Return the form for a new record, with values to start from."""
    return with_query(f"{model_url(key)}/new", pairs(args or {}))


def record_url(key: str, record_id: str) -> str:
    """Return a record's page."""
    return f"{model_url(key)}/record/{escaped(record_id)}"


def edit_url(key: str, record_id: str) -> str:
    """Return a record's form."""
    return f"{record_url(key, record_id)}/edit"


def delete_url(key: str, record_id: str) -> str:
    """Return the page that asks before a record is deleted."""
    return f"{record_url(key, record_id)}/delete"


def history_url(key: str, record_id: str, args: Query | None = None) -> str:
    """Return who changed a record, and what."""
    return with_query(f"{record_url(key, record_id)}/history", pairs(args or {}))


def change_url(change_id: object) -> str:
    """Return one change with all rows it touched."""
    return f"/admin/changes/{change_id}"


def action_url(key: str, record_id: str, name: str) -> str:
    """Return the page that asks before an action on a record runs."""
    return f"{record_url(key, record_id)}/action/{quote(name, safe='')}"


def reveal_url(key: str, record_id: str, column: str) -> str:
    """Return the page that asks why a masked value is needed."""
    return f"{record_url(key, record_id)}/reveal/{quote(column, safe='')}"


def hide_url(key: str, record_id: str, column: str) -> str:
    """Return where a revealed value is masked again."""
    return f"{record_url(key, record_id)}/hide/{quote(column, safe='')}"


def looked_url(args: Query) -> str:
    """Return who looked at what these arguments name."""
    return with_query(LOOKED, pairs(args))


def related_url(key: str, record_id: str, relation: str, args: Query | None = None) -> str:
    """Return the fragment that lists one relation of a record."""
    return with_query(f"{record_url(key, record_id)}/related/{quote(relation, safe='')}", pairs(args or {}))


def panel_url(key: str, record_id: str, name: str) -> str:
    """Return the fragment with one panel of a record."""
    return f"{record_url(key, record_id)}/panel/{quote(name, safe='')}"


def timeline_url(key: str, record_id: str, args: Query | None = None) -> str:
    """Return what happened to a record."""
    return with_query(f"{record_url(key, record_id)}/timeline", pairs(args or {}))


def lookup_url(key: str) -> str:
    """Return where pickers post what was typed."""
    return f"{model_url(key)}/lookup"


def escaped(part: object) -> str:
    """Return one part of a path."""
    return quote(str(part), safe=",")


def pairs(args: Query | Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return arguments as pairs, one per value."""
    if not isinstance(args, Mapping):
        return list(args)
    found: list[tuple[str, str]] = []
    for name, value in args.items():
        values = [str(value)] if isinstance(value, str | int) else [str(item) for item in value]
        found.extend((name, item) for item in values)
    return found


def with_query(path: str, args: Iterable[tuple[str, str]]) -> str:
    """Return a path with its arguments, without a lone question mark."""
    query = urlencode(list(args))
    return f"{path}?{query}" if query else path

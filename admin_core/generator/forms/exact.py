"""Editors for rows of another program's database: what PostgreSQL holds is shown as it is, and nothing is rounded.

A browser's own control for dates or numbers shows nothing for ``infinity``, ``NaN`` or a year before 1, and would send
that nothing back.
"""

import json
from dataclasses import replace

from admin_core.generator.forms.editor import Editor, Wrong, clean
from admin_core.generator.forms.kinds import column_of, editor_of
from admin_core.generator.forms.structures import no_constant
from admin_core.generator.spec import ColumnSpec, ModelSpec


def editor_in(spec: ModelSpec, column: ColumnSpec) -> Editor | None:
    """Return the editor of a model's column; None for what no form can edit."""
    editor = editor_of(column, column_of(spec, column.key).type)
    return exact(editor, column) if spec.writes == "elsewhere" else editor


def exact(editor: Editor | None, column: ColumnSpec) -> Editor | None:
    """Return the editor of a column that is read exactly; None for what cannot be typed (binary data)."""
    if column.kind == "json":
        return Editor("json", read_raw_json, str, {"spellcheck": "false"})
    if column.kind == "other":
        return Editor("text", clean, str, {"spellcheck": "false"}, hint="As PostgreSQL writes it.")
    if editor is None:
        return None
    plain = {name: value for name, value in editor.attributes.items() if name not in {"type", "min", "max", "step"}}
    return replace(editor, show=lambda value: value if isinstance(value, str) else editor.show(value), attributes=plain)


def read_raw_json(text: str) -> str:
    """Return JSON as it was typed, every digit kept; Wrong when it is none."""
    typed = clean(text)
    try:
        json.loads(typed, parse_constant=no_constant, parse_float=str, parse_int=str)
    except RecursionError:
        raise Wrong("This JSON is nested too deeply.") from None
    except json.JSONDecodeError as error:
        raise Wrong(f"This is not JSON: {error.msg} in line {error.lineno}, column {error.colno}.") from None
    return typed

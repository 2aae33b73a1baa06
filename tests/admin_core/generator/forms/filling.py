"""Opens a form, fills it as a browser would, and sends it."""

from typing import Any

from werkzeug.datastructures import MultiDict

from admin_core.generator.context import Context
from admin_core.generator.forms.pages import Saved, form_page
from admin_core.generator.forms.views import FormPage
from admin_core.generator.spec import ModelSpec


def sent(page: FormPage, **typed: str) -> MultiDict[str, str]:
    """Return what a browser sends of a page after some fields were typed into."""
    data: MultiDict[str, str] = MultiDict()
    if page.version:
        data["version"] = page.version
    for group in page.groups:
        for field in group.fields:
            data[field.id] = "false" if field.widget == "checkbox" and field.value != "true" else field.value
    for inline in page.inlines:
        for row in inline.rows:
            data[f"{row.prefix}id"], data[f"{row.prefix}version"] = row.id, row.version
            for field in row.fields:
                data[field.id] = field.value
    for key, value in typed.items():
        data[f"c-{key}"] = value
    return data


def opened(ctx: Context, spec: ModelSpec, key: str | None = None) -> FormPage:
    """Return a form as it is first shown."""
    page = form_page(ctx, spec, key)
    assert isinstance(page, FormPage)
    return page


def submit(ctx: Context, spec: ModelSpec, key: str | None = None, **typed: str) -> FormPage | Saved:
    """Open a form, type, send."""
    return form_page(ctx, spec, key, sent(opened(ctx, spec, key), **typed))


def saved(ctx: Context, spec: ModelSpec, key: str | None = None, **typed: str) -> Any:
    """Open a form, type, send; return the record that was written."""
    result = submit(ctx, spec, key, **typed)
    assert isinstance(result, Saved), (result.errors, result.general)
    ctx.session.expire_all()
    from admin_core.generator.ids import decode_key

    return ctx.session.get(spec.model, decode_key(spec, result.record_id))


def errors_of(result: FormPage | Saved) -> dict[str, str]:
    """Return the sentences of a refused form by column key."""
    assert isinstance(result, FormPage), "it was saved"
    return {field.key: " ".join(field.errors) for g in result.groups for field in g.fields if field.errors}

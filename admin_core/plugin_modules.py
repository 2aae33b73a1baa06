"""What a plugin's module says about itself, and how its failure to say it is told."""

import inspect
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from admin_core.hookspecs import PROJECT


def refuse_unknown_hooks(module: ModuleType, hooks: Iterable[str]) -> None:
    """Raise when a marked function is no hook, or a function named like one is not marked: neither would be called."""
    known = set(hooks)
    for name, value in vars(module).items():
        # A dict, not just anything: SQLAlchemy's func has an attribute of every name.
        is_marked = isinstance(getattr(value, f"{PROJECT}_impl", None), dict)
        if is_marked and name not in known:
            raise LookupError(f"{name} is no hook. Known hooks: {', '.join(sorted(known))}")
        if inspect.isfunction(value) and name in known and not is_marked:
            raise LookupError(f"{name} is named like a hook but not marked with @hookimpl: it would never be called")


def folder_of(module: ModuleType) -> Path | None:
    """Return where the plugin's files lie; None for a module that came from no file."""
    return Path(file).parent if (file := getattr(module, "__file__", None)) else None


def said(error: BaseException) -> str:
    """Return what went wrong while a plugin was imported, in one line."""
    if isinstance(error, SystemExit):
        return f"it tried to end the process: sys.exit({error.code!r}) while it was imported"
    return " ".join(f"{type(error).__name__}: {error}".split())

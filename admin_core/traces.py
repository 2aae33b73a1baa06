"""Where an exception came from, for the log: never its message, which may quote what somebody typed or a whole row."""

import traceback
from pathlib import Path


def trace_of(error: BaseException) -> str:
    """Return the stack in source lines and the kinds of the exception and its causes, without any message."""
    kinds, cause = [type(error).__name__], error.__cause__
    while cause is not None:
        kinds.append(type(cause).__name__)
        cause = cause.__cause__
    return "".join(traceback.format_tb(error.__traceback__)) + " from ".join(kinds)


def origin_of(error: BaseException) -> str:
    """Return kind and place of an exception in a line: ``KeyError in queries.py:12``; without its message."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    return f"{type(error).__name__} in {Path(frames[-1].filename).name}:{frames[-1].lineno}"

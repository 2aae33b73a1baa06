"""Finds what is wrong with the words of a statement that writes back, and says it in a sentence. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import text

from admin_core.sources.wording import LONGEST_NAME, NAME, is_texts, unknown

NEEDED = ("name", "mapping", "columns", "sql")
TEXTS = ("name", "mapping", "sql", "on", "of", "ours", "settled")
ONE_ROW = re.compile(r"\s*(update|insert|delete|with|select)\b", re.IGNORECASE)


def problems_of_writes(said: Any, known: Mapping[str, Any], mappings: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong with the statements of a file; ``mappings`` are the names of all mappings."""
    if not isinstance(said, list):
        yield "write must be a list of statements; begin each with [[write]]"
        return
    names: list[str] = []
    for number, words in enumerate(said, 1):
        if not isinstance(words, dict):
            yield f"write {number} must be a table of words"
            continue
        place = f"write {words.get('name')!r}" if isinstance(words.get("name"), str) else f"write {number}"
        if words.get("name") in names:
            yield f"{place} is there twice"
        yield from (f"{place}: {problem}" for problem in problems_of_write(words, known, mappings))
        names.append(str(words.get("name")))


def problems_of_write(words: Mapping[str, Any], known: Mapping[str, Any], mappings: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong with one statement."""
    yield from unknown(words, known)
    yield from (f"{word} is missing" for word in NEEDED if word not in words)
    if wrong := [word for word in TEXTS if not isinstance(words.get(word, ""), str)]:
        yield from (f"{word} must be a text" for word in wrong)
        return
    name = words.get("name", "a")
    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        yield f"name is {name!r}; up to {LONGEST_NAME} lower-case letters, digits and dashes are needed"
    if words.get("mapping", "") not in mappings and "mapping" in words:
        yield f"there is no mapping {words['mapping']!r}"
    if not is_texts(words.get("columns", ["a"])) or not words.get("columns", ["a"]):
        yield "columns must be a list of our columns"
    yield from problems_of_sql(words)
    values = words.get("values", {})
    if not isinstance(values, dict) or not all(isinstance(each, dict) for each in values.values()):
        yield "values must be a table: their words by ours for each parameter"


def problems_of_sql(words: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the statement and its questions."""
    if "sql" in words and not ONE_ROW.match(words["sql"]):
        yield "sql must be one statement, such as UPDATE … SET … = :status WHERE id = :key"
    if "sql" in words and "key" not in parameters(words["sql"]):
        yield "sql must name the row by :key (cast it by CAST(:key AS uuid), as :key::uuid is no parameter)"
    if words.get("of") and not words.get("ours"):
        yield "of needs ours: a question about the record, whose key is :id"
    if words.get("ours") and "id" not in parameters(words["ours"]):
        yield "ours must ask about :id"
    if words.get("on") and not words.get("of"):
        yield "on needs of: its column that names the record"


def parameters(sql: str) -> set[str]:
    """Return the names of the parameters of a statement."""
    return set(text(sql).compile().params)

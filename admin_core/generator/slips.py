"""Names with one typing mistake in them, as a pattern that an index of trigrams narrows down. Pure.

A pattern, not a lower threshold of likeness: that of a short name with a wrong letter is below 0.4, where a third of
all names would be similar. The pattern finds the slip and nothing else, and reads fewer pages of the index.
"""

import re

SHORTEST = 4
"""One letter of three is another name."""
LONGEST = 24
WORD = re.compile(r"[^\W\d_]+")


def slip_pattern(word: str) -> str:
    """Return PostgreSQL's regular expression for whole words one slip away; empty where none is looked for."""
    if not (SHORTEST <= len(word) <= LONGEST and WORD.fullmatch(word)):
        return ""
    return rf"\m({'|'.join(slips(word))})\M"


def slips(word: str) -> list[str]:
    """Return what may stand for a word: one letter wrong, missing or too many, or two neighbours swapped."""
    places = range(len(word))
    wrong = [f"{word[:n]}.{word[n + 1 :]}" for n in places]
    too_many = [word[:n] + word[n + 1 :] for n in places]
    missing = [f"{word[:n]}.{word[n:]}" for n in range(len(word) + 1)]
    swapped = [word[:n] + word[n + 1] + word[n] + word[n + 2 :] for n in places[:-1]]
    return list(dict.fromkeys([*wrong, *too_many, *missing, *swapped]))

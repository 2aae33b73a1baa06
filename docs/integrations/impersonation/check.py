"""Runs the vectors on `verify.py`: `python check.py vectors.json`. Status 1 when one comes out otherwise."""

import json
import sys
from pathlib import Path
from typing import Any

from verify import Expected, Refused, accept, may, session_of

Json = dict[str, Any]


def outcome(case: Json, vectors: Json) -> Any:
    """Return what the verifier says to a vector."""
    if "method" in case:
        return may(case["mode"], case["method"])
    if "cookies" in case:
        return session_of(case["cookies"], vectors["sessions"])
    return [presented(case, vectors, [])] if case.get("uses", 1) == 1 else presented_often(case, vectors)


def presented_often(case: Json, vectors: Json) -> list[str]:
    """Return what becomes of each use of one token."""
    used: list[str] = []
    return [presented(case, vectors, used) for _ in range(case["uses"])]


def presented(case: Json, vectors: Json, used: list[str]) -> str:
    """Return the mode in which a token lets somebody in, or why it does not."""

    def consume(token: str) -> Json | None:
        if token in used:
            return None
        used.append(token)
        return {"live": not case.get("revoked", False)}

    privileged = vectors["privileged"]
    expected = Expected(vectors["keys"], vectors["issuer"], vectors["audience"], lambda subject: subject in privileged)
    try:
        claims = accept(case["token"], expected, vectors["now"], consume)
    except Refused as refused:
        return str(refused)
    return f"ok {claims['mode']}"


def main() -> None:
    """Check each vector of the file."""
    vectors = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    wrong = [
        (case["name"], found) for case in vectors["cases"] if (found := outcome(case, vectors)) != case["expected"]
    ]
    for name, found in wrong:
        sys.stdout.write(f"WRONG: {name}: {found}\n")
    sys.stdout.write(f"{len(vectors['cases']) - len(wrong)} of {len(vectors['cases'])} as expected\n")
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()

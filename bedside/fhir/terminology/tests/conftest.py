"""Loads the made-up releases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bedside.fhir.terminology.commands import Loaded, load_pack
from bedside.fhir.terminology.loading.opening import opened
from bedside.platform.access import system_actor

from .made import loinc_files, rxnorm_files, snomed_files, zipped

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

ZIPS = {
    "loinc": ("Loinc_2.78.zip", loinc_files),
    "snomed": ("SnomedCT_InternationalRF2_PRODUCTION_20240801T120000Z.zip", snomed_files),
    "rxnorm": ("RxNorm_full_08052024.zip", rxnorm_files),
}

Load = Callable[..., Loaded]


@pytest.fixture
def load(tmp_path: Path, db: None) -> Load:
    """Load a made-up release, with some of its files changed or taken out (None)."""

    def do(name: str, changes: Mapping[str, str | bytes | None] | None = None, *, version: str = "") -> Loaded:
        file, made = ZIPS[name]
        files: dict[str, str | bytes] = dict(made())
        for ending, text in (changes or {}).items():
            (place,) = [one for one in files if one.endswith(ending)]
            if text is None:
                del files[place]
            else:
                files[place] = text
        path = zipped(tmp_path / file, files)
        with opened(name, path, version) as pack:
            return load_pack(actor=system_actor("test"), now=NOW, pack=pack)

    return do

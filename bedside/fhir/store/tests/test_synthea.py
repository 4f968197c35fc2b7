"""Real bundles go in as transactions and come back with every value they had."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from bedside.fhir.asking import answer
from bedside.fhir.documents import read_document
from bedside.fhir.reach import EVERYTHING
from bedside.fhir.store import read_body, transaction_bundle

from .conftest import by_identifier, fetch_one

#: A folder of transaction bundles in JSON.
FOLDER = Path(os.environ.get("FHIR_SAMPLES", "no-such-folder"))
BUNDLES = sorted(FOLDER.glob("*.json"))


def as_sent(text: str) -> dict[str, Any]:
    return json.loads(text, parse_float=Decimal)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.skipif(not BUNDLES, reason="FHIR_SAMPLES does not name a folder of transaction bundles")
@pytest.mark.parametrize("path", BUNDLES, ids=lambda path: path.stem)
def test_a_bundle_comes_back_with_every_value_it_had(writer, path):
    text = path.read_text()
    with transaction.atomic():
        made = answer(transaction_bundle(writer, read_document(text), match=by_identifier, fetch=fetch_one))
    entries = as_sent(text)["entry"]
    names = {entry["fullUrl"]: f"{one.kind}/{one.id}" for entry, one in zip(entries, made, strict=True)}
    for entry, one in zip(entries, made, strict=True):
        kept = as_sent(answer(read_body(one.kind, one.id, EVERYTHING)).body)
        sent = moved(entry["resource"], names)
        meta = {"versionId": "1", "lastUpdated": "2026-11-24T15:00:00.000Z"}
        assert kept == sent | {"id": one.id, "meta": meta | sent.get("meta", {})}


def moved(value: Any, names: dict[str, str]) -> Any:
    """Return a value with every reference to an entry's fullUrl pointing to where it now stands."""
    if isinstance(value, dict):
        return {
            key: names.get(item, item) if key == "reference" and isinstance(item, str) else moved(item, names)
            for key, item in value.items()
        }
    return [moved(item, names) for item in value] if isinstance(value, list) else value

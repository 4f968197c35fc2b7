"""What was made elsewhere is listed, licensed and unchanged."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2] / "bedside"
UI = HOUSE / "platform" / "ui"
STATIC = UI / "static" / "ui"
LISTED = tomllib.loads((UI / "vendored.toml").read_text())["vendored"]


@pytest.mark.parametrize("entry", LISTED, ids=lambda entry: entry["name"])
def test_a_vendored_file_is_the_one_we_looked_at(entry):
    content = (STATIC / entry["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"], f"{entry['file']} changed: look at it, then list it"


@pytest.mark.parametrize("entry", LISTED, ids=lambda entry: entry["name"])
def test_a_vendored_file_has_its_licence_beside_it(entry):
    assert entry["version"]
    assert entry["licence"]
    assert len((STATIC / entry["licence_file"]).read_text()) > 200


def test_nothing_from_elsewhere_is_missing_from_the_list():
    vendored = [path for pattern in ("vendor/*.js", "fonts/*.woff2") for path in STATIC.glob(pattern)]
    vendored += list(HOUSE.rglob("static/**/*.min.js"))
    listed = {STATIC / entry["file"] for entry in LISTED}
    assert sorted(set(vendored) - listed) == []

"""No file too long to read, and nothing in the repository that belongs to one machine."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from .floors import ROOT

LINES_MOST = 400
KINDS = {".py", ".js", ".css", ".html"}
NOT_OURS = {"vendor", "migrations", "node_modules"}


@cache
def tracked() -> list[Path]:
    """Return every file of the repository, those not yet committed included."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        return [p for p in ROOT.rglob("*") if p.is_file() and not {".venv", ".git", ".bedside"} & set(p.parts)]
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def is_too_long(text: str) -> bool:
    """Say whether a file has more lines than one may have."""
    return len(text.splitlines()) > LINES_MOST


def test_a_long_file_is_seen() -> None:
    assert is_too_long("x\n" * (LINES_MOST + 1))
    assert not is_too_long("x\n" * LINES_MOST)


def test_no_file_is_too_long() -> None:
    ours = [p for p in tracked() if p.suffix in KINDS and not NOT_OURS & set(p.parts)]
    assert len(ours) > 100
    assert [str(p.relative_to(ROOT)) for p in ours if is_too_long(p.read_text())] == []


#: Where somebody's machine keeps things. Split, so that this file does not find itself.
SOMEWHERE = re.compile(r"(?<![\w.])/(?:ho" r"me|Us" r"ers|ro" r"ot|wo" r"rk|mnt)/[\w.-]+|[A-Z]:\\\\Us" r"ers")
#: Paths of this shape that are not places: routes, examples in documents.
NOT_PLACES = re.compile(r"/(?:home|root|work)/(?:you|user|app)\b")


def machine_paths(text: str) -> list[str]:
    """Return the paths of a machine in a text."""
    return [found for found in SOMEWHERE.findall(text) if not NOT_PLACES.match(found)]


def test_a_path_of_a_machine_is_seen() -> None:
    assert machine_paths("open('/ho" + "me/ada/notes.txt')")
    assert machine_paths("cd /wo" + "rk/project")
    assert not machine_paths("https://example.org/ho" + "me/ada and ./wo" + "rk/x and /today/")


@pytest.mark.parametrize("suffix", ["code", "words"])
def test_nothing_names_a_path_of_one_machine(suffix: str) -> None:
    code = {".py", ".js", ".css", ".html", ".sh", ".toml", ".in", ".txt", ".cfg", ".yml", ""}
    found = {}
    for path in tracked():
        if (path.suffix in code) is not (suffix == "code") or path.suffix in {".woff2", ".png", ".jpg", ".gz", ".ico"}:
            continue
        try:
            wrong = machine_paths(path.read_text())
        except UnicodeDecodeError:
            continue
        if wrong:
            found[str(path.relative_to(ROOT))] = wrong
    assert found == {}


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
    found = [
        str(p.relative_to(ROOT))
        for p in tracked()
        if p.suffix in KINDS and not NOT_OURS & set(p.parts) and later.search(p.read_text())
    ]
    assert found == []

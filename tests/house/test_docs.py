"""Documentation that has gone stale fails here: dead links, paths that moved, rooms and settings left out."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from .floors import HOUSE, ROOT, labels

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
NAMED = re.compile(r"`((?:bedside|bin|docs|tests|bench|requirements)/[\w./*<>-]+)`")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def dead_links(page: Path) -> list[str]:
    """Return the links of a page that lead nowhere."""
    inside = [link for link in LINK.findall(page.read_text()) if not link.startswith(("http", "mailto:"))]
    return [link for link in inside if not (page.parent / link).resolve().exists()]


def test_every_link_leads_somewhere():
    assert {name(page): dead for page in PAGES if (dead := dead_links(page))} == {}


def lost_paths(page: Path) -> list[str]:
    """Return the files and folders a page names that are not there."""
    named = [path for path in NAMED.findall(page.read_text()) if not set("<>") & set(path)]
    return [path for path in named if not list(ROOT.glob(path.rstrip("/")))]


def test_every_path_that_is_named_is_there():
    assert {name(page): lost for page in PAGES if (lost := lost_paths(page))} == {}


def test_a_dead_link_is_noticed(tmp_path):
    assert LINK.findall("see [the map](docs/map.md#rooms) and [x](y.md)") == ["docs/map.md", "y.md"]
    assert NAMED.findall("in `bedside/visits/rules.py` and `x/y.py`") == ["bedside/visits/rules.py"]


def test_the_readme_can_be_read_standing():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 100


def test_the_map_names_every_room():
    text = (ROOT / "docs" / "map.md").read_text()
    assert [room for room in labels() if not re.search(rf"\b{room}\b", text)] == []


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "decisions").glob("*.md")), ids=name)
def test_a_decision_is_one_page_with_a_question_and_an_answer(page):
    text = page.read_text()
    assert len(text.splitlines()) <= 60
    assert text.startswith(f"# {page.name[:4]} ")
    assert "**Question.**" in text
    assert "**Decision.**" in text


def test_no_two_decisions_share_a_number():
    numbers = [page.name[:4] for page in (ROOT / "docs" / "decisions").glob("*.md")]
    assert len(numbers) == len(set(numbers))


def test_everything_vendored_is_in_the_reference():
    text = (ROOT / "docs" / "reference" / "vendored.md").read_text()
    listed = tomllib.loads((HOUSE / "platform" / "ui" / "vendored.toml").read_text())["vendored"]
    assert [entry["name"] for entry in listed if not (entry["name"] in text and entry["file"] in text)] == []


def test_every_setting_is_in_the_reference():
    page = ROOT / "docs" / "reference" / "settings.md"
    settings = (HOUSE / "config" / "settings.py").read_text()
    named = set(re.findall(r"env\.\w+\(\s*\"(\w+)\"", settings))
    assert named, "settings are read by bedside.config.environment"
    assert sorted(named - set(re.findall(r"`(\w+)`", page.read_text()))) == []

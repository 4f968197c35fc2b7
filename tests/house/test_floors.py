"""What the import graph cannot see: foreign keys and their way back follow the floors too."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db.models import Field

from .floors import ROOT, may_use, room_of
from .source import modules, name_of, offenders, tree_of


def test_the_floors_are_read_from_the_plan() -> None:
    assert may_use("visits", "accounts")
    assert may_use("visits", "visits")
    assert not may_use("accounts", "visits")
    assert not may_use("scheduling", "record")
    assert may_use("consent", "platform.audit")
    assert not may_use("platform.access", "platform.audit")


def test_imports_follow_the_floors() -> None:
    tool = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert tool, "pip install import-linter"
    run = subprocess.run([tool, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-4000:]


def room_of_model(model: Any) -> str | None:
    """Return the room that keeps a model, or None for one of Django's or allauth's."""
    name = model.__module__
    if not name.startswith("bedside."):
        return None
    parts = name.split(".")
    return f"platform.{parts[2]}" if parts[1] == "platform" else parts[1]


def references() -> Iterator[tuple[str, str, Field[Any, Any]]]:
    """Yield every reference from a model of ours to a model of ours: its room, the other's room, the field."""
    for model in apps.get_models():
        room = room_of_model(model)
        for field in model._meta.get_fields():
            if room and field.is_relation and not field.auto_created and field.related_model:
                other = room_of_model(field.related_model)
                if other:
                    yield room, other, field  # type: ignore[misc]


def test_the_walk_finds_the_references_we_know() -> None:
    found = {(room, other) for room, other, _ in references()}
    assert ("directory", "accounts") in found
    assert ("visits", "scheduling") in found


def test_foreign_keys_point_down() -> None:
    wrong = [f"{room}: {field}" for room, other, field in references() if not may_use(room, other)]
    assert wrong == []


@cache
def ways_back() -> dict[str, set[str]]:
    """Return, for each name a lower model gets from an upper room's reference, the rooms that gave it."""
    found: dict[str, set[str]] = {}
    for room, other, field in references():
        name = field.remote_field.get_accessor_name() if room != other else None  # type: ignore[union-attr]
        if name:
            found.setdefault(name, set()).add(room)
    return found


@cache
def own_names(room: str) -> set[str]:
    """Return the names a room's own models and modules define, any of which may look like a way back."""
    names = {f.name for m in apps.get_models() if room_of_model(m) == room for f in m._meta.get_fields()}
    for module in modules():
        if room_of(module) == room:
            for node in ast.walk(tree_of(module)):
                if isinstance(node, ast.FunctionDef):
                    names.add(node.name)
                elif isinstance(node, ast.AnnAssign):
                    names.add(name_of(node.target))
                elif isinstance(node, ast.Assign):
                    names |= {name_of(target) for target in node.targets}
    return names


def looks_up(tree: ast.Module, ways: dict[str, set[str]]) -> Iterator[tuple[str, str]]:
    """Yield each use of a way back, as an attribute or inside a lookup such as `visits__ended_at`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ways:
            yield node.attr, ast.unparse(node)
        elif isinstance(node, ast.keyword) and node.arg and node.arg.split("__")[0] in ways and "__" in node.arg:
            yield node.arg.split("__")[0], node.arg


def test_a_look_upstairs_is_seen() -> None:
    ways = {"visits": {"visits"}}
    assert list(looks_up(ast.parse("person.visits.all()"), ways)) == [("visits", "person.visits")]
    assert list(looks_up(ast.parse("Person.objects.filter(visits__ended_at=1)"), ways)) == [
        ("visits", "visits__ended_at")
    ]
    assert list(looks_up(ast.parse("person.name"), ways)) == []


def looks_upstairs(module: Path) -> list[str]:
    """Return a module's uses of a way back that no room below it gave."""
    room, ways = room_of(module), ways_back()
    mine = own_names(room)
    return [
        said
        for name, said in looks_up(tree_of(module), ways)
        if name not in mine and not any(may_use(room, giver) for giver in ways[name])
    ]


def test_no_room_looks_upstairs_through_a_way_back() -> None:
    assert offenders([m for m in modules() if "config" not in m.parts], looks_upstairs) == {}

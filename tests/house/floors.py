"""The floors of the house, read from the one place that keeps them: pyproject.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ROOT / "bedside"


@cache
def _layers() -> tuple[dict[str, int], dict[str, int]]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    whole, cellar = [c["layers"] for c in contracts if c["type"] == "layers"][:2]

    def heights(layers: list[str]) -> dict[str, int]:
        return {name.strip(): len(layers) - at for at, layer in enumerate(layers) for name in layer.split("|")}

    return heights(whole), heights(cellar)


def floor_of(room: str) -> tuple[int, int]:
    """Return a room's floor; a package of platform has a second number, its place in the cellar."""
    house, cellar = _layers()
    first, _, second = room.partition(".")
    return house[first], cellar.get(second, 0)


def may_use(upper: str, lower: str) -> bool:
    """Say whether a room may name something of another: its own, or of a lower floor."""
    return upper == lower or floor_of(lower) < floor_of(upper)


def room_of(path: Path) -> str:
    """Return the room a file belongs to: `visits`, `platform.ui`."""
    parts = path.relative_to(HOUSE).parts
    return f"platform.{parts[1]}" if parts[0] == "platform" else parts[0]


@cache
def labels() -> dict[str, str]:
    """Return rooms by the last part of their name, which is what templates and routes are called by."""
    rooms = [p.parent for p in [*HOUSE.glob("*/apps.py"), *HOUSE.glob("platform/*/apps.py")]]
    return {path.name: room_of(path / "apps.py") for path in rooms}

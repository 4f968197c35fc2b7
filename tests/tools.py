"""Programs outside Python that some tests need: where they are, and how to get them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

#: FHIR clients from npm live in a folder, not on the path.
NODE_CLIENTS = Path(__file__).parent / "outside" / "node_modules" / "fhir-kit-client"

#: A tool's name in a test's `needs` mark: the programs that will do, and what installs one.
TOOLS: dict[str, tuple[tuple[str, ...], str]] = {
    "chromium": (("chromium", "chromium-browser", "google-chrome"), "apt install chromium"),
    "coturn": (("turnserver",), "apt install coturn"),
    "node-clients": (("node",), "apt install nodejs npm, then npm ci --prefix tests/outside"),
}


def find(tool: str) -> str | None:
    """Return the path of a tool, or None. BEDSIDE_CHROMIUM and the like name one that is not on the path."""
    if tool == "node-clients" and not NODE_CLIENTS.is_dir():
        return None
    named = os.environ.get(f"BEDSIDE_{tool.upper()}")
    if named:
        return shutil.which(named)
    return next((path for program in TOOLS[tool][0] if (path := shutil.which(program))), None)


def how_to_get(tool: str) -> str:
    """Return one sentence for whoever reads that a test was skipped."""
    return f"needs {tool}: {TOOLS[tool][1]}, then run it again"


def needed_by(item: pytest.Item) -> list[str]:
    """Return the tools a test's marks name. A journey and a test of media need the browser."""
    tools = [tool for mark in item.iter_markers("needs") for tool in mark.args]
    if item.get_closest_marker("journey") or item.get_closest_marker("media"):
        tools.append("chromium")
    return list(dict.fromkeys(tools))

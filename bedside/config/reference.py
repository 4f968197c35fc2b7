"""Writes docs/reference/settings.md and commands.md from the code, so that neither can say what is not so.

python -m bedside.config.reference           write both
python -m bedside.config.reference --check   fail when one is out of date (a test does this)
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = Path(__file__).with_name("settings.py")
KINDS = {
    "text": "text",
    "integer": "whole number",
    "switch": "on or off",
    "words": "list, by commas",
    "folder": "folder",
    "listener": "host:port",
    "url": "address",
    "choice": "one of a few",
    "database": "PostgreSQL address",
    "secret_key": "secret",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable that settings.py reads."""

    name: str
    kind: str
    default: str
    words: str
    section: str


def settings() -> list[Setting]:
    """Return every setting, in the order of the file, with the `#:` comment above it."""
    source = SETTINGS.read_text()
    lines = source.splitlines()
    calls = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call) and _reader(n)]
    found = []
    for call in sorted(calls, key=lambda one: one.lineno):
        name, default = call.args[0], call.args[1] if len(call.args) > 1 else None
        assert isinstance(name, ast.Constant)
        found.append(
            Setting(
                str(name.value),
                KINDS[_reader(call)],
                _shown(default),
                _words(lines, call.lineno),
                _section(lines, call.lineno),
            )
        )
    return found


def _reader(call: ast.Call) -> str:
    at = call.func
    is_ours = isinstance(at, ast.Attribute) and isinstance(at.value, ast.Name) and at.value.id == "env"
    return at.attr if is_ours and isinstance(at, ast.Attribute) and at.attr in KINDS else ""


def _shown(default: ast.expr | None) -> str:
    if default is None:
        return ""
    try:
        value = ast.literal_eval(default)
    except ValueError:
        return {"_APP": "as DATABASE_URL", "ROOT / '.bedside'": "`.bedside` beside the program"}.get(
            ast.unparse(default), "made"
        )
    if isinstance(value, dict):
        return "the built-in one"
    if isinstance(value, bool):
        return "off" if not value else "on"
    shown = ",".join(value) if isinstance(value, tuple) else str(value)
    return f"`{shown}`" if shown else ""


def _words(lines: list[str], lineno: int) -> str:
    """Return the nearest `#:` comment above a line, up to the blank line or section before it."""
    at = lineno - 2
    while at >= 0 and not lines[at].lstrip().startswith(("#:", "# ---")) and lines[at].strip():
        at -= 1
    words: list[str] = []
    while at >= 0 and lines[at].lstrip().startswith("#:"):
        words.insert(0, lines[at].lstrip()[2:].strip())
        at -= 1
    return " ".join(words)


def _section(lines: list[str], lineno: int) -> str:
    for line in reversed(lines[:lineno]):
        found = re.match(r"# --- (.+?) -+$", line)
        if found:
            return found[1]
    return ""


def settings_page() -> str:
    """Return docs/reference/settings.md."""
    parts = [
        "# Settings",
        "",
        "Made by `python -m bedside.config.reference` from bedside/config/settings.py; a test keeps it true.",
        "Each is an environment variable. A value Bedside cannot use stops the start with one sentence.",
    ]
    section = ""
    for one in settings():
        if one.section != section:
            section = one.section
            parts += ["", f"## {section}", "", "| setting | kind | without it | what it is |", "|---|---|---|---|"]
        parts.append(f"| `{one.name}` | {one.kind} | {one.default} | {one.words} |")
    return "\n".join(parts) + "\n"


def commands_page() -> str:
    """Return docs/reference/commands.md."""
    from .cli import parser

    parts = [
        "# Commands",
        "",
        "Made by `python -m bedside.config.reference` from bedside/config/cli.py; a test keeps it true.",
        "",
        "`bin/run` fetches what is missing and does `bedside run` with the words given to it. `bin/bedside` is the",
        "command of a clone; `python -m bedside` is the same. `bin/test` and `bin/check` are for changing Bedside.",
    ]
    commands = next(a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    for name, one in commands.choices.items():
        parts += ["", f"## bedside {name}", "", str(one.description), "", "| | |", "|---|---|"]
        for action in one._actions:
            if action.dest == "help":
                continue
            shown = " ".join([*(action.option_strings[-1:] or []), str(action.metavar or "")]).strip()
            if action.option_strings and action.nargs != 0 and not action.metavar:
                shown += f" {action.dest.upper()}"
            parts.append(f"| `{shown}` | {action.help} |")
    return "\n".join(parts) + "\n"


def pages() -> dict[Path, str]:
    """Return what each generated page should say."""
    folder = ROOT / "docs/reference"
    return {folder / "settings.md": settings_page(), folder / "commands.md": commands_page()}


def main() -> int:
    """Write the pages, or with --check only compare."""
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text() != text]
    if "--check" not in sys.argv:
        for path in stale:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(pages()[path])
    for path in stale:
        print(path.relative_to(ROOT))
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())

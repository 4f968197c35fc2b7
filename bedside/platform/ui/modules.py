"""The import map: bare names of our ES modules, so that no module needs to know another's hashed address.

A module at `bedside/<room>/static/<room>/js/signal.js` is imported as `<room>/signal.js`.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from pathlib import Path

from django.apps import apps
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe


def _modules() -> list[tuple[str, str]]:
    found = []
    for app in apps.get_app_configs():
        if not app.name.startswith("bedside."):
            continue
        root = Path(app.path) / "static"
        for path in sorted(root.glob("*/js/**/*.js")):
            where = path.relative_to(root).as_posix()
            found.append((where.replace("/js/", "/", 1), where))
    return found


@cache
def import_map() -> SafeString:
    """Return the import map as JSON, the same on every page."""
    imports = {name: static(where) for name, where in _modules()}
    text = json.dumps({"imports": imports}, separators=(",", ":")).replace("<", "\\u003c")
    return mark_safe(text)  # noqa: S308  (our own file names, with every < escaped)


@cache
def import_map_hash() -> str:
    """Return the source expression that lets a page run this import map and no other inline script."""
    digest = hashlib.sha256(str(import_map()).encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"

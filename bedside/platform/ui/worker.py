"""The service worker, with the hashed addresses of what it keeps written into it."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.templatetags.static import static

#: What the offline page needs, and what makes a page whole that lost its parts. Nothing else.
SHELF = (
    "ui/classic/come-back.js",
    "ui/classic/whole-page.js",
    "ui/css/tokens.css",
    "ui/css/base.css",
    "ui/css/controls.css",
    "ui/css/marks.css",
    "ui/css/sheets.css",
    "ui/css/figures.css",
    "ui/css/notices.css",
    "ui/css/shells.css",
    "ui/css/shell-patient.css",
    "ui/fonts/atkinson-hyperlegible-next-latin-wght.woff2",
    "ui/icons.svg",
    "ui/mark.svg",
)


@cache
def worker_script() -> str:
    """Return the worker's source with its shelf and a version that changes when anything on the shelf does."""
    source = Path(str(finders.find("ui/worker/service-worker.js"))).read_text()
    shelf = [static(name) for name in SHELF] + ["/offline/"]
    version = hashlib.sha256()
    for name in SHELF:
        version.update(Path(str(finders.find(name))).read_bytes())
    return source.replace('"SHELF"', json.dumps(shelf)).replace("VERSION", version.hexdigest()[:12])

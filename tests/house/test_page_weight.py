"""A first visit to a page stays under 200 KB on the wire, a later one under 30 KB. Source: docs/map.md."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

pytestmark = pytest.mark.slow

FIRST_LOAD_BYTES = 200_000
LATER_LOAD_BYTES = 30_000

#: Pages anyone, Ada and Dr Chen open most: (whose, address).
PAGES = [
    (None, "/"),
    (None, "/accounts/login/"),
    (None, "/accounts/signup/"),
    ("ada", "/today/"),
    ("ada", "/find/"),
    ("ada", "/appointments/"),
    ("ada", "/health/"),
    ("ada", "/record/looked/"),
    ("ada", "/accounts/settings/"),
    ("chen", "/board/"),
]
ALREADY_SMALL = {".woff2", ".png", ".jpg", ".webp"}


def on_the_wire(name: str, content: bytes) -> int:
    """Return how many bytes a file takes when it is sent."""
    return len(content) if Path(name).suffix in ALREADY_SMALL else len(gzip.compress(content, 6))


def files_of(page: str) -> set[str]:
    """Return the static files a page asks for, with what its modules and style sheets ask for in turn."""
    tags = re.findall(r'<(?:link|script|img|video|source)\b[^>]*\b(?:href|src)="(/static/[^"]+)"', page)
    tags += re.findall(r'<use href="(/static/[^"#]+)', page)
    bare = json.loads(re.search(r'<script type="importmap">(.*?)</script>', page, re.S)[1])["imports"]
    found: set[str] = set()
    queue = [tag.removeprefix("/static/") for tag in tags]
    while queue:
        name = queue.pop()
        if name in found:
            continue
        found.add(name)
        if name.endswith(".js"):
            source = Path(str(finders.find(name))).read_text()
            for wanted in re.findall(r"""(?:from|import)\s*\(?["']([^"']+)["']""", source):
                if wanted in bare:
                    queue.append(bare[wanted].removeprefix("/static/"))
                elif wanted.startswith("."):
                    queue.append(str(Path("/", name).parent.joinpath(wanted).resolve()).lstrip("/"))
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "path"), PAGES, ids=lambda value: str(value))
def test_a_page_is_light(cast, who, path):
    client = Client()
    if who:
        client.force_login(getattr(cast, who).user)
    response = client.get(path, follow=True)
    assert response.status_code == 200
    page = response.content
    static = sum(
        on_the_wire(name, Path(str(finders.find(name))).read_bytes()) for name in sorted(files_of(page.decode()))
    )
    later = on_the_wire("page.html", page)
    assert later < LATER_LOAD_BYTES
    assert later + static < FIRST_LOAD_BYTES, f"{path} weighs {later + static} bytes"

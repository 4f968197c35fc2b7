"""Collected static files: hashed, complete, and modules that still find each other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.templatetags.static import static
from django.test import override_settings

from bedside.platform.ui.modules import import_map

pytestmark = pytest.mark.slow

#: What a module asks for: import … from "x", export … from "x", import "x".
ASKED_FOR = re.compile(r"""^(?:import|export)\b[^"'`;]*?\bfrom\s*["']([^"']+)["']|^import\s*["']([^"']+)["']""", re.M)


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The static files as `bin/run` collects them, once for this module."""
    root = tmp_path_factory.mktemp("static")
    hashed = {"BACKEND": "bedside.platform.ui.storage.HashedStaticStorage"}
    with override_settings(STATIC_ROOT=root, STORAGES={**settings.STORAGES, "staticfiles": hashed}):
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["django_htmx"])
        import_map.cache_clear()
        yield root
    import_map.cache_clear()


def test_every_file_has_a_name_that_changes_with_it(collected: Path):
    assert re.fullmatch(r"/static/ui/css/tokens\.[0-9a-f]{12}\.css", static("ui/css/tokens.css"))
    assert settings.STATIC_URL == "/static/"
    assert staticfiles_storage.exists("ui/icons.svg")


def test_the_import_map_leads_to_files_that_are_there(collected: Path):
    addresses = json.loads(import_map())["imports"]
    assert "ui/house.js" in addresses
    assert [a for a in addresses.values() if not (collected / a.removeprefix("/static/")).exists()] == []


def test_modules_name_each_other_by_names_that_are_in_the_map(collected: Path):
    bare = json.loads(import_map())["imports"]
    assert ASKED_FOR.findall('import { a } from "visits/a.js";\nimport "./b.js";\nexport const x = "no";') == [
        ("visits/a.js", ""),
        ("", "./b.js"),
    ]
    lost = []
    for name, address in bare.items():
        source = (collected / address.removeprefix("/static/")).read_text()
        lost += [
            (name, wanted) for pair in ASKED_FOR.findall(source) for wanted in pair if wanted and wanted not in bare
        ]
    assert lost == []


def test_fonts_and_drawings_of_style_sheets_are_found(collected: Path):
    sheet = (collected / static("ui/css/base.css").removeprefix("/static/")).read_text()
    font = re.search(r'url\("?([^")]+woff2)"?\)', sheet)[1]
    assert ((collected / "ui" / "css") / font).resolve().exists()

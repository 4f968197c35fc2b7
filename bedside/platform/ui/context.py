"""What every template knows without being told."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from bedside.platform.access import ANONYMOUS

from .modules import import_map
from .terms import CARE_LINES, LANGUAGE_NAMES


def house(request: HttpRequest) -> dict[str, Any]:
    """Return the actor, the other languages and what is the same for everyone."""
    user = getattr(request, "user", None)
    spoken = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    return {
        "actor": getattr(request, "actor", ANONYMOUS),
        "me": getattr(user, "person", None) if user is not None and user.is_authenticated else None,
        "spoken": spoken,
        "other_languages": [(code, name) for code, name in LANGUAGE_NAMES.items() if code != spoken],
        **constants(),
    }


def constants() -> dict[str, Any]:
    """Return what is the same on every page, whoever reads it: the demo switch, the care line, the import map."""
    return {
        "is_demo": settings.IS_DEMO,
        "care_line": CARE_LINES.get(settings.COUNTRY, CARE_LINES["US"]),
        "import_map": import_map(),
    }

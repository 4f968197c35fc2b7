"""The house's own pages: faces, the pattern page, what an installed app needs. None touches the database."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from bedside.kernel.errors import NotFound
from bedside.platform.access.routes import route

from .faces import draw_face
from .patterns import pattern_facts
from .worker import worker_script

YEAR_S = 31_536_000
LARGEST_SEED = 2**31


@route("ui.see_face")
@require_safe
@cache_control(public=True, immutable=True, max_age=YEAR_S)
def face(request: HttpRequest, seed: int) -> HttpResponse:
    """Draw the face of a seed."""
    if seed >= LARGEST_SEED:
        raise NotFound()
    response = HttpResponse(draw_face(seed), content_type="image/svg+xml")
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


@route("ui.read_manifest")
@require_safe
@cache_control(public=True, max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    """Say how Bedside is installed on a phone or a desk."""
    facts = {
        "name": "Bedside",
        "short_name": "Bedside",
        "description": gettext("See your doctor, from where you are."),
        "id": "/",
        "start_url": "/",
        "display": "standalone",
        "background_color": "#f6f2e9",
        "theme_color": "#f6f2e9",
        "icons": [
            {"src": static("ui/mark.svg"), "sizes": "any", "type": "image/svg+xml"},
            {
                "src": static("ui/mark-512.png"),
                "sizes": "512x512",
                "type": "image/png",
                "purpose": "any maskable",
            },
        ],
    }
    return JsonResponse(facts, content_type="application/manifest+json")


@route("ui.read_manifest")
@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """Hand out the service worker. It keeps static files and the offline page, never a page about a person."""
    return HttpResponse(worker_script(), content_type="text/javascript; charset=utf-8")


@route("ui.see_offline")
@require_safe
@cache_control(public=True, max_age=3600)
def offline(request: HttpRequest) -> HttpResponse:
    """Show what a person sees without a connection."""
    return render(request, "ui/offline.html")


@route("ui.see_patterns")
@require_safe
def patterns(request: HttpRequest) -> HttpResponse:
    """Show every part in every state, in both themes and both languages."""
    return render(request, "ui/patterns.html", pattern_facts())

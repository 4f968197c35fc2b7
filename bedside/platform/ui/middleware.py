"""At the door of every page: refusals become answers people can read, and every answer carries its locks."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from bedside.kernel.errors import Refusal

from .modules import import_map_hash
from .refusals import answer

Handler = Callable[[HttpRequest], HttpResponse]

#: What a page may use of the device. Anything not named is off.
PERMISSIONS = {
    "camera": "(self)",
    "microphone": "(self)",
    "display-capture": "(self)",
    "fullscreen": "(self)",
    "publickey-credentials-get": "(self)",
    "publickey-credentials-create": "(self)",
    "autoplay": "(self)",
    "screen-wake-lock": "(self)",
    "geolocation": "()",
    "payment": "()",
    "usb": "()",
    "serial": "()",
    "browsing-topics": "()",
}


def content_policy(host: str) -> str:
    """Return the content security policy of our pages: everything from here, nothing inline, no eval.

    Why: `ws:` and `wss:` to this host are named because older Safari does not count them as 'self'.
    """
    parts = {
        "default-src": "'none'",
        "script-src": f"'self' {import_map_hash()}",
        "style-src": "'self'",
        "img-src": "'self' blob:",
        "media-src": "'self' blob:",
        "font-src": "'self'",
        "connect-src": f"'self' ws://{host} wss://{host}",
        "manifest-src": "'self'",
        "worker-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "object-src": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in parts.items())


class LocksMiddleware:
    """Put the security headers on every answer that has not brought stricter ones of its own."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.permissions = ", ".join(f"{name}={value}" for name, value in PERMISSIONS.items())

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the locks on."""
        response = self.get_response(request)
        headers = response.headers
        headers.setdefault("Content-Security-Policy", content_policy(request.get_host()))
        headers.setdefault("Permissions-Policy", self.permissions)
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        actor = getattr(request, "actor", None)
        if "Cache-Control" not in headers and actor is not None and actor.is_signed_in:
            headers["Cache-Control"] = "no-store, private"
        return response


class RefusalMiddleware:
    """Turn a refusal raised by a view into a page, a fragment or JSON, with its status and in the right language."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Answer a refusal; leave anything else to whoever handles accidents."""
        if isinstance(exception, Refusal):
            return answer(request, exception)
        return None

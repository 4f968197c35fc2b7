"""Hand out a stored file: always as something to save, never as a page of ours."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from bedside.kernel.time import utc_now
from bedside.platform.access.routes import route

from . import queries


@route("files.open_file")
@require_safe
def open_file(request: HttpRequest, file_id: UUID) -> HttpResponseBase:
    """Send the bytes with headers that keep a browser from running them."""
    opened = queries.open_file(actor=request.actor, now=utc_now(), file_id=file_id)  # type: ignore[attr-defined]
    response = FileResponse(
        opened.stream, as_attachment=True, filename=opened.file.name, content_type=opened.file.media_type
    )
    response["Content-Length"] = str(opened.file.bytes)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response

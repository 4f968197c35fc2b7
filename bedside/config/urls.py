"""The one list of doors. Each room keeps its own routes in `urls.py`."""

from __future__ import annotations

from django.urls import include, path

handler400 = "bedside.platform.ui.refusals.bad_request"
handler403 = "bedside.platform.ui.refusals.permission_denied"
handler404 = "bedside.platform.ui.refusals.page_not_found"
handler500 = "bedside.platform.ui.refusals.server_error"

urlpatterns = [
    path("", include("bedside.scheduling.urls")),
    path("licenses/", include("bedside.directory.urls")),
    path("", include("bedside.record.urls")),
    path("", include("bedside.orders.urls")),
    path("", include("bedside.results.urls")),
    path("", include("bedside.intake.urls")),
    path("files/", include("bedside.platform.files.urls")),
    path("", include("bedside.visits.urls")),
    path("", include("bedside.platform.ui.urls")),
    path("", include("bedside.portal.urls")),
    path("accounts/", include("bedside.accounts.urls")),
    path("accounts/", include("bedside.accounts.sign_in_urls")),
]

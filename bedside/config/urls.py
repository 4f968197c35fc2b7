"""The one list of doors. Each room keeps its own routes in `urls.py`."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
]

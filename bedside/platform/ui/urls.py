"""Routes of the house itself."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "ui"

urlpatterns = [
    path("faces/<int:seed>.svg", views.face, name="face"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("service-worker.js", views.service_worker, name="service_worker"),
    path("offline/", views.offline, name="offline"),
    path("ui/", views.patterns, name="patterns"),
]

"""Where an administrator looks after the papers of their clinicians."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "directory"

urlpatterns = [
    path("", views.papers, name="papers"),
    path("<uuid:practitioner_id>/", views.papers_of, name="papers_of"),
    path("<uuid:practitioner_id>/add/", views.add_license, name="add_license"),
    path("license/<uuid:license_id>/verify/", views.verify_license, name="verify_license"),
    path("certificate/<uuid:certificate_id>/verify/", views.verify_certificate, name="verify_certificate"),
]

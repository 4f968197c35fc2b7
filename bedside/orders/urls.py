"""The prescription pane beside a visit."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "orders"

_VISIT = "patients/<uuid:patient_id>/visits/<uuid:visit_id>/prescriptions"

urlpatterns = [
    path(f"{_VISIT}/", views.visit_prescriptions, name="visit_prescriptions"),
    path(f"{_VISIT}/search/", views.find_products, name="find_products"),
    path(f"{_VISIT}/<uuid:prescription_id>/cancel/", views.cancel_prescription, name="cancel_prescription"),
]

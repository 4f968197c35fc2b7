"""Charts, one's own health, and the panes beside a visit."""

from __future__ import annotations

from django.urls import path

from .views import chart, facts, home_care, notes

app_name = "record"

_VISIT = "patients/<uuid:patient_id>/visits/<uuid:visit_id>"

urlpatterns = [
    path("patients/<uuid:patient_id>/chart/", chart.chart, name="chart"),
    path("patients/<uuid:patient_id>/results/", chart.results, name="results"),
    path("health/", chart.health, name="health"),
    path("health/tasks/<uuid:task_id>/done/", home_care.complete_task, name="complete_task"),
    path("health/tasks/<uuid:task_id>/undo/", home_care.undo_task, name="undo_task"),
    path(f"{_VISIT}/chart/", chart.visit_chart, name="visit_chart"),
    path(f"{_VISIT}/alerts/", chart.visit_alerts, name="visit_alerts"),
    path(f"{_VISIT}/note/", notes.visit_note, name="visit_note"),
    path(f"{_VISIT}/note/save/", notes.save_note, name="save_note"),
    path(f"{_VISIT}/note/sign/", notes.sign_note, name="sign_note"),
    path(f"{_VISIT}/note/<uuid:note_id>/addendum/", notes.add_addendum, name="add_addendum"),
    path(f"{_VISIT}/diagnoses/", facts.visit_diagnoses, name="visit_diagnoses"),
    path(f"{_VISIT}/diagnoses/search/", facts.find_diagnoses, name="find_diagnoses"),
    path(f"{_VISIT}/diagnoses/<uuid:problem_id>/resolve/", facts.resolve_problem, name="resolve_problem"),
    path(f"{_VISIT}/allergies/", facts.visit_allergies, name="visit_allergies"),
    path(f"{_VISIT}/allergies/search/", facts.find_substances, name="find_substances"),
    path(f"{_VISIT}/medicines/", facts.visit_medicines, name="visit_medicines"),
    path(f"{_VISIT}/medicines/<uuid:statement_id>/stop/", facts.stop_medicine, name="stop_medicine"),
    path(f"{_VISIT}/vitals/", facts.visit_vitals, name="visit_vitals"),
    path(f"{_VISIT}/home-care/", home_care.visit_homecare, name="visit_homecare"),
]

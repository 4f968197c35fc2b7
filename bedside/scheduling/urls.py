"""Finding a doctor, booking a time, and what follows."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "scheduling"

urlpatterns = [
    path("find/", views.find, name="find"),
    path("find/<uuid:practitioner_id>/", views.doctor, name="doctor"),
    path("book/", views.hold, name="hold"),
    path("book/<uuid:appointment_id>/", views.confirm, name="confirm"),
    path("book/<uuid:appointment_id>/release/", views.release, name="release"),
    path("appointments/", views.appointments, name="appointments"),
    path("appointments/<uuid:appointment_id>/", views.appointment, name="appointment"),
    path("appointments/<uuid:appointment_id>/visit.ics", views.calendar_file, name="calendar_file"),
    path("appointments/<uuid:appointment_id>/move/", views.move, name="move"),
    path("appointments/<uuid:appointment_id>/cancel/", views.cancel, name="cancel"),
    path("appointments/offered/", views.offered, name="offered"),
    path("appointments/<uuid:appointment_id>/accept/", views.accept, name="accept"),
    path("follow-up/<uuid:patient_id>/", views.follow_up, name="visit_follow_up"),
    path("hours/", views.hours, name="hours"),
    path("hours/<uuid:practitioner_id>/", views.hours, name="hours_of"),
    path("hours/<uuid:practitioner_id>/add/", views.open_hours, name="open_hours"),
    path("hours/<uuid:practitioner_id>/off/", views.take_off, name="take_off"),
    path("hours/remove/<uuid:rule_id>/", views.close_hours, name="close_hours"),
    path("hours/back/<uuid:time_off_id>/", views.come_back, name="come_back"),
]

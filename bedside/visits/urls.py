"""Where the pages and doors of a visit are."""

from __future__ import annotations

from django.urls import path

from .views import arrival, doors, room, summary

app_name = "visits"

urlpatterns = [
    path("visits/of/<uuid:appointment_id>", arrival.join, name="join"),
    path("visits/<uuid:visit_id>/check-in", arrival.check_in, name="check_in"),
    path("visits/<uuid:visit_id>/waiting", arrival.waiting, name="waiting"),
    path("visits/<uuid:visit_id>/place", arrival.place, name="place"),
    path("visits/<uuid:visit_id>/room", room.room, name="room"),
    path("visits/<uuid:visit_id>/others", room.others, name="others"),
    path("visits/<uuid:visit_id>/ticket", doors.ticket, name="ticket"),
    path("visits/<uuid:visit_id>/files", doors.files, name="files"),
    path("visits/<uuid:visit_id>/chat", doors.chat, name="chat"),
    path("visits/<uuid:visit_id>/admit", doors.admit, name="admit"),
    path("visits/<uuid:visit_id>/mode", doors.mode, name="mode"),
    path("visits/<uuid:visit_id>/end", doors.end, name="end"),
    path("visits/<uuid:visit_id>/summary/", summary.summary, name="summary"),
    path("visits/<uuid:visit_id>/summary.pdf", summary.summary_pdf, name="summary_pdf"),
]

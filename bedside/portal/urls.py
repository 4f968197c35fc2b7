"""Where the pages that join rooms are."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("today/", views.today, name="today"),
    path("board/", views.board, name="board"),
    path("record/looked/", views.looked, name="looked"),
    path("emergency/", views.emergency, name="emergency"),
    path("clinic/", views.clinic, name="clinic"),
    path("privacy/", views.privacy, name="privacy"),
    path("privacy/search/", views.search_log, name="search_log"),
    path("privacy/check/", views.check_log, name="check_log"),
    path("machines/", views.machines, name="machines"),
]

"""The account's own pages. Sign-in pages, which are allauth's, are in `sign_in_urls`."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "accounts"
urlpatterns = [
    path("language/", views.set_language, name="set_language"),
    path("settings/", views.edit_settings, name="settings"),
    path("settings/saved/", views.settings_saved, name="settings_saved"),
    path("second-step/", views.second_factor, name="second_factor"),
    path("sessions/", views.sessions, name="sessions"),
    path("sessions/end-others/", views.end_other_sessions, name="end_other_sessions"),
    path("sessions/<int:session_id>/end/", views.end_session, name="end_session"),
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/<uuid:token_id>/revoke/", views.revoke_token, name="revoke_token"),
    path("step-in/", views.step_in, name="step_in"),
]

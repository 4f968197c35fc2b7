"""Where the inbox is, and where patients read their results."""

from __future__ import annotations

from django.urls import path

from .views import inbox, mine

app_name = "results"

urlpatterns = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/watch/", inbox.watch, name="watch"),
    path("inbox/orphans/<uuid:alert_id>/settle/", inbox.settle, name="settle"),
    path("inbox/<uuid:item_id>/", inbox.result, name="result"),
    path("inbox/<uuid:item_id>/seen/", inbox.acknowledge, name="acknowledge"),
    path("inbox/<uuid:item_id>/take/", inbox.take, name="take"),
    path("inbox/<uuid:item_id>/give/", inbox.give, name="give"),
    path("health/results/", mine.mine, name="mine"),
    path("health/results/choices/", mine.choices, name="choices"),
    path("health/results/<str:report_id>/", mine.one, name="one"),
    path("health/results/<str:report_id>/open/", mine.open_now, name="open"),
]

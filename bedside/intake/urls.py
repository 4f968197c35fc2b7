"""Where records are imported and results wait."""

from __future__ import annotations

from django.urls import path

from .views import held, imports

app_name = "intake"

urlpatterns = [
    path("import/", imports.imports, name="imports"),
    path("import/<uuid:group_id>/", imports.one_import, name="import"),
    path("import/<uuid:group_id>/store/", imports.store, name="store"),
    path("import/<uuid:group_id>/drop/", imports.drop, name="drop"),
    path("import/<uuid:group_id>/<uuid:run_id>/<int:number>/", imports.decide, name="decide"),
    path("results/waiting/", held.held, name="held"),
    path("results/waiting/<uuid:held_id>/", held.one_held, name="held_one"),
    path("results/waiting/<uuid:held_id>/match/", held.match, name="match"),
    path("results/waiting/<uuid:held_id>/take/", held.take, name="take"),
    path("results/waiting/<uuid:held_id>/reject/", held.reject, name="reject"),
]

"""Choose files, see what is in them, store them, see what became of them."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bedside.intake import commands, queries
from bedside.intake.forms import DecideForm, ImportForm
from bedside.kernel.errors import Conflict, Invalid
from bedside.kernel.time import utc_now
from bedside.platform.access.routes import route


@route("intake.import_records")
@require_http_methods(["GET", "POST"])
@never_cache
def imports(request: HttpRequest) -> HttpResponse:
    """Show what was imported, and take more files."""
    now, people = utc_now(), queries.people_who_treat(actor=request.actor, now=utc_now())
    form = ImportForm(people=people)
    if request.method == "POST":
        files = {"files": request.FILES.getlist("files")}
        form = ImportForm(request.POST, files, people=people)
        if form.is_valid():
            try:
                runs = commands.give_files(actor=request.actor, now=now, **form.given())
            except Invalid as refusal:
                form.add_error(None, refusal.message)
            else:
                return redirect("intake:import", runs[0].group_id)
    listed = queries.list_imports(actor=request.actor, now=now)
    waiting = queries.count_held(actor=request.actor, now=now)
    page = {"form": form, "listed": listed, "waiting": waiting, "now": now}
    return render(request, "intake/imports.html", page, status=422 if form.errors else 200)


@route("intake.see_import")
@require_GET
@never_cache
def one_import(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Show files that were given together: what is in them, or how far they are, or what became of them."""
    page = queries.get_import(actor=request.actor, now=utc_now(), group_id=group_id)
    return render(request, "intake/import_state.html" if request.htmx else "intake/import.html", {"page": page})


@route("intake.lead_import")
@require_POST
def decide(request: HttpRequest, group_id: UUID, run_id: UUID, number: int) -> HttpResponse:
    """Say who a patient of a file is."""
    form = DecideForm(request.POST)
    if form.is_valid():
        commands.decide_patient(
            actor=request.actor, now=utc_now(), run_id=run_id, number=number, choice=form.cleaned_data["choice"]
        )
    return redirect("intake:import", group_id)


@route("intake.lead_import")
@require_POST
def store(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Have the files stored."""
    try:
        commands.ask_to_store(actor=request.actor, now=utc_now(), group_id=group_id)
    except Conflict as refusal:
        page = queries.get_import(actor=request.actor, now=utc_now(), group_id=group_id)
        return render(request, "intake/import.html", {"page": page, "refusal": refusal.message}, status=409)
    return redirect("intake:import", group_id)


@route("intake.lead_import")
@require_POST
def drop(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Take the files back."""
    commands.drop_import(actor=request.actor, now=utc_now(), group_id=group_id)
    return redirect("intake:imports")

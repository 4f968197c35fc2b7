"""The administrator's pages: whose papers are in order, and writing down a check."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from bedside.kernel.time import utc_now
from bedside.platform.access.routes import route
from bedside.platform.ui.refusals import said

from . import commands, queries
from .forms import CheckForm, LicenseForm


@route("directory.check_papers")
@require_GET
def papers(request: HttpRequest) -> HttpResponse:
    """List the clinicians, those who cannot be booked first."""
    standing = queries.list_standing(actor=request.actor, now=utc_now())  # type: ignore[attr-defined]
    return render(request, "directory/papers.html", {"standing": standing})


@route("directory.check_papers")
@require_GET
def papers_of(request: HttpRequest, practitioner_id: UUID) -> HttpResponse:
    """Show one clinician's papers, and what was checked of them."""
    return _page(request, practitioner_id)


def _page(request: HttpRequest, practitioner_id: UUID, status: int = 200, **facts: object) -> HttpResponse:
    now, actor = utc_now(), request.actor  # type: ignore[attr-defined]
    doctor = queries.get_papers(actor=actor, practitioner_id=practitioner_id, now=now)
    page = {"doctor": doctor, "form": LicenseForm(), "today": now.date(), **facts}
    return render(request, "directory/papers_of.html", page, status=status)


@route("directory.register_license")
@require_POST
def add_license(request: HttpRequest, practitioner_id: UUID) -> HttpResponse:
    """Write down a licence that was not there."""
    form = LicenseForm(request.POST)
    if not form.is_valid():
        return _page(request, practitioner_id, 422, form=form)
    try:
        commands.register_license(
            actor=request.actor,  # type: ignore[attr-defined]
            now=utc_now(),
            practitioner_id=practitioner_id,
            country="US",
            **form.cleaned_data,
        )
    except (commands.LicenseKnown, commands.BadPaper) as refusal:
        form.add_error("number", said(refusal))
        return _page(request, practitioner_id, refusal.status, form=form)
    return redirect("directory:papers_of", practitioner_id)


@route("directory.verify_license")
@require_POST
def verify_license(request: HttpRequest, license_id: UUID) -> HttpResponse:
    """Write down that a licence was checked."""
    form = CheckForm(request.POST)
    against = form.cleaned_data["against"] if form.is_valid() else ""
    actor = request.actor  # type: ignore[attr-defined]
    row = commands.verify_license(actor=actor, now=utc_now(), license_id=license_id, against=against)
    return redirect("directory:papers_of", row.practitioner_id)


@route("directory.verify_certificate")
@require_POST
def verify_certificate(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """Write down that a board certificate was checked."""
    form = CheckForm(request.POST)
    against = form.cleaned_data["against"] if form.is_valid() else ""
    actor = request.actor  # type: ignore[attr-defined]
    row = commands.verify_certificate(actor=actor, now=utc_now(), certificate_id=certificate_id, against=against)
    return redirect("directory:papers_of", row.practitioner_id)

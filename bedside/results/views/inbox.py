"""The inbox of results, one of them, and the administrator's watch."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from bedside.kernel.errors import Conflict, Invalid, Refusal
from bedside.kernel.time import utc_now
from bedside.platform.access.routes import route
from bedside.results import commands, policy, queries
from bedside.results.forms import GiveForm, SeenForm


@route(policy.INBOX)
@require_GET
@never_cache
def inbox(request: HttpRequest) -> HttpResponse:
    """Show what waits for this physician."""
    return render(request, "results/inbox.html", {"page": queries.inbox(actor=request.actor, now=utc_now())})


@route(policy.SEE)
@require_GET
@never_cache
def result(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Show one result with its trends, and let it be acknowledged."""
    return _show(request, item_id, SeenForm())


def _show(request: HttpRequest, item_id: UUID, form: SeenForm, refused: Refusal | None = None) -> HttpResponse:
    page = queries.result_page(actor=request.actor, item_id=item_id, now=utc_now())
    context = {
        "page": page,
        "chart": page.chart,
        "patient": page.chart.patient,
        "form": form,
        "refused": _(refused.message) if refused else "",
    }
    status = refused.status if refused else 422 if form.errors else 200
    return render(request, "results/result.html", context, status=status)


@route(policy.ACKNOWLEDGE)
@require_POST
def acknowledge(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Note that the actor saw it, and go back to the inbox."""
    form = SeenForm(request.POST)
    if not form.is_valid():
        return _show(request, item_id, form)
    try:
        commands.acknowledge_result(actor=request.actor, now=utc_now(), item_id=item_id, **form.cleaned_data)
    except (Conflict, Invalid) as refusal:
        return _show(request, item_id, form, refusal)
    return redirect("results:inbox")


@route(policy.TAKE)
@require_POST
def take(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Take a result out of the clinic's pool, and read it."""
    commands.take_result(actor=request.actor, now=utc_now(), item_id=item_id)
    return redirect("results:result", item_id)


@route(policy.WATCH)
@require_GET
@never_cache
def watch(request: HttpRequest) -> HttpResponse:
    """Show an administrator what lies in a pool, what is late, and what nobody would have seen."""
    return render(request, "results/watch.html", {"page": queries.watch(actor=request.actor, now=utc_now())})


@route(policy.GIVE)
@require_POST
def give(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Give a result to a physician."""
    form = GiveForm(request.POST)
    if form.is_valid():
        commands.give_result(actor=request.actor, now=utc_now(), item_id=item_id, **form.cleaned_data)
    return redirect("results:watch")


@route(policy.SETTLE)
@require_POST
def settle(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """Say that an alert was looked after."""
    commands.settle_orphan(actor=request.actor, now=utc_now(), alert_id=alert_id)
    return redirect("results:watch")

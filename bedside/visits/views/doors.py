"""The doors that scripts and plain forms knock at: tickets, files, chat, admit, mode, end."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from bedside.kernel.time import utc_now
from bedside.platform.access.routes import route
from bedside.visits import commands
from bedside.visits.commands.chat import AttachmentBad, ChatEmpty
from bedside.visits.forms import ChatForm, ModeForm
from bedside.visits.queries.chat import attachment_json

from .arrival import page_of


@route("visits.issue_ticket")
@require_POST
def ticket(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Hand out a single-use pass to the visit's socket (docs/reference/signalling.md, section 1)."""
    key = request.session.session_key or ""
    issued = commands.issue_ticket(actor=request.actor, now=utc_now(), visit_id=visit_id, session_key=key)
    return JsonResponse(issued.as_json())


@route("visits.attach_file")
@require_POST
def files(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Take a file for the chat; the line that carries it is sent after."""
    sent = request.FILES.get("file")
    if sent is None:
        raise AttachmentBad()
    stored = commands.attach_file(
        actor=request.actor, now=utc_now(), visit_id=visit_id, stream=sent.file, name=sent.name or ""
    )
    about = attachment_json(stored)
    return JsonResponse({"attachment_id": about.pop("id"), **about})


@route("visits.send_chat_message")
@require_POST
def chat(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Store a line of chat sent by a plain form."""
    form = ChatForm(request.POST)
    if not form.is_valid():
        raise ChatEmpty()
    commands.send_chat_message(actor=request.actor, now=utc_now(), visit_id=visit_id, **form.cleaned_data)
    return redirect("visits:room", visit_id)


@route("visits.admit_patient")
@require_POST
def admit(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Let the patient in."""
    commands.admit_patient(actor=request.actor, now=utc_now(), visit_id=visit_id)
    return redirect("visits:room", visit_id)


@route("visits.change_mode")
@require_POST
def mode(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Change between video, voice and chat."""
    form = ModeForm(request.POST)
    form.is_valid()
    wanted = {name: str(form.cleaned_data.get(name, "")) for name in ("mode", "why")}
    commands.change_mode(actor=request.actor, now=utc_now(), visit_id=visit_id, **wanted)
    return redirect("visits:room", visit_id)


@route("visits.end_visit")
@require_POST
def end(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """End the visit for everyone."""
    visit = commands.end_visit(actor=request.actor, now=utc_now(), visit_id=visit_id)
    return redirect(page_of(visit, request.actor.person_id))

"""Pages about one's own account: settings, sessions, the second step, and stepping in as an invented person."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bedside.kernel.errors import Conflict
from bedside.kernel.time import utc_now
from bedside.platform.access.routes import route

from . import commands, queries
from .forms import PersonaSearchForm, SettingsForm, TokenForm
from .sessions import step_into
from .terms import ROLE_NAMES


def _next(request: HttpRequest, fallback: str) -> str:
    """Return where to go on to: the `next` of the form when it is one of our own pages."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else resolve_url(fallback)


@route("accounts.set_language")
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Speak another language from now on, signed in or not."""
    language = commands.set_language(actor=request.actor, now=utc_now(), language=request.POST.get("language", ""))
    response = HttpResponseRedirect(_next(request, "/"))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
        httponly=True,
    )
    return response


@route("accounts.edit_settings")
@require_http_methods(["GET", "POST"])
def edit_settings(request: HttpRequest) -> HttpResponse:
    """Change one's name, phone, language and time zone."""
    now = utc_now()
    person = queries.get_person(actor=request.actor, now=now)
    known = {name: getattr(person, name) for name in SettingsForm.base_fields}
    form = SettingsForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        commands.change_settings(actor=request.actor, now=now, **form.cleaned_data)
        return redirect("accounts:settings_saved")
    status = 422 if form.is_bound else 200
    return render(request, "accounts/settings.html", {"form": form, "person": person}, status=status)


@route("accounts.edit_settings")
@require_GET
def settings_saved(request: HttpRequest) -> HttpResponse:
    """Show the settings, now in the language that was just chosen, and say that they are kept."""
    person = queries.get_person(actor=request.actor, now=utc_now())
    known = {name: getattr(person, name) for name in SettingsForm.base_fields}
    facts = {"form": SettingsForm(initial=known), "person": person, "is_saved": True}
    return render(request, "accounts/settings.html", facts)


@route("accounts.manage_sign_in")
@require_GET
def second_factor(request: HttpRequest) -> HttpResponse:
    """Lead staff to set up a second step; everyone else may, too."""
    if request.actor.has_second_factor:
        return redirect("mfa_index")
    return render(request, "accounts/second_factor.html")


@route("accounts.end_session")
@require_GET
def sessions(request: HttpRequest) -> HttpResponse:
    """List where one is signed in."""
    key = request.session.session_key or ""
    found = queries.list_sessions(actor=request.actor, now=utc_now(), current_key=key)
    return render(request, "accounts/sessions.html", {"sessions": found})


@route("accounts.end_session")
@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """End one other session."""
    commands.end_session(actor=request.actor, now=utc_now(), session_id=session_id)
    return redirect("accounts:sessions")


@route("accounts.end_session")
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """End every session but this one."""
    key = request.session.session_key or ""
    commands.end_other_sessions(actor=request.actor, now=utc_now(), keep_key=key)
    return redirect("accounts:sessions")


@route("accounts.make_token")
@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """List one's access tokens, and make one: its secret is shown in this one answer and nowhere else."""
    now, form, secret = utc_now(), TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        _token, secret = commands.make_access_token(
            actor=request.actor,
            now=now,
            name=form.cleaned_data["name"],
            scopes=form.asked,
            expires_at=now + timedelta(days=form.cleaned_data["days"]),
        )
        form = TokenForm()
    facts = {"tokens": queries.list_access_tokens(actor=request.actor, now=now), "form": form, "secret": secret}
    response = render(request, "accounts/tokens.html", facts, status=422 if form.is_bound else 200)
    response["Cache-Control"] = "no-store"
    return response


@route("accounts.revoke_token")
@require_POST
def revoke_token(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """Make one token worth nothing."""
    commands.revoke_access_token(actor=request.actor, now=utc_now(), token_id=token_id)
    return redirect("accounts:tokens")


@route("accounts.step_in")
@require_http_methods(["GET", "POST"])
def step_in(request: HttpRequest) -> HttpResponse:
    """Pick an invented person to step in as. There is no such page outside the demo clinic."""
    form = PersonaSearchForm(request.GET)
    text, role = (form.cleaned_data["q"], form.cleaned_data["role"]) if form.is_valid() else ("", "")
    people = queries.find_personas(actor=request.actor, now=utc_now(), text=text, role=role)
    if request.method == "POST":
        return _step_in(request)
    facts = {
        "people": people,
        "text": text,
        "role": role,
        "roles": dict(ROLE_NAMES),
        "next": request.GET.get("next", ""),
    }
    return render(request, "accounts/step_in.html", facts)


def _step_in(request: HttpRequest) -> HttpResponse:
    try:
        person_id = UUID(request.POST.get("person", ""))
    except ValueError:
        return redirect("accounts:step_in")
    user = commands.step_in(actor=request.actor, now=utc_now(), person_id=person_id)
    step_into(request, user)
    return HttpResponseRedirect(_next(request, "/"))


class LastFactor(Conflict):
    """You need this passkey: it is your only second step. Add another one first."""


class RemovePasskeyView(RemoveWebAuthnView):
    """allauth's page to remove a passkey, which keeps the last one of those who need it."""

    def form_valid(self, form: object) -> HttpResponse:
        """Remove it, unless it is needed."""
        if not get_adapter().can_delete_authenticator(self.get_object()):
            raise LastFactor()
        return super().form_valid(form)

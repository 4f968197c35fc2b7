"""A refusal reads as a page, a fragment or JSON, in the reader's language."""

from __future__ import annotations

import json
from typing import ClassVar

import pytest
from django.test import Client, RequestFactory
from django.utils import translation

from bedside.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal, Unavailable
from bedside.platform.access import ANONYMOUS
from bedside.platform.ui.middleware import RefusalMiddleware
from bedside.platform.ui.refusals import answer


class TooManyForms(Refusal):
    """You already have {count} forms open. Close one first."""

    status: ClassVar[int] = 409


def asked(**headers: str):
    request = RequestFactory().get("/somewhere/", headers=headers)
    request.actor = ANONYMOUS
    return request


@pytest.mark.parametrize(
    ("refusal", "status"), [(NotFound, 404), (NotAllowed, 403), (Conflict, 409), (Invalid, 422), (Unavailable, 503)]
)
def test_a_refusal_becomes_a_page_with_its_status_and_message(refusal, status):
    response = answer(asked(), refusal())
    assert response.status_code == status
    assert refusal().message.split(".")[0] in response.content.decode()
    assert "<main" in response.content.decode()


def test_the_facts_of_a_refusal_are_filled_in():
    assert "already have 3 forms" in answer(asked(), TooManyForms(count=3)).content.decode()


def test_htmx_gets_a_fragment_for_the_toasts():
    response = answer(asked(**{"HX-Request": "true"}), Conflict())
    assert response["HX-Retarget"] == "#toasts"
    assert "<html" not in response.content.decode()
    assert 'role="alert"' in response.content.decode()


def test_a_machine_gets_json():
    response = answer(asked(accept="application/json"), TooManyForms(count=2))
    assert response.status_code == 409
    assert json.loads(response.content) == {
        "error": "too_many_forms",
        "message": "You already have 2 forms open. Close one first.",
    }


def test_the_middleware_answers_refusals_and_leaves_accidents_alone():
    middleware = RefusalMiddleware(lambda request: None)
    assert middleware.process_exception(asked(), NotFound()).status_code == 404
    assert middleware.process_exception(asked(), ValueError("broken")) is None


@pytest.mark.django_db
def test_a_wrong_address_looks_like_the_house():
    response = Client().get("/no/such/page/")
    assert response.status_code == 404
    page = response.content.decode()
    assert "That page is not here" in page
    assert 'class="skip"' in page


@pytest.mark.django_db
def test_a_form_that_was_open_too_long_says_what_to_do():
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "ada@example.org"})
    assert response.status_code == 403
    assert "open for a long time" in response.content.decode()


@pytest.mark.django_db
def test_an_accident_says_what_to_do_without_a_shell():
    from bedside.platform.ui.refusals import server_error

    with translation.override("en"):
        response = server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "Something broke on our side" in response.content.decode()


def test_an_accident_of_the_accident_page_still_says_something(monkeypatch):
    from bedside.platform.ui import refusals

    def broken(*args, **kwargs):
        raise ValueError("no such file")

    monkeypatch.setattr(refusals.loader, "render_to_string", broken)
    response = refusals.server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "Something broke on our side" in response.content.decode()

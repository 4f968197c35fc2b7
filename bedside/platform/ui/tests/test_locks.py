"""Every answer carries its locks: nothing inline, nothing from elsewhere, nothing framed, nothing kept."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def directives(response) -> dict[str, str]:
    policy = response["Content-Security-Policy"]
    return dict(part.strip().split(" ", 1) for part in policy.split(";"))


@pytest.fixture
def page():
    return Client().get("/ui/")


def test_nothing_is_allowed_that_is_not_named(page):
    assert directives(page)["default-src"] == "'none'"
    assert directives(page)["frame-ancestors"] == "'none'"
    assert directives(page)["object-src"] == "'none'"


def test_no_inline_script_or_style_and_no_eval(page):
    for word in ("'unsafe-inline'", "'unsafe-eval'", "*", "data:"):
        assert word not in page["Content-Security-Policy"]


def test_sockets_go_only_to_this_house(page):
    assert directives(page)["connect-src"] == "'self' ws://testserver wss://testserver"


def test_the_one_inline_script_is_the_import_map_and_its_hash_is_named(page):
    inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", page.content.decode(), re.S)
    assert len(inline) == 1
    digest = base64.b64encode(hashlib.sha256(inline[0].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in directives(page)["script-src"]


def test_only_the_camera_and_the_microphone_may_be_asked_for(page):
    policy = page["Permissions-Policy"]
    assert "camera=(self)" in policy
    assert "microphone=(self)" in policy
    assert "geolocation=()" in policy


def test_the_other_headers_are_there(page):
    assert page["X-Content-Type-Options"] == "nosniff"
    assert page["Referrer-Policy"] == "same-origin"
    assert page["Cross-Origin-Opener-Policy"] == "same-origin"
    assert page["Cross-Origin-Resource-Policy"] == "same-origin"
    assert page["X-Frame-Options"] == "DENY"


def test_a_refusal_carries_the_same_locks():
    assert directives(Client().get("/no/such/page/"))["default-src"] == "'none'"


def test_a_page_for_someone_signed_in_is_not_kept(cast):
    client = Client()
    client.force_login(cast.ada.user)
    assert "no-store" in client.get("/no/such/page/")["Cache-Control"]


def test_a_face_is_kept_for_ever_and_locked_tighter():
    response = Client().get("/faces/42.svg")
    assert "immutable" in response["Cache-Control"]
    assert "sandbox" in response["Content-Security-Policy"]


def test_no_page_of_the_house_has_an_inline_style_or_handler(page):
    body = page.content.decode()
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", body)

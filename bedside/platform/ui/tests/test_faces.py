"""A face is the same for the same number, well formed, small, and suits the person."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from django.test import Client

from bedside.platform.ui.faces import draw_face, seed_for


@pytest.mark.parametrize("number", range(60))
def test_a_face_is_a_small_drawing(number):
    svg = draw_face(seed_for(number, is_woman=number % 2 == 0, age=number + 5, is_clinician=number % 3 == 0))
    assert ElementTree.fromstring(svg).tag.endswith("svg")
    assert len(svg) < 4096


def test_the_same_seed_gives_the_same_face_and_another_another():
    assert draw_face(99) == draw_face(99)
    assert len({draw_face(seed_for(n, is_woman=True, age=30)) for n in range(200)}) > 190


def test_no_woman_and_no_child_has_a_beard():
    beard = "M243 206"
    assert not any(beard in draw_face(seed_for(n, is_woman=True, age=40)) for n in range(300))
    assert not any(beard in draw_face(seed_for(n, is_woman=False, age=9)) for n in range(300))
    assert any(beard in draw_face(seed_for(n, is_woman=False, age=40)) for n in range(300))


@pytest.mark.django_db
def test_a_number_nobody_has_is_not_found():
    assert Client().get(f"/faces/{2**31}.svg").status_code == 404
    assert Client().get("/faces/7.svg")["Content-Type"] == "image/svg+xml"

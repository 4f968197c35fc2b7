"""A field is wired for those who hear the page, and keeps what was typed."""

from __future__ import annotations

import pytest
from django import forms
from django.template import engines
from django.utils import translation

from bedside.platform.ui.forms import LONGEST_TEXT, refuse_null_characters

TEMPLATE = "{% load ui %}{% form_errors form %}{% for f in form %}{% field f %}{% endfor %}"


class Callback(forms.Form):
    phone = forms.CharField(
        label="Phone", help_text="Only if the line drops.", min_length=10, validators=[refuse_null_characters]
    )
    place = forms.ChoiceField(label="Place", choices=[("h", "Home"), ("e", "Else")], widget=forms.RadioSelect)
    agrees = forms.BooleanField(label="I agree", required=False)
    story = forms.CharField(label="Story", widget=forms.Textarea, required=False)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def drawn(form: forms.Form) -> str:
    return engines["django"].from_string(TEMPLATE).render({"form": form})


@pytest.fixture
def wrong() -> str:
    return drawn(Callback({"phone": "512", "place": "h", "story": "<b>hi</b>"}))


def test_an_error_is_tied_to_its_field(wrong):
    assert 'aria-describedby="id_phone-hint id_phone-error"' in wrong
    assert 'aria-invalid="true"' in wrong
    assert 'id="id_phone-error"' in wrong


def test_what_was_typed_stays_and_is_escaped(wrong):
    assert 'value="512"' in wrong
    assert "&lt;b&gt;hi" in wrong


def test_the_summary_leads_to_the_field(wrong):
    assert 'role="alert"' in wrong
    assert 'href="#id_phone"' in wrong


def test_choices_stand_in_a_fieldset_with_a_legend(wrong):
    assert "<fieldset" in wrong
    assert "<legend>Place" in wrong
    assert wrong.count('type="radio"') == 2


def test_text_has_a_limit(wrong):
    assert f'maxlength="{LONGEST_TEXT}"' in wrong


def test_a_null_character_is_refused_in_words():
    form = Callback({"phone": "512555\x000182", "place": "h"})
    assert not form.is_valid()


def test_a_field_that_may_stay_empty_says_so():
    with translation.override("es"):
        assert "(si quiere)" in drawn(Callback())


def test_a_form_without_errors_has_no_summary():
    assert 'role="alert"' not in drawn(Callback())

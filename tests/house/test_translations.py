"""Every word the screens say is said in Spanish too, by someone, and fits."""

from __future__ import annotations

import gettext
import io

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from bedside.config import messages


@pytest.mark.slow  # bin/check asks the same
def test_every_word_is_said_in_every_language():
    trouble = [line for language in messages.LANGUAGES for line in messages.faults(language)]
    assert trouble == [], "run python -m bedside.config.messages, then translate"


@pytest.mark.slow
def test_words_are_found_in_templates_python_refusals_and_terms():
    found = messages.gather()
    assert (None, "Skip to main content") in found["platform.ui"]
    assert (None, "Something changed") in found["platform.ui"]
    assert any("We cannot find that page." in str(words) for _, words in found["platform.ui"])
    assert (None, "physician") in found["accounts"]


@pytest.mark.parametrize(
    ("english", "spanish", "is_wrong"),
    [
        ("Call %(number)s", "Llame al %(number)s", False),
        ("Call %(number)s", "Llame al %(numero)s", True),
        ("You have {count}", "Tiene {count}", False),
        ("You have {count}", "Tiene", True),
    ],
)
def test_a_placeholder_that_does_not_fit_is_noticed(english, spanish, is_wrong):
    catalog = Catalog(locale="es")
    message = catalog.add(english, spanish)
    assert bool(messages._placeholder_fault(message)) is is_wrong


def test_a_compiled_file_speaks():
    catalog = Catalog(locale="es", charset="utf-8")
    catalog.add("Sign in", "Entrar")
    out = io.BytesIO()
    write_mo(out, catalog)
    out.seek(0)
    assert gettext.GNUTranslations(out).gettext("Sign in") == "Entrar"

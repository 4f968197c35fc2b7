"""A part of a page that is kept: drawn once per language, and blind to who reads it."""

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation


def test_a_kept_part_is_drawn_once_in_each_language():
    page = Template("{% load kept i18n %}{% kept %}{% translate 'Sign out' %}{% endkept %}")
    for language, words in (("en", "Sign out"), ("es", "Salir"), ("en", "Sign out")):
        with translation.override(language):
            assert page.render(Context()) == words


def test_a_kept_part_sees_nothing_of_the_page_or_its_reader():
    page = Template("{% load kept %}{% kept %}<{{ actor }}{{ request }}{{ csrf_token }}>{% endkept %}{{ actor }}")
    facts = {"actor": "Ada", "request": "hers", "csrf_token": "secret"}
    assert page.render(Context(facts)) == "<>Ada"
    assert page.render(Context({"actor": "Eve"})) == "<>Eve"


def test_a_kept_part_follows_the_country(settings):
    page = Template("{% load kept %}{% kept %}{{ care_line.emergency.0 }}{% endkept %}")
    settings.COUNTRY = "US"
    assert page.render(Context()) == "911"
    settings.COUNTRY = "ES"
    assert page.render(Context()) == "112"


def test_a_kept_part_cannot_hold_a_block():
    with pytest.raises(TemplateSyntaxError):
        Template("{% load kept %}{% kept %}{% block title %}{% endblock %}{% endkept %}")

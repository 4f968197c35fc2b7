"""The pages made from the code say what the code says."""

import pytest

from bedside.config import reference


@pytest.mark.parametrize("path", reference.pages(), ids=lambda path: path.name)
def test_a_made_page_is_current(path):
    assert path.exists(), "run python -m bedside.config.reference"
    assert path.read_text() == reference.pages()[path], "run python -m bedside.config.reference"


@pytest.mark.parametrize("setting", reference.settings(), ids=lambda one: one.name)
def test_every_setting_says_what_it_is(setting):
    assert setting.words.endswith("."), f"write a #: comment above {setting.name} in settings.py"
    assert setting.section


def test_a_setting_is_read_once():
    names = [one.name for one in reference.settings()]
    assert len(names) == len(set(names))

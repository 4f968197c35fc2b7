"""`bedside role`: how a clinic gets its first administrator."""

from __future__ import annotations

import pytest

from bedside.accounts.queries import actor_for
from bedside.config import cli
from bedside.config.trouble import Trouble
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "_with_house", lambda words, do: do())


def test_a_role_is_given_and_taken_from_the_console(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["role", "eve@example.org", "administrator"])
    assert "Eve Novak is now here as: administrator." in capsys.readouterr().out
    assert actor_for(cast.eve).roles == {"administrator"}
    cli.main(["role", "Eve@Example.org", "administrator", "--end"])
    assert actor_for(cast.eve).roles == frozenset()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nobody@example.org", "nurse"], "Nobody signs in as nobody@example.org"),
        (["eve@example.org", "queen"], "no such role"),
        (["gita@example.org", "nurse"], "has that role already"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(cast: Cast, words: list[str], said: str) -> None:
    with pytest.raises(Trouble, match=said):
        cli.main(["role", *words])

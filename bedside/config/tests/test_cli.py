"""The command line: what it takes, and how trouble ends."""

import errno

import psycopg
import pytest

from bedside.config import cli


@pytest.mark.parametrize(
    "words",
    [[], ["fly"], ["run", "--port", "eighty"], ["run", "--port", "70000"], ["rehearse", "--doctors", "-1"]],
)
def test_what_cannot_be_done_is_refused_with_a_word_on_use(words, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(words)
    assert stop.value.code == 2
    assert "usage: bedside" in capsys.readouterr().err


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), psycopg.errors.DiskFull("could not extend file")]
)
def test_a_disk_that_fills_up_ends_in_one_sentence(monkeypatch, error):
    def full(_):
        raise error

    monkeypatch.setitem(cli._COMMANDS, "migrate", full)
    with pytest.raises(SystemExit, match=r"The disk is full: free some space where .*, then start again\."):
        cli.main(["migrate"])


def test_an_error_nobody_expected_is_not_dressed_up(monkeypatch):
    def broken(_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setitem(cli._COMMANDS, "migrate", broken)
    with pytest.raises(OSError, match="Input/output"):
        cli.main(["migrate"])


def test_ctrl_c_ends_with_the_code_shells_expect(monkeypatch):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setitem(cli._COMMANDS, "migrate", interrupted)
    with pytest.raises(SystemExit) as stop:
        cli.main(["migrate"])
    assert stop.value.code == 130

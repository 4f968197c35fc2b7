"""bin/test: which pytest runs some words ask for, and that a forbidden skip is a failure."""

import os
import subprocess
import sys

import pytest

from tests import runner, tools

BROWSER = "journey or media"


@pytest.fixture(autouse=True)
def two_cores(monkeypatch):
    monkeypatch.setattr(runner.os, "cpu_count", lambda: 2)


def test_everything_runs_in_two_parts_the_browsers_alone():
    shared, alone = runner.parts([])
    assert shared == [*runner.SIDE_BY_SIDE, "-m", f"not ({BROWSER})"]
    assert alone == ["-m", BROWSER]


def test_fast_leaves_out_browsers_and_slow_ones():
    assert runner.parts(["--fast"]) == [[*runner.SIDE_BY_SIDE, "-m", f"not ({BROWSER} or slow)"]]


def test_chosen_tests_run_as_asked():
    assert runner.parts(["bedside/kernel", "-k", "money"]) == [["bedside/kernel", "-k", "money"]]
    assert runner.parts(["-m", "journey"]) == [["-m", "journey"]]


def test_other_words_go_to_every_part():
    assert all(part[-1] == "-x" for part in runner.parts(["-x"]))


def run(*words, **surroundings):
    return subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "-q", *words],
        capture_output=True, text=True, cwd=runner.Path(runner.__file__).parents[1], check=False,
        env=os.environ | {"PYTHONPATH": "."} | surroundings,
    )  # fmt: skip


@pytest.fixture
def needy():
    """A test file that needs a browser, where there is none."""
    # Under the root, so that conftest.py is asked; not where another run would find it.
    path = runner.Path(runner.__file__).parents[1] / ".cache" / f"test_needy_{os.getpid()}.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text("import pytest\n\n\n@pytest.mark.journey\ndef test_needs_a_browser():\n    assert True\n")
    yield str(path)
    path.unlink()


@pytest.mark.slow
def test_a_missing_tool_is_told_loudly_and_is_a_failure_when_forbidden(needy):
    told = run(needy, BEDSIDE_CHROMIUM="no-such-browser", BEDSIDE_FORBID_SKIPS="")
    assert told.returncode == 0
    assert "NOT TESTED: 1 skipped" in told.stdout
    assert "needs chromium: apt install chromium" in told.stdout
    forbidden = run(needy, BEDSIDE_CHROMIUM="no-such-browser", BEDSIDE_FORBID_SKIPS="chromium,coturn")
    assert forbidden.returncode == 1
    assert "BEDSIDE_FORBID_SKIPS forbids" in forbidden.stdout


@pytest.mark.slow
def test_no_test_found_is_a_failure():
    assert run("tests/test_cast.py", "-k", "nothing_is_called_this").returncode == runner.NO_TESTS


def test_a_tool_that_is_there_is_found(monkeypatch):
    monkeypatch.setenv("BEDSIDE_COTURN", sys.executable)
    assert tools.find("coturn") == sys.executable

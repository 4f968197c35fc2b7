"""The search for garbage waits, and comes back."""

from __future__ import annotations

import gc

import pytest

from bedside.kernel.memory import nothing_thrown_away


def test_it_waits_inside_and_comes_back_even_after_a_failure() -> None:
    assert gc.isenabled()
    with nothing_thrown_away():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(KeyError), nothing_thrown_away():
        raise KeyError("no")
    assert gc.isenabled()


def test_what_was_off_before_stays_off() -> None:
    gc.disable()
    try:
        with nothing_thrown_away():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()

"""What every test may ask for."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests import cast as the_cast


@pytest.fixture
def now() -> datetime:
    """Tuesday 24 November 2026, 9:00 in Austin. Tests are given the time; none reads a clock."""
    return the_cast.NOW


@pytest.fixture
def cast(db: None) -> the_cast.Cast:
    """Everyone in the house, in the database."""
    return the_cast.assemble()

"""Numbers and years are shown as people can read them; nothing is rounded away that an instrument measured."""

from datetime import date
from decimal import Decimal

import pytest

from bedside.record.drawings import axis_of
from bedside.record.results.facts import Amount


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("1.10", "1.10"),
        ("0.000012", "0.000012"),
        ("1234567", "1234567"),
        ("250000.5", "250000.5"),
        ("92.08894661770401", "92.09"),
        ("3.3710088828815743", "3.371"),
        ("-0.012345678901", "-0.01235"),
        ("137.58753299822595", "137.6"),
        ("99999.99999999", "100000"),
        ("123456789012.5", "123456789013"),
        ("1234567890123456789012345", "1234567890123456789012345"),
    ],
)
def test_digits_that_nobody_measured_are_left_out(sent, shown):
    assert Amount(Decimal(sent)).number == shown


def test_the_sign_of_comparison_stays():
    assert Amount(Decimal("0.10"), comparator="<").number == "<0.10"


@pytest.mark.parametrize(
    ("first", "named"),
    [
        (2025, ["2024", "2025", "2026"]),
        (2022, ["2022", "2023", "2024", "2025", "2026"]),
        (2021, ["2021", "2023", "2025"]),
        (2001, ["2018", "2020", "2022", "2024", "2026"]),
    ],
)
def test_no_more_years_are_named_than_stand_beside_each_other(first, named):
    axis = axis_of([date(first, 6, 1)], date(2026, 11, 24))
    assert [tick.label for tick in axis.ticks] == named

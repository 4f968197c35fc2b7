"""Money in minor units. Never a float."""

from __future__ import annotations

from dataclasses import dataclass

#: Digits after the point, for the currencies that do not have two. Source: ISO 4217:2015.
MINOR_DIGITS = {"CLP": 0, "JPY": 0, "PYG": 0, "KWD": 3, "BHD": 3, "TND": 3}

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "MXN": "MX$"}


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of one currency.

    Units: ``minor`` is in the currency's smallest unit (cents for USD); ``currency`` is ISO 4217.
    """

    minor: int
    currency: str

    def __str__(self) -> str:
        digits = MINOR_DIGITS.get(self.currency, 2)
        symbol = SYMBOLS.get(self.currency, f"{self.currency} ")
        sign = "−" if self.minor < 0 else ""
        whole, part = divmod(abs(self.minor), 10**digits)
        return f"{sign}{symbol}{whole:,}" + (f".{part:0{digits}d}" if digits else "")

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.minor + other.minor, self.currency)

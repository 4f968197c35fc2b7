"""What is measured: LOINC code, UCUM unit, what a living body can show, and what is usual for an adult at rest.

Source: LOINC and UCUM codes as in the FHIR R4 vital signs profiles. The plausible range is Bedside's own limit, wide
of what is survivable, to catch a slipped digit or the wrong unit. The usual range has its source beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bedside.record.words import Words


@dataclass(frozen=True, slots=True)
class Measure:
    """One measured thing. `parts` holds the LOINC codes of a reading with two numbers (blood pressure)."""

    key: str
    name: Words
    loinc: str
    ucum: str
    unit: str
    low: Decimal
    high: Decimal
    usual_low: Decimal | None
    usual_high: Decimal | None
    source: str
    category: str = "vital-signs"
    digits: int = 0
    parts: tuple[str, str] | None = None
    second_low: Decimal | None = None
    second_high: Decimal | None = None
    second_usual_high: Decimal | None = None


def _d(value: str) -> Decimal | None:
    return Decimal(value) if value else None


def _measure(key: str, en: str, es: str, loinc: str, ucum: str, unit: str, plausible: str, usual: str, digits: int,
             source: str, category: str = "vital-signs") -> Measure:  # fmt: skip
    low, high = plausible.split("–")
    usual_low, _, usual_high = usual.partition("–")
    return Measure(
        key, Words(en, es), loinc, ucum, unit, Decimal(low), Decimal(high), _d(usual_low), _d(usual_high), source,
        category, digits,
    )  # fmt: skip


_ALL = [
    Measure(
        "blood_pressure", Words("Blood pressure", "Presión arterial"), "85354-9", "mm[Hg]", "mmHg",
        Decimal(40), Decimal(300), Decimal(90), Decimal(129), "ACC/AHA 2017 guideline, goal below 130/80",
        parts=("8480-6", "8462-4"), second_low=Decimal(20), second_high=Decimal(200), second_usual_high=Decimal(79),
    ),
    _measure("heart_rate", "Heart rate", "Pulso", "8867-4", "/min", "/min", "20–300", "60–100", 0,
             "American Heart Association, resting heart rate of adults"),
    _measure("temperature", "Temperature", "Temperatura", "8310-5", "Cel", "°C", "28–45", "36.1–37.9", 1,
             "CDC, fever is 38.0 °C or more"),
    _measure("oxygen", "Oxygen", "Oxígeno", "59408-5", "%", "%", "40–100", "95–100", 0,
             "WHO Pulse Oximetry Training Manual, 2011"),
    _measure("respiratory_rate", "Breaths", "Respiraciones", "9279-1", "/min", "/min", "4–80", "12–20", 0,
             "Royal College of Physicians, NEWS2, 2017: 12 to 20 scores nothing"),
    _measure("weight", "Weight", "Peso", "29463-7", "kg", "kg", "0.3–500", "", 1, "no usual range"),
    _measure("height", "Height", "Estatura", "8302-2", "cm", "cm", "20–260", "", 0, "no usual range"),
    _measure("glucose", "Blood sugar", "Azúcar en la sangre", "2339-0", "mg/dL", "mg/dL", "10–1500", "70–180", 0,
             "ADA Standards of Care 2024, target range 70 to 180 mg/dL", "laboratory"),
    _measure("a1c", "A1c", "A1c", "4548-4", "%", "%", "3–20", "4–6.9", 1,
             "ADA Standards of Care 2024, goal below 7 %", "laboratory"),
    _measure("pain", "Pain, 0 to 10", "Dolor, de 0 a 10", "72514-3", "{score}", "", "0–10", "0–3", 0,
             "numeric rating scale", "survey"),
]  # fmt: skip

VITALS: dict[str, Measure] = {measure.key: measure for measure in _ALL}
BY_LOINC: dict[str, Measure] = {measure.loinc: measure for measure in _ALL}

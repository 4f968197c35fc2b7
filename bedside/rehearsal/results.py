"""Make what laboratories sent to the rehearsal clinic: some seen and answered long ago, some that came just now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bedside.accounts.models import Person
from bedside.fhir.commands import Entry, instant_text, store_resources
from bedside.fhir.terms import LOINC, OBSERVATION_CATEGORY, UCUM
from bedside.platform.access import system_actor
from bedside.record.terms.lab_tests import LAB_TESTS
from bedside.results.commands import file_report
from bedside.results.models import Acknowledgement, InboxItem

from .dice import Dice
from .people import People

LOADER = system_actor("rehearsal.rehearse")
LABORATORY = "Hill Country Lab"
_SERVICE = "http://terminology.hl7.org/CodeSystem/v2-0074"
_FLAG = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"


@dataclass(frozen=True, slots=True)
class Found:
    """One value: the test, the number, the unit, the flag ("" for none), and the laboratory's range for an adult."""

    loinc: str
    value: float
    unit: str
    flag: str
    low: float | None
    high: float | None


def _a1c(value: float) -> tuple[Found, ...]:
    return (Found("4548-4", value, "%", "H" if value > 5.6 else "N", 4.0, 5.6),)


def _lipids(total: float, ldl: float, hdl: float, fats: float) -> tuple[Found, ...]:
    return (
        Found("2093-3", total, "mg/dL", "H" if total > 200 else "N", None, 200),
        Found("13457-7", ldl, "mg/dL", "H" if ldl > 100 else "N", None, 100),
        Found("2085-9", hdl, "mg/dL", "L" if hdl < 50 else "N", 50, None),
        Found("2571-8", fats, "mg/dL", "H" if fats > 150 else "N", None, 150),
    )


def _count(white: float, hemoglobin: float, platelets: float) -> tuple[Found, ...]:
    return (
        Found("6690-2", white, "10*3/uL", "N", 4.0, 11.0),
        Found("718-7", hemoglobin, "g/dL", "L" if hemoglobin < 12 else "N", 12.0, 15.5),
        Found("4544-3", round(hemoglobin * 3, 1), "%", "L" if hemoglobin < 12 else "N", 36, 46),
        Found("777-3", platelets, "10*3/uL", "N", 150, 400),
    )


def _salts(sodium: float, potassium: float, creatinine: float) -> tuple[Found, ...]:
    mark = "HH" if potassium >= 6 else "H" if potassium > 5.1 else "N"
    return (
        Found("2951-2", sodium, "mmol/L", "N", 135, 145),
        Found("2823-3", potassium, "mmol/L", mark, 3.5, 5.1),
        Found("2160-0", creatinine, "mg/dL", "H" if creatinine > 1.3 else "N", 0.7, 1.3),
        Found("2345-7", 104, "mg/dL", "", 70, 140),
    )


def _clotting(value: float) -> tuple[Found, ...]:
    return (Found("6301-6", value, "{INR}", "H" if value > 3 else "N", 2.0, 3.0),)


#: What was seen long ago: whose, how many days ago, the panel, its values, what Dr Chen wrote.
SEEN = (
    ("ada", 730, "4548-4", _a1c(8.2), ""),
    ("ada", 545, "4548-4", _a1c(7.8), ""),
    ("ada", 365, "24331-1", _lipids(228, 148, 47, 176), "We start a small tablet for your cholesterol."),
    ("ada", 365, "4548-4", _a1c(7.6), ""),
    ("ada", 180, "4548-4", _a1c(7.4), "Slowly down. Keep walking after supper."),
    ("ada", 120, "58410-2", _count(6.8, 13.4, 251), ""),
    ("ada", 60, "24331-1", _lipids(171, 88, 52, 142), "Your LDL is where we want it. Stay with the tablet."),
    ("ben", 120, "6301-6", _clotting(2.4), ""),
    ("ben", 90, "6301-6", _clotting(2.6), ""),
    ("ben", 60, "6301-6", _clotting(2.2), ""),
    ("ben", 35, "24320-4", _salts(139, 4.6, 1.2), ""),
)
#: What came lately and waits: whose, how many minutes ago, the panel, its values.
WAITING = (
    ("ada", 55, "4548-4", _a1c(7.1)),
    ("ada", 54, "58410-2", _count(7.1, 13.1, 244)),
    ("ben", 180, "6301-6", _clotting(3.9)),
)


def make_results(dice: Dice, people: People, now: datetime) -> None:
    """Give the personas results of two years, seen and answered, and a few that came today."""
    chen = people.personas["chen"]
    for whose, days, panel, values, note in SEEN:
        patient, at = people.personas[whose], now - timedelta(days=days)
        report_id = _store(dice, patient, panel, values, at)
        _see(patient, report_id, panel, values, chen, at, note)
    for whose, minutes, panel, values in WAITING:
        arrive(dice, people.personas[whose], panel, values, now - timedelta(minutes=minutes))


def arrive(dice: Dice, patient: Person, panel: str, values: tuple[Found, ...], at: datetime) -> None:
    """Have a result come from the laboratory: stored, and put before whoever must see it."""
    report_id = _store(dice, patient, panel, values, at)
    file_report(actor=LOADER, now=at + timedelta(seconds=5), patient_id=patient.pk, report_id=report_id)


def alarm(dice: Dice, patient: Person, doctor_id: UUID, now: datetime) -> None:
    """Have a dangerous potassium come, where none waits for this doctor."""
    waiting = InboxItem.objects.filter(state="open", urgency="critical", owner_id=doctor_id)
    if not waiting.exists():
        arrive(dice, patient, "24320-4", _salts(137, 6.4, 1.4), now - timedelta(minutes=12))


def _store(dice: Dice, patient: Person, panel: str, values: tuple[Found, ...], at: datetime) -> str:
    parts = [str(dice.id(at)) for _ in values]
    documents = [_observation(part, patient, one, at) for part, one in zip(parts, values, strict=True)]
    report_id = str(dice.id(at))
    documents.append(
        {
            "resourceType": "DiagnosticReport",
            "id": report_id,
            "contained": [_order(patient, panel)],
            "basedOn": [{"reference": "#order"}],
            "status": "final",
            "category": [{"coding": [{"system": _SERVICE, "code": "CH"}]}],
            "code": _coded(panel),
            "subject": {"reference": f"Patient/{patient.pk}"},
            "effectiveDateTime": instant_text(at - timedelta(hours=5)),
            "issued": instant_text(at),
            "performer": [{"type": "Organization", "display": LABORATORY}],
            "result": [{"reference": f"Observation/{part}"} for part in parts],
        }
    )
    store_resources(actor=LOADER, now=at, entries=[Entry(one, patient.pk, stored_at=at) for one in documents])
    return report_id


def _order(patient: Person, panel: str) -> dict[str, object]:
    """Return what the laboratory was asked for, and by whom, as its own message would have it."""
    return {
        "resourceType": "ServiceRequest",
        "id": "order",
        "status": "unknown",
        "intent": "order",
        "code": _coded(panel),
        "subject": {"reference": f"Patient/{patient.pk}"},
        "requester": {"type": "Practitioner", "display": "Lin Chen"},
    }


def _coded(loinc: str) -> dict[str, object]:
    name = LAB_TESTS[loinc].name
    return {"coding": [{"system": LOINC, "code": loinc}], "text": name.en}


def _observation(part: str, patient: Person, one: Found, at: datetime) -> dict[str, object]:
    unit = one.unit if one.unit != "{INR}" else ""

    def amount(value: float) -> dict[str, object]:
        return {"value": value, "unit": unit, "system": UCUM, "code": one.unit} if unit else {"value": value}

    usual = {name: amount(end) for name, end in (("low", one.low), ("high", one.high)) if end is not None}
    found: dict[str, object] = {
        "resourceType": "Observation",
        "id": part,
        "status": "final",
        "category": [{"coding": [{"system": OBSERVATION_CATEGORY, "code": "laboratory"}]}],
        "code": _coded(one.loinc),
        "subject": {"reference": f"Patient/{patient.pk}"},
        "effectiveDateTime": instant_text(at - timedelta(hours=5)),
        "issued": instant_text(at),
        "performer": [{"type": "Organization", "display": LABORATORY}],
        "valueQuantity": amount(one.value),
        "referenceRange": [usual],
    }
    if one.flag:
        found["interpretation"] = [{"coding": [{"system": _FLAG, "code": one.flag}]}]
    return found


def _see(
    patient: Person, report_id: str, panel: str, values: tuple[Found, ...], doctor: Person, at: datetime, note: str
) -> None:
    name = LAB_TESTS[panel].name
    is_normal = all(one.flag in ("", "N") for one in values)
    item = InboxItem.objects.create(
        report_kind="DiagnosticReport", report_id=report_id, version=1, patient=patient, title_en=name.en,
        title_es=name.es, urgency="other" if is_normal else "abnormal", status="final", state="acknowledged",
        owner=doctor, filed_at=at, due_at=at + timedelta(hours=24),
    )  # fmt: skip
    Acknowledgement.objects.create(item=item, version=1, by=doctor, at=at + timedelta(hours=3), note=note)

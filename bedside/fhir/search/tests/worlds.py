"""Random small worlds and random searches of them, out of few words, so that much of it meets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from bedside.fhir.indexing.values import UCUM

from .facts import Range, Thing

PATIENTS = ("ada", "ben", "eve")
PEOPLE = [("Practitioner", "chen"), ("Practitioner", "diaz")]
PLACES = [("Organization", "north"), ("Organization", "south")]
LOINC = "http://loinc.org"
CODES = [(LOINC, "8480-6"), (LOINC, "718-7"), ("urn:local", "718-7"), ("", "plain")]
NAMES = ["Müller", "mullen", "O'Hara", "a,b", "de la Cruz", "100%", "back\\slash"]
UNITS = [(UCUM, "mg"), (UCUM, "g"), (UCUM, "mm[Hg]"), ("urn:units", "mg"), ("", "mg"), ("", "")]
VALUES = [Decimal(text) for text in ("0.005", "5", "5.4", "99.5", "100", "-3")]
URIS = ["http://acme.org/fhir", "http://acme.org/fhir/ValueSet/1", "http://acme.org/fhirs", "urn:oid:1.2"]


class Dice(Random):
    """Throws the same for the same seed."""

    def some(self, words: list[Any], most: int = 2) -> list[Any]:
        """Draw a few different ones, or none."""
        return self.sample(words, min(self.randint(0, most), len(words)))

    def range(self) -> Range:
        """Draw a second, a day or a period, perhaps open on one side, around the turn of a year."""
        start = datetime(2025, 12, 30, tzinfo=UTC) + timedelta(hours=6 * self.randint(0, 16))
        length = self.choice([timedelta(seconds=1), timedelta(hours=6), timedelta(days=1), timedelta(days=60)])
        shape = self.choice(["both", "both", "both", "start", "end"])
        return (start if shape != "end" else None, start + length if shape != "start" else None)


def observation(dice: Dice, id: str, encounters: list[tuple[str, str]]) -> Thing:
    """Draw an observation of a patient, perhaps done by another."""
    patient, helper = dice.choice(PATIENTS), dice.choice([None, None, *PATIENTS])
    performers = dice.some(PEOPLE, 1) + ([("Patient", helper)] if helper else [])
    parts = dice.some(CODES, 1)
    component = [(dice.choice(VALUES), *unit) for unit in dice.some(UNITS, 1)] if parts else []
    status = dice.choice(["final", "amended"])
    return Thing(
        "Observation",
        id,
        patients=tuple(dict.fromkeys([patient, *([helper] if helper else [])])),
        tokens={
            "code": dice.some(CODES),
            "category": dice.some(CODES, 1),
            "status": [("", status)],
            "component-code": parts,
            "_tag": dice.some(CODES, 1),
        },
        refs={
            "subject": [("Patient", patient)],
            "patient": [("Patient", patient)],
            "performer": performers,
            "encounter": dice.some(encounters, 1),
        },
        dates={"date": [dice.range()][: dice.randint(0, 2)], "value-date": [dice.range()][: dice.randint(0, 1)]},
        quantities={
            "value-quantity": [(dice.choice(VALUES), *unit) for unit in dice.some(UNITS, 1)],
            "component-value-quantity": component,
        },
        pairs={"component-code-value-quantity": [(code, each) for code in parts for each in component]},
        body={"status": status},
        is_deleted=dice.random() < 0.1,
    )


def _people(dice: Dice) -> list[Thing]:
    things = [
        Thing("Organization", "north", strings={"name": ["North"]}),
        Thing("Organization", "south", strings={"name": ["South"]}, refs={"partof": dice.some(PLACES[:1], 1)}),
    ]
    for _, id in PEOPLE:
        identifiers = dice.some(CODES, 1)
        names = {"name": dice.some(NAMES), "family": dice.some(NAMES, 1)}
        typed = {"identifier": [("urn:types", "MR", code) for _, code in identifiers]}
        things.append(Thing("Practitioner", id, strings=names, tokens={"identifier": identifiers}, typed=typed))
    return things + [
        Thing(
            "Patient",
            id,
            patients=(id,),
            strings={"name": dice.some(NAMES), "family": dice.some(NAMES, 1)},
            tokens={"gender": dice.some([("", "female"), ("", "male")], 1), "_tag": dice.some(CODES, 1)},
            refs={"general-practitioner": dice.some(PEOPLE + PLACES), "organization": dice.some(PLACES, 1)},
            said={"organization": dice.some(CODES, 1)},
            dates={"birthdate": [dice.range()][: dice.randint(0, 1)]},
        )
        for id in PATIENTS
    ]


def _encounter(dice: Dice, id: str) -> Thing:
    patient = ("Patient", dice.choice(PATIENTS))
    return Thing(
        "Encounter",
        id,
        patients=(patient[1],),
        tokens={"status": [("", "finished")], "class": dice.some(CODES, 1)},
        refs={"subject": [patient], "patient": [patient], "service-provider": dice.some(PLACES, 1)},
        dates={"date": [dice.range()]},
    )


def world(dice: Dice) -> list[Thing]:
    """Draw a world: always the same people and places, and some things about them, in any order."""
    encounters = [_encounter(dice, f"e{number}") for number in range(dice.randint(0, 3))]
    names = [each.name for each in encounters]
    observations = [observation(dice, f"o{number}", names) for number in range(dice.randint(4, 12))]
    held = [each.name for each in observations]
    subject = {"subject": [("Patient", "ada")]}
    things = [
        *_people(dice),
        *encounters,
        *observations,
        Thing("List", "l1", patients=("ada",), refs={"item": dice.some(held, 6), **subject}),
        Thing("List", "l2", refs={"item": dice.some([*held, ("Patient", "eve")], 6)}),
        Thing("ValueSet", "v", uris={"url": dice.some(URIS, 1)}),
        Thing("RiskAssessment", "r", patients=("eve",), numbers={"probability": dice.some(VALUES)}),
    ]
    dice.shuffle(things)
    return things


# --- Searches --------------------------------------------------------------------------------------------------
Draw = Callable[[Dice], str]
PREFIXES = ["", "", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"]
DATES = ["2025", "2026", "2025-12", "2026-01", "2025-12-31", "2026-01-01", "2026-01-02T06:00Z", "2026-03"]
AMOUNTS = ["5", "5.0", "5.4", "100", "1e2", "99.50", "0.005", "-3"]
IN_UNITS = ["", "", "|http://unitsofmeasure.org|mg", "||mg", "|urn:units|mg", "||g"]


def escaped(text: str) -> str:
    """Return letters with what would be a mark kept as a letter."""
    for mark in "\\,|$":
        text = text.replace(mark, "\\" + mark)
    return text


def one(*words: str) -> Draw:
    """Draw one of some values."""
    return lambda dice: dice.choice(words)


def several(draw: Draw) -> Draw:
    """Draw one value, or two with a comma."""
    return lambda dice: ",".join(draw(dice) for _ in range(dice.choice([1, 1, 2])))


def joined(*draws: Draw, mark: str = "") -> Draw:
    """Draw several parts of one value."""
    return lambda dice: mark.join(draw(dice) for draw in draws)


CODED = ["http://loinc.org|8480-6", "718-7", "|plain", "plain", "http://loinc.org|718-7", "8480-6"]
TOKENS = one(*CODED, "urn:local|", "no-such")
IDS = one("ada", "ben", "eve", "Patient/ada", "Patient/eve", "Patient/nobody")
DATED = several(joined(one(*PREFIXES), one(*DATES)))
NUMBERS = joined(one(*PREFIXES), one(*AMOUNTS))
QUANTITIES = joined(NUMBERS, one(*IN_UNITS))
PAIRED = joined(one(*CODED), QUANTITIES, mark="$")
TEXTS = one(*(escaped(text) for text in [*NAMES, "mul", "M", "o'h", "cru", "rod", "%", "_", "\\", "d"]))
PARAMETERS: dict[str, dict[str, Draw]] = {
    "Observation": {
        "code": several(TOKENS), "code:not": several(TOKENS), "category": TOKENS, "status": one("final", "|amended"),
        "_tag": TOKENS, "combo-code": TOKENS, "combo-code:not": TOKENS, "subject": several(IDS),
        "patient": several(IDS), "subject:Patient": IDS, "performer": one("ada", "Practitioner/chen", "chen,eve"),
        "date": DATED, "value-date": DATED, "value-quantity": QUANTITIES, "combo-value-quantity": QUANTITIES,
        "code-value-quantity": PAIRED, "component-code-value-quantity": PAIRED, "_list": one("l1", "l2"),
        "_id": several(one("o0", "o1", "o2")), "_lastUpdated": DATED,
    },
    "Patient": {
        "name": several(TEXTS), "name:exact": TEXTS, "name:contains": TEXTS, "family": TEXTS,
        "gender": one("female", "male"), "birthdate": DATED, "_id": one("ada", "eve,ben"), "_tag": TOKENS,
        "general-practitioner": one("chen", "Organization/north", "Practitioner/diaz,north"),
        "organization:identifier": TOKENS, "_list": one("l2"),
    },
    "Practitioner": {"name": TEXTS, "identifier": TOKENS, "identifier:of-type": one("urn:types|MR|718-7")},
    "Organization": {"name": one("n", "South"), "partof": one("north")},
    "Encounter": {"status": one("finished"), "class": TOKENS, "patient": IDS, "date": DATED},
    "List": {"item": one("Observation/o0", "Patient/eve"), "subject": IDS},
    "ValueSet": {"url": one(*URIS), "url:below": one(*URIS), "url:above": one(*URIS)},
    "RiskAssessment": {"probability": NUMBERS},
}  # fmt: skip
LINKS: dict[str, list[tuple[str, str]]] = {
    "Observation": [("subject:Patient", "Patient"), ("patient", "Patient"), ("performer:Practitioner", "Practitioner"),
                    ("encounter:Encounter", "Encounter"), ("_has:List:item", "List")],
    "Patient": [("general-practitioner:Practitioner", "Practitioner"), ("organization", "Organization"),
                ("general-practitioner:Organization", "Organization"), ("_has:Observation:patient", "Observation"),
                ("_has:Observation:performer", "Observation"), ("_has:Encounter:subject", "Encounter"),
                ("_has:List:item", "List")],
    "Encounter": [("patient", "Patient"), ("service-provider", "Organization"),
                  ("_has:Observation:encounter", "Observation")],
    "Organization": [("partof", "Organization"), ("_has:Patient:organization", "Patient")],
    "Practitioner": [("_has:Patient:general-practitioner", "Patient"), ("_has:Observation:performer", "Observation")],
    "List": [("subject:Patient", "Patient"), ("item:Observation", "Observation")],
}  # fmt: skip
#: What an include may name, by the type that holds the reference.
REFERENCES = {
    "Observation": ["subject", "performer", "encounter", "patient"], "List": ["item"], "Organization": ["partof"],
    "Patient": ["general-practitioner", "organization"], "Encounter": ["subject", "service-provider"],
}  # fmt: skip


def parameter(dice: Dice, kind: str, links: int = 3) -> tuple[str, str]:
    """Draw one parameter of a type, plain or through other types."""
    if links and kind in LINKS and dice.random() < 0.4:
        link, other = dice.choice(LINKS[kind])
        name, value = parameter(dice, other, links - 1)
        return f"{link}{':' if link.startswith('_has') else '.'}{name}", value
    name = dice.choice(sorted(PARAMETERS[kind]))
    if name[0] != "_" and ":" not in name and dice.random() < 0.1:
        return f"{name}:missing", dice.choice(["true", "false"])
    return name, PARAMETERS[kind][name](dice)


def search(dice: Dice) -> tuple[str, list[tuple[str, str]]]:
    """Draw a type and some parameters, often one."""
    kind = dice.choice([*["Observation"] * 8, *["Patient"] * 6, *PARAMETERS])
    return kind, [parameter(dice, kind) for _ in range(dice.choice([0, 1, 1, 1, 2, 2, 3]))]


def include(dice: Dice, kind: str) -> tuple[str, str]:
    """Draw an include for matches of a type."""
    iterate = dice.choice(["", ":iterate"])
    if dice.random() < 0.5:
        source = dice.choice(sorted(REFERENCES))
        return f"_revinclude{iterate}", f"{source}:{dice.choice(['*', *REFERENCES[source]])}"
    source = kind if not iterate and kind in REFERENCES else dice.choice(sorted(REFERENCES))
    if source != kind:
        iterate = ":iterate"
    return f"_include{iterate}", dice.choice(["*", *(f"{source}:{code}" for code in REFERENCES[source])])

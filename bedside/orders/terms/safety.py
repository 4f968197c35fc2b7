"""The tables behind the stops and warnings: which allergies reach which medicines, and what does not go together.

Source: docs/rules/prescribing.md tells each row in prose; every row names where it comes from.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bedside.record.words import Words


@dataclass(frozen=True, slots=True)
class Pair:
    """Two classes (or "=ingredient") that do not go together: stop or warn, why, and the source."""

    one: str
    other: str
    level: str
    why: Words
    source: str


@dataclass(frozen=True, slots=True)
class Crossing:
    """An allergy to one class that also concerns another: stop or warn, why, and the source."""

    allergy: str
    medicine: str
    level: str
    why: Words
    source: str


def _read(path: Path) -> tuple[Pair, ...]:
    rows = (line.rstrip("\n").split("\t") for line in path.open(encoding="utf-8") if not line.startswith("#"))
    return tuple(Pair(one, other, level, Words(en, es), source) for one, other, level, en, es, source in rows)


INTERACTIONS: tuple[Pair, ...] = _read(Path(__file__).parents[1] / "data" / "interactions.tsv")

_LABEL = "Label, contraindications"
_AAAAI = "AAAAI and ACAAI, Drug allergy: a 2022 practice parameter update"
_SAME = Words("It belongs to the same group.", "Pertenece al mismo grupo.")

CROSSINGS: tuple[Crossing, ...] = (
    Crossing(
        "penicillins", "cephalosporins", "warn",
        Words("About 2 in 100 people allergic to penicillin also react to a cephalosporin.",
              "Cerca de 2 de cada 100 personas alérgicas a la penicilina reaccionan también a una cefalosporina."),
        _AAAAI,
    ),
    Crossing(
        "cephalosporins", "penicillins", "warn",
        Words("Some people allergic to a cephalosporin also react to penicillin.",
              "Algunas personas alérgicas a una cefalosporina reaccionan también a la penicilina."),
        _AAAAI,
    ),
    Crossing(
        "sulfonamide_antibiotics", "sulfonamide_other", "warn",
        Words("It is a sulfonamide, though not an antibiotic; a reaction is unlikely but possible.",
              "Es una sulfonamida, aunque no un antibiótico; una reacción es poco probable, pero posible."),
        _AAAAI,
    ),
    Crossing(
        "nsaids", "salicylates", "stop",
        Words("Aspirin acts like these pain medicines and can bring on the same reaction.",
              "La aspirina actúa como estos analgésicos y puede provocar la misma reacción."),
        _LABEL,
    ),
    Crossing(
        "salicylates", "nsaids", "stop",
        Words("It acts like aspirin and can bring on the same reaction.",
              "Actúa como la aspirina y puede provocar la misma reacción."),
        _LABEL,
    ),
    Crossing("nsaids", "nsaids_topical", "stop", _SAME, _LABEL),
    Crossing("salicylates", "nsaids_topical", "stop", _SAME, _LABEL),
    Crossing("azoles", "azoles_topical", "warn", _SAME, _LABEL),
    Crossing("nitroimidazoles", "nitroimidazoles_topical", "stop", _SAME, _LABEL),
    Crossing("corticosteroids", "topical_steroids", "warn", _SAME, _LABEL),
    Crossing(
        "ace_inhibitors", "arbs", "warn",
        Words("If the reaction was swelling of the face, it can come back with this group.",
              "Si la reacción fue hinchazón de la cara, puede repetirse con este grupo."),
        "Label, losartan, warnings",
    ),
    Crossing(
        "ace_inhibitors", "neprilysin_inhibitors", "stop",
        Words("After swelling from an ACE inhibitor this medicine must not be given.",
              "Después de una hinchazón por un inhibidor de la ECA no se debe dar esta medicina."),
        _LABEL,
    ),
)  # fmt: skip

#: Classes in which an allergy to one member stops the others.
ALLERGY_CLASSES = frozenset(
    {
        "penicillins", "cephalosporins", "sulfonamide_antibiotics", "macrolides", "fluoroquinolones", "tetracyclines",
        "nsaids", "salicylates", "ace_inhibitors", "arbs", "aromatic_anticonvulsants", "azoles", "local_anesthetics",
        "nitroimidazoles", "corticosteroids", "lincosamides", "trimethoprims", "opioids", "statins", "insulins",
    }
)  # fmt: skip

#: Classes of which a patient rarely takes two. Source: therapeutic duplication, WHO ATC level 4 groups.
DUPLICATE_CLASSES: dict[str, Words] = {
    "nsaids": Words("anti-inflammatory pain medicine", "analgésico antiinflamatorio"),
    "ppis": Words("stomach acid medicine", "medicina para la acidez"),
    "ssris": Words("antidepressant of this kind", "antidepresivo de este tipo"),
    "snris": Words("antidepressant of this kind", "antidepresivo de este tipo"),
    "statins": Words("statin", "estatina"),
    "ace_inhibitors": Words("ACE inhibitor", "inhibidor de la ECA"),
    "arbs": Words("ARB", "ARA II"),
    "beta_blockers": Words("beta blocker", "betabloqueador"),
    "dihydropyridines": Words("calcium blocker", "bloqueador de calcio"),
    "thiazides": Words("water pill", "diurético"),
    "loop_diuretics": Words("water pill", "diurético"),
    "benzodiazepines": Words("calming medicine", "medicina calmante"),
    "opioids": Words("opioid", "opioide"),
    "antihistamines": Words("allergy medicine", "medicina para la alergia"),
    "triptans": Words("triptan", "triptán"),
    "anticoagulants": Words("blood thinner", "anticoagulante"),
    "penicillins": Words("penicillin", "penicilina"),
    "macrolides": Words("macrolide antibiotic", "antibiótico macrólido"),
    "fluoroquinolones": Words("quinolone antibiotic", "antibiótico quinolona"),
    "cephalosporins": Words("cephalosporin", "cefalosporina"),
    "sulfonylureas": Words("diabetes medicine of this kind", "medicina para la diabetes de este tipo"),
    "gliflozins": Words("diabetes medicine of this kind", "medicina para la diabetes de este tipo"),
    "gliptins": Words("diabetes medicine of this kind", "medicina para la diabetes de este tipo"),
    "corticosteroids": Words("steroid", "esteroide"),
}

#: What is often used instead when a class is stopped. The doctor decides; each is checked like any other.
#: Source: AAO-HNS adult sinusitis 2015 (doxycycline), IDSA uncomplicated cystitis 2011 (nitrofurantoin), NICE NG59.
INSTEAD: dict[str, tuple[str, ...]] = {
    "penicillins": ("doxycycline:capsule:100mg", "azithromycin:tablet:250mg"),
    "cephalosporins": ("doxycycline:capsule:100mg", "azithromycin:tablet:250mg"),
    "macrolides": ("doxycycline:capsule:100mg",),
    "sulfonamide_antibiotics": ("nitrofurantoin:capsule:100mg",),
    "fluoroquinolones": ("nitrofurantoin:capsule:100mg", "doxycycline:capsule:100mg"),
    "tetracyclines": ("azithromycin:tablet:250mg",),
    "nsaids": ("acetaminophen:tablet:500mg",),
    "salicylates": ("acetaminophen:tablet:500mg",),
    "ace_inhibitors": ("amlodipine:tablet:5mg",),
    "cyp3a4_statins": ("pravastatin:tablet:40mg", "rosuvastatin:tablet:10mg"),
    "triptans": ("acetaminophen:tablet:500mg",),
}

"""What people take and what they are allergic to: medicines, groups of medicines, foods and other things.

Shape: a medicine's key is its ingredients joined by "+", with "@place" when it acts where it is put. Its classes say
which allergy groups and which interactions it belongs to.

Source: public US labels (DailyMed) and AEMPS CIMA, as data/medicines.tsv says; docs/rules/prescribing.md.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path

from bedside.record.words import Words


@dataclass(frozen=True, slots=True)
class MedicineName:
    """A medicine of our vocabulary."""

    key: str
    name: Words
    classes: frozenset[str]

    @property
    def ingredients(self) -> frozenset[str]:
        """The keys of what is in it."""
        return frozenset(self.key.split("@")[0].split("+"))

    @property
    def place(self) -> str:
        """Where it acts when it is not swallowed: skin, eye, nose, lungs …"""
        return self.key.partition("@")[2]


@dataclass(frozen=True, slots=True)
class Substance:
    """Something a patient can be allergic to: an ingredient, a group of medicines, or something else."""

    key: str
    name: Words
    is_medicine: bool
    is_group: bool


def _read(path: Path) -> dict[str, MedicineName]:
    found: dict[str, MedicineName] = {}
    for line in path.open(encoding="utf-8"):
        if not line.startswith("#"):
            key, en, es, classes = line.rstrip("\n").split("\t")
            found[key] = MedicineName(key, Words(en, es), frozenset(classes.split()))
    return found


MEDICINES: dict[str, MedicineName] = _read(Path(__file__).parents[1] / "data" / "medicines.tsv")

#: Groups a patient can be allergic to as a whole. Source: docs/rules/prescribing.md, "Allergies".
ALLERGY_GROUPS: dict[str, Words] = {
    "penicillins": Words("Penicillin", "Penicilina"),
    "cephalosporins": Words("Cephalosporins", "Cefalosporinas"),
    "sulfonamide_antibiotics": Words("Sulfa antibiotics", "Antibióticos con sulfa"),
    "macrolides": Words("Macrolide antibiotics", "Antibióticos macrólidos"),
    "fluoroquinolones": Words("Quinolone antibiotics", "Antibióticos quinolonas"),
    "tetracyclines": Words("Tetracyclines", "Tetraciclinas"),
    "nsaids": Words("Anti-inflammatory pain medicines (NSAIDs)", "Analgésicos antiinflamatorios (AINE)"),
    "salicylates": Words("Aspirin and salicylates", "Aspirina y salicilatos"),
    "opioids": Words("Opioids", "Opioides"),
    "ace_inhibitors": Words("ACE inhibitors", "Inhibidores de la ECA"),
    "arbs": Words("ARB blood pressure medicines", "Medicinas ARA II para la presión"),
    "statins": Words("Statins", "Estatinas"),
    "aromatic_anticonvulsants": Words("Aromatic seizure medicines", "Anticonvulsivos aromáticos"),
    "azoles": Words("Azole antifungals", "Antimicóticos azoles"),
    "insulins": Words("Insulin", "Insulina"),
    "local_anesthetics": Words("Local anesthetics", "Anestésicos locales"),
}

#: Foods and other things.
OTHERS: dict[str, Words] = {
    "peanut": Words("Peanut", "Cacahuate (maní)"),
    "tree-nuts": Words("Tree nuts", "Nueces"),
    "egg": Words("Egg", "Huevo"),
    "milk": Words("Milk", "Leche"),
    "shellfish": Words("Shellfish", "Mariscos"),
    "fish": Words("Fish", "Pescado"),
    "soy": Words("Soy", "Soya"),
    "wheat": Words("Wheat", "Trigo"),
    "sesame": Words("Sesame", "Ajonjolí (sésamo)"),
    "latex": Words("Latex", "Látex"),
    "bee-sting": Words("Bee and wasp stings", "Picaduras de abeja y avispa"),
    "contrast-dye": Words("Iodine contrast dye", "Contraste yodado"),
    "pollen": Words("Pollen", "Polen"),
    "dust-mites": Words("Dust mites", "Ácaros del polvo"),
    "cat": Words("Cats", "Gatos"),
    "dog": Words("Dogs", "Perros"),
    "mold": Words("Mold", "Moho"),
    "adhesive": Words("Adhesive tape", "Cinta adhesiva"),
}


def _substances() -> dict[str, Substance]:
    found = {key: Substance(key, name, True, True) for key, name in ALLERGY_GROUPS.items()}
    for medicine in MEDICINES.values():
        if len(medicine.ingredients) == 1 and not medicine.place:
            found.setdefault(medicine.key, Substance(medicine.key, medicine.name, True, False))
    found.update({key: Substance(key, name, False, False) for key, name in OTHERS.items()})
    return found


SUBSTANCES: dict[str, Substance] = _substances()


def folded(text: str) -> str:
    """Return text as names are compared: lower case, without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c)).strip()


_BY_NAME = {folded(w): m for m in MEDICINES.values() for w in (m.key, m.name.en, m.name.es)}


def plain_name(said: str) -> tuple[str, Words]:
    """Return the key and the names of a medicine as someone said it; no key when it is not one of ours.

    The strength may stand behind the name: "lisinopril 10 mg" is lisinopril, and keeps its strength in the name.
    """
    text = folded(said)
    for size in range(len(text.split()), 0, -1):
        start = " ".join(text.split()[:size])
        if start in _BY_NAME:
            medicine = _BY_NAME[start]
            rest = " ".join(said.split()[size:])
            return medicine.key, Words(f"{medicine.name.en} {rest}".strip(), f"{medicine.name.es} {rest}".strip())
    return "", Words(said, said)


def find_substances(words: str, *, limit: int = 12) -> list[Substance]:
    """Return the substances whose name in either language begins with, or holds, the words; groups first."""
    text = folded(words)
    if len(text) < 2:
        return []
    hits = [s for s in SUBSTANCES.values() if text in folded(s.name.en) or text in folded(s.name.es)]
    return sorted(hits, key=lambda s: (not folded(s.name.en).startswith(text), not s.is_group, s.name.en))[:limit]

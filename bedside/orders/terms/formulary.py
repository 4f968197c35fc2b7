"""What can be prescribed: each medicine in its forms and strengths, with the usual adult dose.

Source: the head of data/formulary.tsv. Shape: a product's key is "medicine:form:strength", without spaces.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from bedside.record.terms.substances import MEDICINES, MedicineName, folded
from bedside.record.words import Words

from .forms import FORMS, Form


@dataclass(frozen=True, slots=True)
class Usual:
    """The usual adult dose of a medicine: one dose from low to high, and the most in a day."""

    low: Decimal
    high: Decimal
    day: Decimal
    frequency: str
    as_needed: str


@dataclass(frozen=True, slots=True)
class Product:
    """One medicine in one form and strength. `per_piece` is how much of the dose unit one piece (or mL) holds."""

    key: str
    medicine: MedicineName
    form: Form
    strength: str
    per_piece: Decimal
    unit: Words
    usual: Usual

    @property
    def name(self) -> Words:
        """Its name with strength and form: doxycycline 100 mg capsule."""
        en, es = self.medicine.name.en, self.medicine.name.es
        if self.form.is_counted:
            return Words(f"{en} {self.strength}", f"{es} {self.strength}")
        return Words(f"{en} {self.strength} {self.form.name.en}", f"{es} {self.strength} {self.form.name.es}")


#: A usual frequency that is "when needed": how often at most, and for what.
_WHEN_NEEDED = {
    "prn_breath": ("q4h", "breath"),
    "prn_stool": ("q6h", "stool"),
    "prn_nose": ("q6h", "nose"),
    "prn_chest": ("once", "chest"),
    "prn_allergy": ("once", "allergy"),
}
_PIECES = {form.key: Words(form.many.en, form.many.es) for form in FORMS.values() if form.is_counted}


def _usual(dose: str, frequency: str) -> Usual:
    single, day = dose.split("/")
    low, high = single.split("-")
    often, reason = _WHEN_NEEDED.get(frequency, (frequency, ""))
    return Usual(Decimal(low), Decimal(high), Decimal(day), often, reason)


def _read_strength(text: str, form: Form) -> tuple[str, Decimal, Words]:
    """Return the strength as shown, how much one piece or mL holds, and its unit."""
    amount, _, unit = text.partition(" ")
    unit = unit or "mg"
    number, _, other = amount.partition("/")
    shown = f"{amount} {unit}"
    if form.is_counted:
        return shown, Decimal(1), _PIECES[form.key]
    if form.key == "liquid":
        per_unit, _, per_ml = text.replace(" units", "").partition("/")
        dose_unit = "units" if "units" in text else "mg"
        return f"{per_unit} {dose_unit}/{per_ml} mL", Decimal(per_unit) / Decimal(per_ml), Words(dose_unit, dose_unit)
    if unit == "mg" and not other and Decimal(number) >= 3000:
        shown = f"{Decimal(number) / 1000:g} g"
    return shown, Decimal(number), Words(unit, "unidades" if unit == "units" else unit)


def _read(path: Path) -> dict[str, Product]:
    found: dict[str, Product] = {}
    for line in path.open(encoding="utf-8"):
        if line.startswith("#"):
            continue
        key, forms, dose, frequency = line.rstrip("\n").split("\t")
        usual = _usual(dose, frequency)
        for group in forms.split(";"):
            form_key, _, strengths = group.partition(":")
            for text in strengths.split(","):
                shown, per_piece, unit = _read_strength(text, FORMS[form_key])
                code = f"{key}:{form_key}:{shown.replace(' ', '')}"
                found[code] = Product(code, MEDICINES[key], FORMS[form_key], shown, per_piece, unit, usual)
    return found


PRODUCTS: dict[str, Product] = _read(Path(__file__).parents[1] / "data" / "formulary.tsv")


def medicine_key(code: str) -> str:
    """Return the medicine's key of a product's key (or of itself)."""
    return code.split(":")[0]


def find_products(words: str, *, limit: int = 12) -> list[Product]:
    """Return products whose name in either language has every word typed, those that begin with it first."""
    typed = [folded(word) for word in words.split()][:8]
    if not typed or len("".join(typed)) < 2:
        return []
    start = typed[0]
    hits = [
        product
        for product in PRODUCTS.values()
        if all(word in folded(f"{product.name.en} {product.name.es} {product.key}") for word in typed)
    ]
    return sorted(hits, key=lambda p: (not _starts(p, start), p.medicine.name.en, p.form.key, p.per_piece))[:limit]


def _starts(product: Product, start: str) -> bool:
    name = product.medicine.name
    return folded(name.en).startswith(start) or folded(name.es).startswith(start)


def product_named(text: str) -> Product | None:
    """Return the product whose key, or whose whole name in either language, is what was typed; None for any other."""
    if text in PRODUCTS:
        return PRODUCTS[text]
    wanted = folded(text)
    return next((p for p in PRODUCTS.values() if wanted in {folded(p.name.en), folded(p.name.es)}), None)

"""What stands before a prescription: the dose, allergies, what it does not go with, and what is taken already. Pure.

docs/rules/prescribing.md and docs/rules/dosing.md say the rules in prose; their tables are the tests' data.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from bedside.kernel.errors import Invalid
from bedside.record.chart import Allergy, Medicine
from bedside.record.terms.substances import ALLERGY_GROUPS, MEDICINES, MedicineName
from bedside.record.words import Words

from .terms import MOST_DAYS, MOST_QUANTITY, MOST_REFILLS
from .terms.forms import AS_NEEDED, FREQUENCIES, Frequency
from .terms.formulary import PRODUCTS, Product, medicine_key
from .terms.safety import ALLERGY_CLASSES, CROSSINGS, DUPLICATE_CLASSES, INSTEAD, INTERACTIONS


class DoseImpossible(Invalid):
    """A dose must be more than zero and no more than a person could take. Check the number; nothing was written."""


class QuantityImpossible(Invalid):
    """The quantity must be a whole number of 1 or more. Check it; nothing was written."""


class DaysImpossible(Invalid):
    """The number of days must be from 1 to 365. Check it; nothing was written."""


class RefillsImpossible(Invalid):
    """Refills must be from 0 to 11. Check the number; nothing was written."""


class UnknownProduct(Invalid):
    """We do not know that medicine. Search by name and pick one from the list; nothing you typed is lost."""


class UnknownFrequency(Invalid):
    """Choose from the list how often it is taken; nothing you typed is lost."""


class ControlledMedicine(Invalid):
    """This is a controlled medicine. Bedside cannot prescribe those yet; use your clinic's own way."""


@dataclass(frozen=True, slots=True)
class Order:
    """A prescription as it is being written, its shape already checked."""

    product: Product
    amount: Decimal
    frequency: Frequency
    days: int | None
    quantity: int
    refills: int
    as_needed: str = ""

    @property
    def per_dose(self) -> Decimal:
        """How much of the dose unit one dose holds."""
        return self.amount * self.product.per_piece

    @property
    def per_day(self) -> Decimal:
        """How much of the dose unit one day holds."""
        return self.per_dose * max(self.frequency.per_day, Decimal(1))


@dataclass(frozen=True, slots=True)
class KnownAllergy:
    """An allergy as the rules need it. Shape: `substance` is a key of ours, "" for what we do not understand."""

    substance: str
    name: Words


@dataclass(frozen=True, slots=True)
class Check:
    """One reason to stop or to look again. `about` is the key of what it clashes with."""

    level: str
    kind: str
    about: str
    title: Words
    why: Words
    source: str

    @property
    def is_stop(self) -> bool:
        """Say whether it stops the prescription until a reason is written."""
        return self.level == "stop"

    @property
    def code(self) -> str:
        """A stable name of this check, for the audit row."""
        return f"{self.level}.{self.kind}.{self.about}"


_NAMELESS = Words("without a name", "sin nombre")


def known_allergies(allergies: Iterable[Allergy]) -> list[KnownAllergy]:
    """Return the allergies that count, each as all it stands for; what we do not understand of one stays, nameless."""
    return [
        KnownAllergy(key, allergy.name if allergy.name.en else _NAMELESS)
        for allergy in allergies
        if allergy.is_active
        for key in (*allergy.meant, *(() if allergy.is_understood else ("",)))
    ]


def taken_now(medicines: Iterable[Medicine]) -> list[tuple[str, Words]]:
    """Return what is taken, each as all it stands for; what we do not know of one stays, as ""."""
    return [
        (key, medicine.name if medicine.name.en else _NAMELESS)
        for medicine in medicines
        for key in (*medicine.meant, *(() if medicine.is_understood else ("",)))
    ]


def usual_quantity(product: Product, amount: Decimal, frequency: Frequency, days: int | None) -> int:
    """Return how much the pharmacy hands out: pieces for the days, or one package."""
    if product.form.package is not None and product.form.key != "patch":
        return 1
    doses = frequency.per_day * (days or 1) if frequency.key != "once" else Decimal(1)
    pieces = (amount * doses).quantize(Decimal("0.001"))
    return max(1, int(pieces.to_integral_value(rounding=ROUND_CEILING)))


def make_order(
    *, product: str, amount: Decimal, frequency: str, days: int | None, quantity: int | None, refills: int,
    as_needed: str = "",
) -> Order:  # fmt: skip
    """Return an order whose numbers make sense.

    Raises: UnknownProduct, UnknownFrequency, DoseImpossible, DaysImpossible, QuantityImpossible, RefillsImpossible,
    ControlledMedicine.
    """
    chosen, often = PRODUCTS.get(product), FREQUENCIES.get(frequency)
    if chosen is None:
        raise UnknownProduct()
    if often is None or (as_needed and as_needed not in AS_NEEDED):
        raise UnknownFrequency()
    if not amount.is_finite() or amount <= 0 or amount > 1000:
        raise DoseImpossible()
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise DaysImpossible()
    if not 0 <= refills <= MOST_REFILLS:
        raise RefillsImpossible()
    wanted = usual_quantity(chosen, amount, often, days) if quantity is None else quantity
    if not 1 <= wanted <= MOST_QUANTITY:
        raise QuantityImpossible()
    if "controlled" in chosen.medicine.classes:
        raise ControlledMedicine()
    order = Order(chosen, amount, often, days, wanted, refills, as_needed)
    if order.per_dose > chosen.usual.high * 10 or order.per_day > chosen.usual.day * 5:
        raise DoseImpossible()
    return order


def check_prescription(
    order: Order, *, allergies: Iterable[KnownAllergy], taking: Iterable[tuple[str, Words]]
) -> tuple[Check, ...]:
    """Return every stop and warning, stops first.

    Shape: `taking` holds (product or medicine key, name) of what the patient takes now; "" for one we do not know.
    """
    medicine, known = order.product.medicine, list(allergies)
    others = [(key, name, MEDICINES.get(medicine_key(key))) for key, name in taking]
    found = [
        *_allergy_checks(medicine, known),
        *_unchecked(medicine, known, others),
        *_interaction_checks(medicine, others),
        *_duplicate_checks(medicine, others),
        *_dose_checks(order),
    ]
    return tuple(sorted(found, key=lambda check: not check.is_stop))


def _classes_of(substance: str) -> frozenset[str]:
    """Return the allergy classes a recorded substance stands for."""
    if substance in ALLERGY_GROUPS:
        return frozenset({substance})
    known = MEDICINES.get(substance)
    return known.classes & (ALLERGY_CLASSES | {"sulfonamide_antibiotics"}) if known else frozenset()


def _allergy_title(allergy: KnownAllergy) -> Words:
    return Words(f"Allergy: {allergy.name.en}", f"Alergia: {allergy.name.es}")


def _allergy_checks(medicine: MedicineName, allergies: Iterable[KnownAllergy]) -> list[Check]:
    """Return one check for each allergy that has to do with the medicine: the worst of what it stands for."""
    found: dict[str, Check] = {}
    for allergy in allergies:
        check, said = _allergy_check(medicine, allergy), allergy.name.en
        if check is not None and (said not in found or (check.is_stop and not found[said].is_stop)):
            found[said] = check
    return list(found.values())


def _allergy_check(medicine: MedicineName, allergy: KnownAllergy) -> Check | None:
    classes, title = _classes_of(allergy.substance), _allergy_title(allergy)
    same = allergy.substance.split("@")[0] in medicine.ingredients
    shared = classes & medicine.classes
    if same or shared:
        why = (
            Words("It is what the patient is allergic to.", "Es a lo que el paciente es alérgico.")
            if same
            else _belongs(medicine, min(shared))
        )
        return Check("stop", "allergy", allergy.substance, title, why, "the chart")
    reached = [c for c in CROSSINGS if c.allergy in classes and c.medicine in medicine.classes]
    if not reached:
        return None
    worst = min(reached, key=lambda crossing: crossing.level != "stop")
    return Check(worst.level, "allergy", allergy.substance, title, worst.why, worst.source)


def _unchecked(
    medicine: MedicineName, allergies: Iterable[KnownAllergy], others: list[tuple[str, Words, MedicineName | None]]
) -> list[Check]:
    """Return what could not be held against the medicine, by name: the prescriber looks at it, since we cannot."""
    found = {}
    name = medicine.name
    for allergy in allergies:
        if not allergy.substance:
            title = Words(f"Allergy not checked: {allergy.name.en}", f"Alergia no comprobada: {allergy.name.es}")
            why = Words(
                f"We cannot tell which medicines this means. Look whether {name.en} is safe with it.",
                f"No podemos saber a qué medicinas se refiere. Mire si {name.es} es segura.",
            )
            found[title.en] = Check("warn", "unchecked_allergy", "unknown", title, why, "the chart")
    for _, said, other in others:
        if other is None and medicine.place not in _LOCAL:
            title = Words(f"Not checked: {said.en}", f"No comprobada: {said.es}")
            why = Words(
                f"We do not know all of this medicine. Look whether {name.en} goes with it.",
                f"No conocemos del todo esta medicina. Mire si {name.es} se puede tomar con ella.",
            )
            found[title.en] = Check("warn", "unchecked_medicine", "unknown", title, why, "the chart")
    return list(found.values())


def _belongs(medicine: MedicineName, group: str) -> Words:
    name = ALLERGY_GROUPS.get(group)
    if name is None:
        return Words("It belongs to the same group.", "Pertenece al mismo grupo.")
    return Words(
        f"{medicine.name.en} belongs to this group: {name.en.lower()}.",
        f"{medicine.name.es} pertenece a este grupo: {name.es.lower()}.",
    )


def _is_in(selector: str, medicine: MedicineName) -> bool:
    if selector.startswith("="):
        return selector[1:] in medicine.ingredients
    return selector in medicine.classes


#: Places from which too little reaches the blood to matter to another medicine.
_LOCAL = frozenset({"skin", "eye", "ear", "nose", "mouth", "vagina"})


def _interaction_checks(medicine: MedicineName, others: list[tuple[str, Words, MedicineName | None]]) -> list[Check]:
    found = []
    for key, name, other in others:
        if other is None or other.key == medicine.key or {medicine.place, other.place} & _LOCAL:
            continue
        hits = [
            pair
            for pair in INTERACTIONS
            if (_is_in(pair.one, medicine) and _is_in(pair.other, other))
            or (_is_in(pair.other, medicine) and _is_in(pair.one, other))
        ]
        if hits:
            worst = min(hits, key=lambda pair: pair.level != "stop")
            title = Words(f"With {name.en}", f"Con {name.es}")
            found.append(Check(worst.level, "interaction", medicine_key(key), title, worst.why, worst.source))
    return found


def _duplicate_checks(medicine: MedicineName, others: list[tuple[str, Words, MedicineName | None]]) -> list[Check]:
    found = []
    for key, name, other in others:
        if other is None:
            continue
        source = "WHO ATC groups"
        if other.ingredients & medicine.ingredients and not ({medicine.place, other.place} & _LOCAL):
            title = Words(f"Already taking {name.en}", f"Ya toma {name.es}")
            why = Words("The same medicine is in the chart.", "La misma medicina está en el expediente.")
            found.append(Check("warn", "duplicate", medicine_key(key), title, why, source))
            continue
        shared = sorted(DUPLICATE_CLASSES.keys() & medicine.classes & other.classes)
        if shared and not ({medicine.place, other.place} & _LOCAL):
            kind = DUPLICATE_CLASSES[shared[0]]
            title = Words(f"Already taking {name.en}", f"Ya toma {name.es}")
            why = Words(f"It is also a {kind.en}.", f"También es un tipo de {kind.es}.")
            found.append(Check("warn", "duplicate", medicine_key(key), title, why, source))
    return found


def _shown(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _dose_checks(order: Order) -> list[Check]:
    usual, unit = order.product.usual, order.product.unit
    found = []
    if not usual.low <= order.per_dose <= usual.high:
        least, most, given = _shown(usual.low), _shown(usual.high), _shown(order.per_dose)
        span = least if least == most else f"{least}–{most}"
        one = order.product.form.one if order.product.form.is_counted and given == "1" else unit
        why = Words(
            f"One dose is {given} {one.en}; usual for an adult is {span} {unit.en}.",
            f"Una dosis es {given} {one.es}; lo usual en un adulto es {span} {unit.es}.",
        )
        side = "low" if order.per_dose < usual.low else "high"
        title = Words(f"The dose is {side}", "La dosis es baja" if side == "low" else "La dosis es alta")
        found.append(Check("warn", "dose", side, title, why, "formulary"))
    if order.per_day > usual.day:
        why = Words(
            f"A day holds {_shown(order.per_day)} {unit.en}; the most for an adult is {_shown(usual.day)} {unit.en}.",
            f"Un día suma {_shown(order.per_day)} {unit.es}; lo más en un adulto es {_shown(usual.day)} {unit.es}.",
        )
        title = Words("The day's dose is high", "La dosis del día es alta")
        found.append(Check("warn", "day_dose", "high", title, why, "formulary"))
    return found


def instead_of(
    product: Product, *, allergies: Iterable[KnownAllergy], taking: Iterable[tuple[str, Words]]
) -> Product | None:
    """Return what is often used instead and meets no stop itself, or nothing."""
    known, now_taking = list(allergies), list(taking)
    for group in sorted(INSTEAD.keys() & product.medicine.classes):
        for key in INSTEAD[group]:
            other = PRODUCTS[key]
            order = Order(other, Decimal(1), FREQUENCIES[other.usual.frequency], None, 1, 0)
            if not any(check.is_stop for check in check_prescription(order, allergies=known, taking=now_taking)):
                return other
    return None

"""Stops and warnings, as docs/rules/prescribing.md tells them, and what must hold for every pair."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedside.kernel.ids import new_id
from bedside.orders.rules import KnownAllergy, Order, check_prescription, instead_of, known_allergies
from bedside.orders.terms.forms import FREQUENCIES
from bedside.orders.terms.formulary import PRODUCTS, find_products, product_named
from bedside.orders.terms.safety import CROSSINGS, DUPLICATE_CLASSES, INTERACTIONS
from bedside.record.reading import allergy_of
from bedside.record.terms.elsewhere import SYSTEMS
from bedside.record.terms.substances import MEDICINES, SUBSTANCES
from bedside.record.words import Words

from .tables import rows

ANY = Words("it", "eso")


def order_of(product):
    """An ordinary order: the middle of the usual dose, so that the dose itself never speaks."""
    chosen = PRODUCTS[product]
    often = FREQUENCIES["once"]
    return Order(chosen, chosen.usual.low / chosen.per_piece, often, None, 1, 0)


def answer(checks):
    return "stop" if any(check.is_stop for check in checks) else "warn" if checks else "clear"


@pytest.mark.parametrize(("allergy", "product", "expected"), rows("prescribing.md", "allergy"))
def test_the_table_of_allergies(allergy, product, expected):
    checks = check_prescription(order_of(product), allergies=[KnownAllergy(allergy, ANY)], taking=[])
    assert answer(checks) == expected


@pytest.mark.parametrize(("said", "product", "expected"), rows("prescribing.md", "came as"))
def test_the_table_of_allergies_that_came_from_elsewhere(said, product, expected):
    resource = {
        "resourceType": "AllergyIntolerance",
        "id": str(new_id()),
        "meta": {"versionId": "1", "lastUpdated": "2026-11-24T15:00:00Z"},
        "code": coded(said),
    }
    known = known_allergies([allergy_of(resource)])
    assert answer(check_prescription(order_of(product), allergies=known, taking=[])) == expected
    for over in ({"clinicalStatus": concept("resolved")}, {"verificationStatus": concept("refuted")}):
        assert known_allergies([allergy_of({**resource, **over})]) == []


def coded(said):
    """A concept as others write it: a code of one of their systems, or words."""
    system, _, code = said.partition(" ")
    url = SYSTEMS.get(system)
    return {"coding": [{"system": url, "code": code}]} if url else {"text": said}


def concept(code):
    return {"coding": [{"code": code}]}


@pytest.mark.parametrize(("taking", "product", "expected"), rows("prescribing.md", "taking"))
def test_the_table_of_medicines_together(taking, product, expected):
    checks = check_prescription(order_of(product), allergies=[], taking=[(taking, ANY)])
    assert answer(checks) == expected


@given(st.sampled_from(sorted(PRODUCTS)), st.sampled_from(sorted(PRODUCTS)))
def test_what_does_not_go_together_does_so_in_either_order(one, other):
    def stops(product, taking):
        return {
            c.kind for c in check_prescription(order_of(product), allergies=[], taking=[(taking, ANY)]) if c.is_stop
        }

    assert stops(one, other) == stops(other, one)


@given(st.sampled_from(sorted(PRODUCTS)))
def test_an_allergy_to_any_ingredient_always_stops(product):
    for ingredient in PRODUCTS[product].medicine.ingredients:
        checks = check_prescription(order_of(product), allergies=[KnownAllergy(ingredient, ANY)], taking=[])
        assert answer(checks) == "stop"


@given(st.sampled_from(sorted(PRODUCTS)), st.lists(st.sampled_from(sorted(SUBSTANCES)), max_size=4))
def test_more_allergies_never_mean_fewer_stops(product, allergies):
    known = [KnownAllergy(key, ANY) for key in allergies]
    for count in range(len(known)):
        few = {c.code for c in check_prescription(order_of(product), allergies=known[:count], taking=[])}
        more = {c.code for c in check_prescription(order_of(product), allergies=known[: count + 1], taking=[])}
        assert few <= more


def test_every_selector_of_the_tables_reaches_a_medicine():
    classes = {name for medicine in MEDICINES.values() for name in medicine.classes}
    ingredients = {name for medicine in MEDICINES.values() for name in medicine.ingredients}
    named = [s for pair in INTERACTIONS for s in (pair.one, pair.other)]
    named += [s for crossing in CROSSINGS for s in (crossing.allergy, crossing.medicine)] + list(DUPLICATE_CLASSES)
    assert [s for s in named if not (s[1:] in ingredients if s.startswith("=") else s in classes)] == []


@pytest.mark.parametrize(
    "pair", [pair for pair in INTERACTIONS if pair.level == "stop"], ids=lambda p: f"{p.one}+{p.other}"
)
def test_every_severe_pair_fires(pair):
    """Source: requirement EHR-16, seeded severe pairs all fire."""

    def member(selector):
        return [
            p
            for p in PRODUCTS.values()
            if not p.medicine.place
            and (selector[1:] in p.medicine.ingredients if selector.startswith("=") else selector in p.medicine.classes)
        ]

    one = member(pair.one)[0]
    other = next(p for p in member(pair.other) if p.medicine.key != one.medicine.key)
    checks = check_prescription(order_of(one.key), allergies=[], taking=[(other.key, ANY)])
    assert [c.level for c in checks if c.kind == "interaction"] == ["stop"]


def test_something_else_is_offered_only_when_it_meets_no_stop_itself():
    product = PRODUCTS["amoxicillin+clavulanate:tablet:875/125mg"]
    penicillin = KnownAllergy("penicillins", ANY)
    assert instead_of(product, allergies=[penicillin], taking=[]).key == "doxycycline:capsule:100mg"
    both = [penicillin, KnownAllergy("tetracyclines", ANY)]
    assert instead_of(product, allergies=both, taking=[]).key == "azithromycin:tablet:250mg"
    assert instead_of(product, allergies=both, taking=[("citalopram", ANY)]) is None


@pytest.mark.parametrize(
    ("typed", "first"),
    [("amox clav 875", "amoxicillin+clavulanate:tablet:875/125mg"), ("ibuprofeno 400", "ibuprofen:tablet:400mg"),
     ("doxi", "doxycycline:capsule:50mg"), ("LISINOPRIL 10", "lisinopril:tablet:10mg")],
)  # fmt: skip
def test_a_medicine_is_found_in_either_language(typed, first):
    assert find_products(typed)[0].key == first


@pytest.mark.parametrize("typed", ["", "a", "zzzz", "%", "x" * 10_000, "🤧"])
def test_odd_words_find_no_medicine(typed):
    assert find_products(typed) == []
    assert product_named(typed) is None


@pytest.mark.slow
def test_every_product_is_found_by_its_own_name():
    assert [p.key for p in PRODUCTS.values() if product_named(p.name.en) is None] == []


def test_the_formulary_makes_sense():
    for product in PRODUCTS.values():
        usual = product.usual
        assert Decimal(0) < usual.low <= usual.high, product.key
        assert usual.frequency in FREQUENCIES, product.key
        assert product.per_piece > 0

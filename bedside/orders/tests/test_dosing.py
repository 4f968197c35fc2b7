"""Doses, quantities and the sentence the patient reads, as docs/rules/dosing.md tells them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedside.kernel.errors import Refusal
from bedside.orders.rules import (
    DaysImpossible,
    DoseImpossible,
    QuantityImpossible,
    RefillsImpossible,
    check_prescription,
    make_order,
)
from bedside.orders.sig import sig_of, supply_of
from bedside.orders.terms.forms import FREQUENCIES
from bedside.orders.terms.formulary import PRODUCTS

from .tables import rows


@pytest.mark.parametrize(
    ("product", "amount", "often", "days", "needed", "answer", "english", "spanish"), rows("dosing.md", "product")
)
def test_the_table_of_doses(product, amount, often, days, needed, answer, english, spanish):
    typed = {
        "product": product,
        "amount": Decimal(amount),
        "frequency": often,
        "days": int(days) if days else None,
        "quantity": None,
        "refills": 0,
        "as_needed": needed,
    }
    if answer == "refuse":
        with pytest.raises(Refusal):
            make_order(**typed)
        return
    order = make_order(**typed)
    assert sig_of(order).en == english
    assert sig_of(order).es == spanish
    checks = check_prescription(order, allergies=[], taking=[])
    assert ("warn" if checks else "clear") == answer
    assert not any(check.is_stop for check in checks)


def order(**spoil):
    typed = {
        "product": "lisinopril:tablet:10mg", "amount": Decimal(1), "frequency": "daily", "days": 30, "quantity": None,
        "refills": 0,
    }  # fmt: skip
    return make_order(**typed | spoil)


@pytest.mark.parametrize(
    ("spoil", "refusal"),
    [
        ({"quantity": 0}, QuantityImpossible),
        ({"quantity": -3}, QuantityImpossible),
        ({"quantity": 10**9}, QuantityImpossible),
        ({"refills": -1}, RefillsImpossible),
        ({"refills": 12}, RefillsImpossible),
        ({"days": -5}, DaysImpossible),
        ({"amount": Decimal("Infinity")}, DoseImpossible),
        ({"amount": Decimal("1e30")}, DoseImpossible),
    ],
)
def test_numbers_that_make_no_sense_are_refused(spoil, refusal):
    with pytest.raises(refusal):
        order(**spoil)


@pytest.mark.parametrize(
    ("product", "amount", "often", "days", "supply"),
    [
        ("doxycycline:capsule:100mg", 1, "bid", 5, "10 capsules"),
        ("lisinopril:tablet:10mg", Decimal("0.5"), "daily", 5, "3 tablets"),
        ("amoxicillin:liquid:250mg/5mL", 10, "tid", 7, "210 mL"),
        ("hydrocortisone@skin:cream:1%", 1, "bid", 7, "1 tube"),
        ("alendronate:tablet:70mg", 1, "weekly", 28, "4 tablets"),
        ("fluconazole:tablet:150mg", 1, "once", 1, "1 tablet"),
    ],
)
def test_the_quantity_is_worked_out_when_nobody_types_it(product, amount, often, days, supply):
    written = order(product=product, amount=Decimal(amount), frequency=often, days=days)
    assert supply_of(written).en == supply


@given(
    st.sampled_from(sorted(PRODUCTS)),
    st.decimals(min_value=-100, max_value=2000, places=2),
    st.sampled_from(sorted(FREQUENCIES)),
    st.one_of(st.none(), st.integers(-10, 500)),
    st.integers(-5, 20),
)
def test_whatever_is_typed_is_refused_or_makes_a_sentence_in_both_languages(product, amount, often, days, refills):
    try:
        written = make_order(product=product, amount=amount, frequency=often, days=days, quantity=None, refills=refills)
    except Refusal:
        return
    assert written.amount > 0
    assert written.quantity >= 1
    for text in (sig_of(written).en, sig_of(written).es, supply_of(written).es):
        assert text
        assert "  " not in text
        assert "None" not in text


@given(st.sampled_from(sorted(PRODUCTS)), st.sampled_from(["0.25", "0.5", "1", "2", "3", "5"]))
def test_outside_the_usual_range_always_speaks(product, amount):
    try:
        written = make_order(
            product=product, amount=Decimal(amount), frequency="once", days=None, quantity=None, refills=0
        )
    except Refusal:
        return
    usual = written.product.usual
    kinds = {check.kind for check in check_prescription(written, allergies=[], taking=[])}
    assert ("dose" in kinds) == (not usual.low <= written.per_dose <= usual.high)

"""Shape and wording of a prescription as it is typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from bedside.kernel.ids import new_id
from bedside.record.terms import LONGEST_LINE, LONGEST_NAME

from .terms import LONGEST_REASON
from .terms.forms import AS_NEEDED, FREQUENCIES
from .terms.formulary import Product


def _often() -> list[tuple[str, str]]:
    return [(key, often.words.told(get_language() or "en")) for key, often in FREQUENCIES.items()]


def _needed() -> list[tuple[str, str]]:
    language = get_language() or "en"
    return [("", "–"), *((key, words.told(language)) for key, words in AS_NEEDED.items())]


class PrescriptionForm(forms.Form):
    """One prescription. Numbers are checked by the rules, which say what is wrong with them."""

    product = forms.CharField(widget=forms.HiddenInput, max_length=LONGEST_NAME)
    prescription_id = forms.UUIDField(widget=forms.HiddenInput)
    amount = forms.CharField(label=_("Dose"), max_length=12)
    frequency = forms.ChoiceField(label=_("How often"), choices=_often)
    days = forms.IntegerField(label=_("Days"), required=False)
    as_needed = forms.ChoiceField(label=_("When needed"), choices=_needed, required=False)
    quantity = forms.IntegerField(label=_("Quantity"), required=False)
    refills = forms.IntegerField(label=_("Refills"), required=False)
    instructions = forms.CharField(label=_("Other words for the patient"), max_length=LONGEST_LINE, required=False)
    pharmacy = forms.CharField(label=_("Pharmacy"), max_length=LONGEST_NAME, required=False)
    override_reason = forms.CharField(
        label=_("Why you prescribe it all the same"),
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    has_seen_warnings = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean_refills(self) -> int:
        """No refills when the box is left empty."""
        return self.cleaned_data["refills"] or 0

    @classmethod
    def for_product(cls, product: Product) -> PrescriptionForm:
        """Return the form with what is usual for a product filled in."""
        return cls(initial=usual(product))


def usual(product: Product) -> dict[str, Any]:
    """Return the usual answers for a product: its dose, how often, and a fresh id that makes sending twice harmless."""
    use = product.usual
    amount = use.low / product.per_piece
    return {
        "product": product.key,
        "prescription_id": new_id(),
        "amount": f"{amount:f}" if amount > 1 and amount == amount.to_integral_value() else "1",
        "frequency": use.frequency,
        "as_needed": use.as_needed,
        "refills": 0,
    }

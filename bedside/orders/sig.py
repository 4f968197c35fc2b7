"""How a medicine is taken, as one sentence in plain words, in English and in Spanish. Pure."""

from __future__ import annotations

from decimal import Decimal

from bedside.record.words import Words

from .rules import Order
from .terms.forms import AS_NEEDED

_PARTS = {Decimal("0.25"): "¼", Decimal("0.5"): "½", Decimal("0.75"): "¾"}


def amount_text(amount: Decimal) -> str:
    """Return an amount as people read it: 1, ½, 1½, 2.4."""
    whole, part = divmod(amount, 1)
    if part == 0:
        return f"{int(whole)}"
    if part in _PARTS:
        return f"{int(whole) if whole else ''}{_PARTS[part]}"
    return f"{amount.normalize():f}"


def sig_of(order: Order) -> Words:
    """Return the sentence: Take 1 capsule by mouth twice a day for 5 days."""
    return Words(_told(order, "en"), _told(order, "es"))


def _told(order: Order, language: str) -> str:
    form = order.product.form
    amount = amount_text(order.amount)
    noun = (form.one if order.amount <= 1 else form.many).told(language)
    if language == "es" and form.one.es.endswith("a") and order.amount == Decimal("0.5"):
        amount = "media"
    parts = [
        form.take.told(language),
        f"{amount} {noun}",
        form.where.told(language),
        order.frequency.words.told(language),
    ]
    if order.days and order.frequency.key != "once":
        parts.append(_for_days(order.days, language))
    told = " ".join(part for part in parts if part)
    if not order.as_needed:
        return told
    when = {"en": "when needed", "es": "si lo necesita"}[language]
    return f"{told}, {when} {AS_NEEDED[order.as_needed].told(language)}"


def _for_days(days: int, language: str) -> str:
    if language == "es":
        return f"por {days} {'día' if days == 1 else 'días'}"
    return f"for {days} {'day' if days == 1 else 'days'}"


def supply_of(order: Order) -> Words:
    """Return what the pharmacy hands out: 10 capsules, 1 tube."""
    form = order.product.form
    if form.package is not None:
        one, many = form.package, Words(f"{form.package.en}s", f"{form.package.es}s")
        if form.package.en == "patch":
            many = form.many
    else:
        one, many = form.one, form.many
    noun = one if order.quantity == 1 else many
    return Words(f"{order.quantity} {noun.en}", f"{order.quantity} {noun.es}")

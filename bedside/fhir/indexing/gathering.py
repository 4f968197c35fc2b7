"""How a value is put among the entries: one small function for each parameter and type, made once."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any
from uuid import UUID

from bedside.fhir.paths import literal_reference
from bedside.fhir.paths.code import Surroundings

from .amounts import Amount, amounts_of, numbers_of
from .dates import Span, hull, span_of
from .entries import DateEntry, Entries, NumberEntry, StringEntry
from .keys import param_key, param_number, patient_uuid, reference_key, token_key
from .own import OwnAddresses
from .texts import texts_of
from .tokens import pairs_of, reference_text, typed_identifiers, urls_of
from .values import norm
from .words import canonical_code, identifier_code, of_type_code, of_type_words, token_words


class Gathering:
    """What has been found in one document so far."""

    __slots__ = ("around", "entries", "own", "tokens")

    def __init__(self, document: dict[str, Any], own: OwnAddresses) -> None:
        """Begin with nothing. Shape: what refers to our `own` addresses refers to a resource here."""
        self.entries = Entries()
        self.tokens = self.entries.tokens
        self.around = Surroundings(document, document, document)
        self.own = own


Put = Callable[[Any, Gathering], None]


def token_put(kind: str, code: str, type: str | None) -> Put:
    """Return what puts a token among the entries."""
    is_there = token_key(kind, code, "")

    @lru_cache(maxsize=2_000)
    def keys(system: str | None, value: str | None) -> tuple[int, ...]:
        return (is_there, *(token_key(kind, code, words) for words in token_words(system, value)))

    def put_concept(value: Any, found: Gathering) -> None:
        if value.__class__ is not dict:
            return
        tokens = found.tokens
        tokens.append(is_there)
        codings = value.get("coding")
        if codings.__class__ is list:
            for coding in codings:
                if coding.__class__ is dict:
                    system, own = coding.get("system"), coding.get("code")
                    if own.__class__ is str and (system.__class__ is str or system is None):
                        tokens.extend(keys(system, own))
                    else:
                        put_odd(coding, found)

    def put_odd(coding: Any, found: Gathering) -> None:
        for system, own in pairs_of(coding, "Coding"):
            found.tokens.extend(keys(system, own))

    def put_identifier(value: Any, found: Gathering) -> None:
        put_plain(value, found)
        for system, own, number in typed_identifiers(value):
            words = of_type_words(system, own, number)
            found.tokens.append(token_key(kind, of_type_code(code), words))

    def put_plain(value: Any, found: Gathering) -> None:
        if value.__class__ is dict:
            found.tokens.append(is_there)
        for system, own in pairs_of(value, type):
            found.tokens.extend(keys(system, own))

    return {"CodeableConcept": put_concept, "Identifier": put_identifier}.get(type or "", put_plain)


def reference_put(kind: str, code: str, in_compartment: bool) -> Put:
    """Return what puts a reference among the entries, and the patient it names where that decides the chart."""
    is_there, mixed = token_key(kind, code, ""), param_key(kind, code)

    @lru_cache(maxsize=5_000)
    def keys(text: str) -> tuple[tuple[int, ...], UUID | None]:
        literal = literal_reference(text)
        if literal is not None and not literal.base:
            patient = patient_uuid(literal.id) if in_compartment and literal.kind == "Patient" else None
            return (is_there, reference_key(literal.kind, literal.id) ^ mixed), patient
        if not text or text[0] == "#":
            return (is_there,), None
        return (is_there, *(token_key(kind, code, url) for url in urls_of(text))), None

    def put(value: Any, found: Gathering) -> None:
        tokens, patient = keys(found.own.local(reference_text(value)))
        found.tokens.extend(tokens)
        if patient is not None and patient not in found.entries.patient_ids:
            found.entries.patient_ids.append(patient)
        identifier = value.get("identifier") if value.__class__ is dict else None
        if identifier.__class__ is dict and "resourceType" not in value:
            for system, own in pairs_of(identifier, "Identifier"):
                for words in token_words(system, own):
                    found.tokens.append(token_key(kind, identifier_code(code), words))

    return put


def uri_put(kind: str, code: str) -> Put:
    """Return what puts a uri among the entries: whole, without its version, and to be found by how it begins."""
    is_there, number = token_key(kind, code, ""), param_number(kind, code)
    is_text = not code.startswith("_")

    def put(value: Any, found: Gathering) -> None:
        if value.__class__ is not str or not value:
            return
        found.tokens.append(is_there)
        found.tokens.extend([token_key(kind, code, url) for url in urls_of(value)])
        if is_text:
            found.entries.strings.append(StringEntry(number, value, value))

    return put


def string_put(kind: str, code: str, type: str | None) -> Put:
    """Return what puts a string, a name or an address among the entries."""
    number = param_number(kind, code)

    def put(value: Any, found: Gathering) -> None:
        for text in texts_of(value, type):
            folded = norm(text)
            if folded:
                found.entries.strings.append(StringEntry(number, folded, text))

    return put


def date_put(kind: str, code: str, type: str | None, is_chief: bool) -> Put:
    """Return what puts a date among the entries, or into the row itself when it is the type's chief date."""
    number = param_number(kind, code)

    def put(value: Any, found: Gathering) -> None:
        span = span_of(value, type)
        if span is not None:
            found.entries.dates.append(DateEntry(number, span[0], span[1]))

    def put_chief(value: Any, found: Gathering) -> None:
        span = span_of(value, type)
        if span is None:
            return
        entries = found.entries
        if entries.at_from is not None or entries.at_to is not None:
            before: Span = (entries.at_from, entries.at_to)
            span = hull([before, span]) or span
        entries.at_from, entries.at_to = span

    return put_chief if is_chief else put


def number_put(kind: str, code: str) -> Put:
    """Return what puts a number or a range of numbers among the entries."""
    number = param_number(kind, code)

    def put(value: Any, found: Gathering) -> None:
        found.entries.numbers.extend([NumberEntry(number, low, high) for low, high in numbers_of(value)])

    return put


def quantity_put(kind: str, code: str, type: str | None) -> Put:
    """Return what puts a quantity among the entries: as it is written, and in base units."""
    entries_of = quantity_entries(kind, code)

    def put(value: Any, found: Gathering) -> None:
        for amount in amounts_of(value, type):
            found.entries.numbers.extend(entries_of(amount, None))

    return put


def quantity_entries(kind: str, code: str) -> Callable[[Amount, int | None], list[NumberEntry]]:
    """Return what makes the entries of one amount, beside the key of a composite's other part."""
    number, base_number = param_number(kind, code), param_number(kind, canonical_code(code))

    def entries(amount: Amount, with_key: int | None) -> list[NumberEntry]:
        found = []
        ends, base = amount.ends(), amount.canonical()
        if ends:
            unit = token_key(kind, code, amount.unit) if amount.unit else None
            found.append(NumberEntry(number, *ends, unit, with_key))
        if base:
            low, high, words = base
            unit = token_key(kind, canonical_code(code), words)
            found.append(NumberEntry(base_number, low, high, unit, with_key))
        return found

    return entries

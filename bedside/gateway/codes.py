"""The codes behind a search's `:in`, `:not-in`, `:above` and `:below`, as `bedside.fhir.terminology` knows them."""

from __future__ import annotations

from itertools import islice
from typing import Literal

from bedside.fhir.asking import Steps
from bedside.fhir.terminology import searching
from bedside.fhir.terminology.faults import TerminologyMissing

Codes = list[tuple[str, str]]


class KnownCodes:
    """What is known of codes, as searches ask it."""

    def codes_in(self, value_set: str, most: int) -> Steps[Codes | None]:
        """Return the codes of a value set, None when it is not known here."""
        try:
            found = yield from searching.codes_of_value_set(value_set)
        except TerminologyMissing:
            return None
        return list(islice(found, most + 1))

    def codes_around(
        self, relation: Literal["above", "below"], system: str, code: str, most: int
    ) -> Steps[Codes | None]:
        """Return a code and those above it, or below it; None when their system is not known here."""
        around = searching.ancestors if relation == "above" else searching.descendants
        try:
            found = yield from around(system, code)
        except TerminologyMissing:
            return None
        return list(islice(found, most + 1))


CODES = KnownCodes()

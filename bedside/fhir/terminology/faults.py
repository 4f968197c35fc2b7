"""What terminology answers when it cannot: each with the words that say why and what to do."""

from __future__ import annotations

from bedside.fhir.faults import DocumentRefused, Fault
from bedside.kernel.errors import NotFound


class TerminologyMissing(NotFound):
    """That code, code system, value set or map is not known here."""

    def __init__(self, words: str) -> None:
        """Keep what is missing, in words for whoever asked."""
        self.words = words
        self.faults = [Fault(path="", code="not-found", words=words)]
        super().__init__()


def refused(code: str, words: str, path: str = "") -> DocumentRefused:
    """Return a refusal of what was asked. Shape: `code` is an issue type of R4 such as "too-costly"."""
    return DocumentRefused([Fault(path=path, code=code, words=words)])


def system_missing(url: str, version: str = "") -> TerminologyMissing:
    """Return the refusal for a code system that is not here."""
    which = f"version {version} of the code system {url}" if version else f"the code system {url}"
    hint = " Its content belongs to its licensees and can be loaded: docs/how-to/load-a-terminology-pack.md."
    return TerminologyMissing(f"Bedside does not hold {which}.{hint if url in LOADABLE else ''}")


def too_costly(what: str) -> DocumentRefused:
    """Return the refusal of an answer that would be too long to be of use."""
    return refused("too-costly", f"{what} Ask for a part of it: give a filter, or a narrower value set.")


SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
LOADABLE = frozenset({SNOMED, LOINC, RXNORM, ICD_10_CM})

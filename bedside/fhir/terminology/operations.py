"""The operations of R4's terminology service, each from Parameters to a document.

    document = answer(operate("ValueSet", "$expand", parameters, now=now))

Source: FHIR R4 4.0.1, 4.7 (terminology service).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bedside.fhir.asking import Steps

from . import checking, expanding, looking, translating
from .checking import Coding
from .faults import TerminologyMissing, refused
from .held import HeldSystem
from .parameters import Given
from .sent import check_sent
from .systems import find_maps, get_value_set

Document = dict[str, Any]
Operation = Callable[[Given, datetime], Steps[Document]]


def _value_set(given: Given) -> Steps[Document]:
    """Return the value set that was sent along, or the one with the url that was named."""
    sent = given.document("valueSet")
    if sent is not None:
        check_sent(sent, "ValueSet")
        return sent
    version = given.text("valueSetVersion")
    return (yield from get_value_set(given.required("url") + (f"|{version}" if version else "")))


def _expand(given: Given, now: datetime) -> Steps[Document]:
    value_set = yield from _value_set(given)
    asked = expanding.ExpandRequest(
        text=given.text("filter"),
        offset=given.number("offset") or 0,
        count=given.number("count"),
        language=given.text("displayLanguage"),
        is_active_only=given.flag("activeOnly"),
        with_designations=given.flag("includeDesignations"),
        with_definition=given.flag("includeDefinition"),
    )
    return (yield from expanding.expand(value_set, asked, now=now))


def _validate_in_value_set(given: Given, now: datetime) -> Steps[Document]:
    value_set = yield from _value_set(given)
    verdict = yield from checking.any_in_value_set(
        value_set,
        given.codings(),
        language=given.text("displayLanguage"),
        allow_abstract=given.flag("abstract", default=False),
    )
    return verdict.as_parameters()


def _validate_in_system(given: Given, now: datetime) -> Steps[Document]:
    sent = given.document("codeSystem")
    if sent is not None:
        check_sent(sent, "CodeSystem")
    url = given.text("url") or (sent or {}).get("url", "")
    codings = [one if one.system else Coding(url, one.code, one.display, one.version) for one in given.codings()]
    if any(url and one.system != url for one in codings):
        return checking.Verdict(False, f"The code is of another code system than {url}.").as_parameters()
    if not all(one.system for one in codings):
        raise refused("required", "$validate-code needs “url”, the code system.", "Parameters.parameter")
    verdict = yield from checking.any_in_system(
        codings, sent=HeldSystem(sent) if sent else None, language=given.text("displayLanguage")
    )
    return verdict.as_parameters()


def _look_up(given: Given, now: datetime) -> Steps[Document]:
    coding = given.coding("coding") or Coding(
        given.required("system"), given.required("code"), "", given.text("version")
    )
    return (
        yield from looking.look_up(
            coding.system,
            coding.code,
            version=coding.version,
            language=given.text("displayLanguage"),
            properties=given.texts("property"),
        )
    )


def _subsumes(given: Given, now: datetime) -> Steps[Document]:
    first = given.coding("codingA") or Coding(given.required("system"), given.required("codeA"))
    second = given.coding("codingB") or Coding(given.required("system"), given.required("codeB"))
    if first.system != second.system:
        raise refused("invalid", "Only codes of one code system stand above and below each other.")
    version = given.text("version") or first.version
    return (yield from looking.subsumes(first.system, first.code, second.code, version=version))


def _translate(given: Given, now: datetime) -> Steps[Document]:
    sent = given.document("conceptMap")
    maps = []
    if sent is not None:
        check_sent(sent, "ConceptMap")
        maps = [sent]
    else:
        url, version = given.text("url"), given.text("conceptMapVersion")
        source, target = given.text("source"), given.text("target")
        if not (url or source or target):
            raise refused("required", "$translate needs the “url” of a map, or the “source” or “target” value set.")
        maps = yield from find_maps(url=url + (f"|{version}" if url and version else ""), source=source, target=target)
        if url and not maps:
            raise TerminologyMissing(f"Bedside does not hold the map {url}.")
    return translating.translate(
        maps,
        given.codings(),
        target_system=given.text("targetsystem"),
        reverse=given.flag("reverse"),
        depends_on=given.pairs("dependency"),
    )


_CODES = ("code", "system", "display", "coding", "codeableConcept")

#: Every operation with what it takes. Source: FHIR R4 4.0.1, the operation definitions.
OPERATIONS: Mapping[tuple[str, str], tuple[Operation, frozenset[str]]] = {
    ("ValueSet", "$expand"): (
        _expand,
        frozenset({"url", "valueSet", "valueSetVersion", "filter", "offset", "count", "displayLanguage", "activeOnly",
                   "includeDesignations", "includeDefinition", "excludeNested", "excludeNotForUI",
                   "excludePostCoordinated"}),
    ),
    ("ValueSet", "$validate-code"): (
        _validate_in_value_set,
        frozenset({"url", "valueSet", "valueSetVersion", "systemVersion", "abstract", "displayLanguage", *_CODES}),
    ),
    ("CodeSystem", "$validate-code"): (
        _validate_in_system,
        frozenset({"url", "codeSystem", "version", "abstract", "displayLanguage", *_CODES}),
    ),
    ("CodeSystem", "$lookup"): (
        _look_up,
        frozenset({"code", "system", "version", "coding", "displayLanguage", "property"}),
    ),
    ("CodeSystem", "$subsumes"): (
        _subsumes,
        frozenset({"codeA", "codeB", "system", "version", "codingA", "codingB"}),
    ),
    ("ConceptMap", "$translate"): (
        _translate,
        frozenset({"url", "conceptMap", "conceptMapVersion", "source", "target", "targetsystem", "version",
                   "dependency", "reverse", *_CODES}),
    ),
}  # fmt: skip


def operate(kind: str, name: str, parameters: Mapping[str, Any], *, now: datetime) -> Steps[Document]:
    """Do an operation on codes and return what it answers.

    Shape: `parameters` is a Parameters document; for a ValueSet, CodeSystem or ConceptMap kept here by its id, put the
    document in as `valueSet`, `codeSystem` or `conceptMap`. The flat expansion is what excludeNested asks for.
    Raises: DocumentRefused; TerminologyMissing; KeyError for an operation that is not in OPERATIONS.
    """
    do, known = OPERATIONS[(kind, name)]
    return (yield from do(Given(name, parameters, known), now))

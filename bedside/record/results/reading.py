"""Reads results from FHIR documents: ours, and those that others wrote, which may say less. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from bedside.fhir.terms import LOINC
from bedside.record.pieces import Document, coding_of, first_of, instant_of, named, version_of
from bedside.record.terms.lab_tests import LAB_TESTS
from bedside.record.terms.results import FLAGS, KINDS, SEVERITY
from bedside.record.words import Words

from .facts import Report, Result
from .ranges import Whom, fitting, standing
from .values import value_of

#: The comment on a report, which R4 knows only as an extension. Source: FHIR R5 5.0.0, DiagnosticReport.note.
REPORT_NOTE = "http://hl7.org/fhir/5.0/StructureDefinition/extension-DiagnosticReport.note"
#: Panels within panels end here. Source: our own limit.
DEEPEST = 4


def results_of(documents: Mapping[str, Sequence[Document]], whom: Whom) -> tuple[Report, ...]:
    """Return a patient's results, newest first: every report, and every laboratory value that came without one.

    Shape: `documents` are the DiagnosticReport and Observation of one patient, by type.
    """
    observations = {one["id"]: one for one in documents.get("Observation", ())}
    used: set[str] = set()
    reports = [_report(one, observations, whom, used) for one in documents.get("DiagnosticReport", ())]
    left = {key: one for key, one in observations.items() if key not in used and is_result(one)}
    members = {key for one in left.values() for key in _members(one)}
    reports += [_alone(one, observations, whom, used) for key, one in left.items() if key not in members]
    # What is a member of nothing that is shown (two panels in one another) still stands alone: nothing is lost.
    reports += [_alone(one, observations, whom, used) for key, one in left.items() if key not in used]
    return tuple(sorted(reports, key=lambda report: (report.at, report.id), reverse=True))


def is_result(observation: Document) -> bool:
    """Say whether an Observation is a result that came from outside the visit, not what someone here measured.

    Why: a value that the patient or their clinician wrote down was seen by whoever wrote it.
    """
    if kind_of(observation.get("category")) == "":
        return False
    performers = observation.get("performer") or []
    by_people = [str(one.get("reference", "")).startswith(("Patient/", "Practitioner/")) for one in performers]
    return not (by_people and all(by_people))


def kind_of(categories: Any) -> str:
    """Return which kind of test categories name: laboratory, pathology, imaging, genetic, or "" for none of them."""
    codes = [str(c.get("code", "")) for one in _all(categories) for c in one.get("coding", ())]
    known = [KINDS[code] for code in codes if code in KINDS]
    special = next((kind for kind in known if kind != "laboratory"), "")
    return special or ("laboratory" if known or {"laboratory", "LAB"} & set(codes) else "")


def _all(holder: Any) -> list[Document]:
    if holder is None:
        return []
    found = holder if isinstance(holder, list) else [holder]
    return [one for one in found if isinstance(one, dict)]


def _links(holders: Any, kind: str) -> list[str]:
    links = (str(one.get("reference", "")) for one in _all(holders))
    return [link.rsplit("/", 1)[-1] for link in links if f"{kind}/" in link and not link.startswith("#")]


def _members(observation: Document) -> list[str]:
    return _links(observation.get("hasMember"), "Observation")


def _report(one: Document, observations: Mapping[str, Document], whom: Whom, used: set[str]) -> Report:
    links = _links(one.get("result"), "Observation")
    inside = {f"#{held.get('id')}": held for held in _all(one.get("contained"))}
    parts = [observations[key] for key in links if key in observations]
    parts += [inside[ref] for held in _all(one.get("result")) if (ref := str(held.get("reference"))) in inside]
    whole = list(_unfolded(parts, observations, DEEPEST))
    used.update(part["id"] for part in whole if "id" in part)
    kind, test = kind_of(one.get("category")) or "laboratory", _test(one.get("code"))
    return Report(
        id=one["id"],
        kind="DiagnosticReport",
        version=version_of(one),
        name=test.name,
        code=test.code,
        category=kind,
        status=str(one.get("status", "unknown")),
        at=_when(one),
        issued_at=instant_of(one["issued"]) if one.get("issued") else None,
        stored_at=instant_of(one["meta"]["lastUpdated"]),
        laboratory=_performer(one),
        orderers=tuple(_orderers(one)),
        ordered_by=_ordered_by(one),
        read=partial(_read_all, whole, one, whom),
        conclusion=str(one.get("conclusion", "")),
        comment=_report_note(one),
        missing=sum(key not in observations for key in links),
        forms=len(_all(one.get("presentedForm"))),
    )


def _alone(one: Document, observations: Mapping[str, Document], whom: Whom, used: set[str]) -> Report:
    whole = list(_unfolded([one], observations, DEEPEST))
    used.update(part["id"] for part in whole)
    test = _test(one.get("code"))
    return Report(
        id=one["id"],
        kind="Observation",
        version=version_of(one),
        name=test.name,
        code=test.code,
        category=kind_of(one.get("category")) or "laboratory",
        status=str(one.get("status", "unknown")),
        at=_when(one),
        issued_at=instant_of(one["issued"]) if one.get("issued") else None,
        stored_at=instant_of(one["meta"]["lastUpdated"]),
        laboratory=_performer(one),
        orderers=tuple(_orderers(one)),
        ordered_by=_ordered_by(one),
        read=partial(_read_all, whole, one, whom),
    )


def _unfolded(parts: Iterable[Document], observations: Mapping[str, Document], depth: int) -> Iterator[Document]:
    """Yield observations and, after a panel that has no value of its own, its members. Each once."""
    seen: set[str] = set()
    for part in parts:
        members = [observations[key] for key in _members(part) if key in observations] if depth else []
        group = [part, *_unfolded(members, observations, depth - 1)]
        for one in group:
            key = str(one.get("id"))
            if key not in seen:
                seen.add(key)
                yield one


def _orderers(one: Document) -> Iterator[str]:
    """Yield who ordered it, as ids of Practitioner, and the orders it answers, as ServiceRequest/id."""
    for held in _orders(one):
        yield from _links(held.get("requester"), "Practitioner")
        yield from (f"ServiceRequest/{n['value']}" for n in _all(held.get("identifier")) if n.get("value"))
    for link in _links(one.get("basedOn"), "ServiceRequest"):
        yield f"ServiceRequest/{link}"


def _orders(one: Document) -> list[Document]:
    return [held for held in _all(one.get("contained")) if held.get("resourceType") == "ServiceRequest"]


def _ordered_by(one: Document) -> str:
    """Return the name of who ordered it, as the laboratory writes it."""
    return next((name for held in _orders(one) if (name := first_of(held.get("requester")).get("display"))), "")


def _report_note(one: Document) -> str:
    notes = (ext.get("valueAnnotation", {}) for ext in _all(one.get("extension")) if ext.get("url") == REPORT_NOTE)
    return "\n".join(str(note.get("text", "")) for note in notes)


def _when(one: Document) -> datetime:
    period = one.get("effectivePeriod") or {}
    said = (one.get("effectiveDateTime"), one.get("effectiveInstant"), period.get("start"), period.get("end"))
    return instant_of(*said, one.get("issued"), one.get("meta", {}).get("lastUpdated"))


@dataclass(frozen=True, slots=True)
class _Test:
    """What a concept says: its LOINC code, what values of one test have in common, our name for it and its own."""

    code: str
    key: str
    name: Words
    lab_name: str


def _test(concept: Any) -> _Test:
    """Read which test a concept is. What many values of a chart share is worked out once."""
    concept = first_of(concept)
    if "_text" in concept:
        return _told(concept)
    codings = [(c.get("system"), c.get("code"), c.get("display")) for c in _all(concept.get("coding"))]
    return _known(concept.get("text"), tuple(codings))


@lru_cache(maxsize=4_000)
def _known(text: str | None, codings: tuple[tuple[str | None, str | None, str | None], ...]) -> _Test:
    named = [dict(zip(("system", "code", "display"), one, strict=True)) for one in codings]
    concept = {"coding": [{name: said for name, said in one.items() if said is not None} for one in named]}
    return _told({**concept, "text": text} if text is not None else concept)


def _told(concept: Document) -> _Test:
    code = str(coding_of(concept, LOINC).get("code", ""))
    own, known, first = named(concept), LAB_TESTS.get(code), coding_of(concept)
    other = f"{first.get('system', '')}|{first['code']}" if first.get("code") else own.en.casefold()
    return _Test(code, code or other, known.name if known else own, own.en)


def _read_all(parts: Sequence[Document], report: Document, whom: Whom) -> tuple[Result, ...]:
    return tuple(result for part in parts for result in _read(part, report, whom))


def _read(one: Document, report: Document, whom: Whom) -> Iterator[Result]:
    """Yield the result an Observation is, or one for each of its components; a bare panel yields none."""
    own = value_of(one)
    components = _all(one.get("component"))
    is_bare = own.kind == "none" and (components or _members(one))
    if not is_bare:
        yield _result(one, one, report, whom)
    for part in components:
        yield _result(part, one, report, whom)


def _result(part: Document, one: Document, report: Document, whom: Whom) -> Result:
    value, test = value_of(part), _test(part.get("code"))
    at = _when(one) if _says_when(one) else _when(report)
    usual, trouble = fitting(_all(part.get("referenceRange")), whom, at.date())
    flag = _flag(part.get("interpretation"))
    flagged_by = "laboratory" if flag else ""
    if value.amount is not None and usual is not None and not trouble:
        stands, trouble = standing(value.amount, usual)
        if not flag and stands:
            flag, flagged_by = stands, "range"
        elif flag == "normal" and stands in ("high", "low"):
            trouble = "disagree"
    status = str(one.get("status", "unknown"))
    return Result(
        id=str(one.get("id", "")),
        version=version_of(one) if "meta" in one else 1,
        code=test.code,
        key=test.key,
        name=test.name,
        lab_name=test.lab_name,
        kind=value.kind,
        shown=value.shown,
        amount=value.amount,
        range=usual,
        flag=flag,
        flagged_by=flagged_by,
        trouble=trouble,
        status=status,
        comment="\n".join(str(note.get("text", "")) for note in _all(one.get("note"))),
        at=at,
        performer=first_of(one.get("performer")).get("display", "")
        or first_of(report.get("performer")).get("display", ""),
        category=kind_of(one.get("category")) or kind_of(report.get("category")) or "laboratory",
    )


def _says_when(one: Document) -> bool:
    return any(name in one for name in ("effectiveDateTime", "effectiveInstant", "effectivePeriod", "issued"))


def _flag(interpretations: Any) -> str:
    """Return what the laboratory says of a value: the worst of its codes, "" where it says nothing we know."""
    codes = [str(c.get("code", "")) for concept in _all(interpretations) for c in concept.get("coding", ())]
    return min((FLAGS[code] for code in codes if code in FLAGS), key=SEVERITY.index, default="")


def _performer(one: Document) -> str:
    return str(first_of(one.get("performer")).get("display", ""))

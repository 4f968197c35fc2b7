"""The operations $validate-code, on code systems and on value sets.

Source: FHIR R4 4.0.1, CodeSystem-operation-validate-code and ValueSet-operation-validate-code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bedside.fhir.asking import Steps

from .compose import member, systems_of
from .faults import refused
from .shapes import Concept, System
from .systems import find_system

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Coding:
    """A code somebody wrote down. Shape: `system` is "" when they did not say."""

    system: str
    code: str
    display: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a code stands, and why not. `display` is the right one where the code is known."""

    is_valid: bool
    words: str = ""
    display: str = ""

    def as_parameters(self) -> Document:
        """Return it as the operation answers."""
        parts: list[Document] = [{"name": "result", "valueBoolean": self.is_valid}]
        if self.words:
            parts.append({"name": "message", "valueString": self.words})
        if self.display:
            parts.append({"name": "display", "valueString": self.display})
        return {"resourceType": "Parameters", "parameter": parts}


def _judged(asked: Coding, concept: Concept, language: str, *, allow_abstract: bool) -> Verdict:
    display = concept.in_language(language) if language else concept.display
    if concept.is_abstract and not allow_abstract:
        return Verdict(False, f"The code {asked.code} only groups others and is not chosen itself.", display)
    if asked.display and not concept.is_called(asked.display):
        right = f"“{asked.display}” is not what {asked.code} is called; it is called “{display}”."
        return Verdict(False, right, display)
    note = "" if concept.is_active else f"The code {asked.code} is not in use any more."
    return Verdict(True, note, display)


def in_system(asked: Coding, *, sent: System | None = None, language: str = "") -> Steps[Verdict]:
    """Return whether a code is one of its code system, and its display fits. Shape: `sent` stands in for the system."""
    system = sent or (yield from find_system(asked.system, asked.version))
    if system is None:
        return Verdict(False, f"Bedside does not hold the code system {asked.system}, so it cannot check its codes.")
    concept = (yield from system.find([asked.code])).get(asked.code)
    if concept is None:
        if system.facts.content in ("fragment", "example"):
            return Verdict(False, f"{asked.code} is not in the part of {asked.system} that Bedside holds.")
        return Verdict(False, f"{asked.code} is not a code of {asked.system}.")
    return _judged(asked, concept, language, allow_abstract=True)


def any_in_system(codings: Sequence[Coding], *, sent: System | None = None, language: str = "") -> Steps[Verdict]:
    """Return whether one of several codes is one of its code system: the first that is."""
    verdicts: list[Verdict] = []
    for one in _some(codings):
        verdicts.append((yield from in_system(one, sent=sent, language=language)))
        if verdicts[-1].is_valid:
            return verdicts[-1]
    return _none_of(verdicts)


def _some(codings: Sequence[Coding]) -> Sequence[Coding]:
    if not codings:
        raise refused("required", "A codeableConcept needs a coding to be checked.")
    return codings


def _none_of(verdicts: Sequence[Verdict]) -> Verdict:
    return Verdict(False, " ".join(one.words for one in verdicts), verdicts[0].display)


def in_value_set(
    value_set: Mapping[str, Any], asked: Coding, *, language: str = "", allow_abstract: bool = True
) -> Steps[Verdict]:
    """Return whether a value set holds a code. Without a system, it is the only one the value set draws on."""
    name = value_set.get("url") or value_set.get("name") or "the value set"
    if not asked.system:
        systems = yield from systems_of(value_set)
        if len(systems) != 1:
            return Verdict(False, f"{name} draws on {len(systems)} code systems: say the system of {asked.code}.")
        asked = Coding(systems[0], asked.code, asked.display, asked.version)
    concept = yield from member(value_set, asked.system, asked.code)
    if concept is None:
        return Verdict(False, f"The code {asked.code} of {asked.system} is not in {name}.")
    system = yield from find_system(asked.system, asked.version)
    if system is not None:  # the value set may word it otherwise: either is right
        whole = (yield from system.find([concept.code])).get(concept.code)
        if whole is not None and asked.display and whole.is_called(asked.display):
            asked = Coding(asked.system, asked.code)
    return _judged(asked, concept, language, allow_abstract=allow_abstract)


def any_in_value_set(
    value_set: Mapping[str, Any], codings: Sequence[Coding], *, language: str = "", allow_abstract: bool = True
) -> Steps[Verdict]:
    """Return whether a value set holds one of several codes for the same thing: the first that it does."""
    verdicts: list[Verdict] = []
    for one in _some(codings):
        verdicts.append((yield from in_value_set(value_set, one, language=language, allow_abstract=allow_abstract)))
        if verdicts[-1].is_valid:
            return verdicts[-1]
    return _none_of(verdicts)

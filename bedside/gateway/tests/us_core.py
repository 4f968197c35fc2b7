"""The searches that US Core's CapabilityStatement asks of a server, and documents that fit them and that do not.

Everything comes from the package: which parameters, alone and together; what they look at; documents to look at. The
paths are walked here with a few lines of our own, so that the server is not asked what it should find.
"""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any

from bedside.fhir.definitions import registry
from bedside.fhir.tests.examples import find_examples, us_core_examples

Document = dict[str, Any]
PACKAGE = "us-core/us_core_6.1.0.tgz"
_EXPECTATION = "http://hl7.org/fhir/StructureDefinition/capabilitystatement-expectation"
_COMBINATION = "http://hl7.org/fhir/StructureDefinition/capabilitystatement-search-parameter-combination"

#: What the package has no example of, though it asks for searches of it.
_AMBULATORY = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}
MADE: list[Document] = [
    {
        "resourceType": "CarePlan",
        "status": "active",
        "intent": "plan",
        "category": [{"coding": [{"system": "http://example.org/category", "code": "assess-plan"}]}],
        "subject": {"reference": "Patient/example"},
        "period": {"start": "2019-03-05", "end": "2020-01-01"},
    },
    {
        "resourceType": "Encounter",
        "identifier": [{"system": "http://example.org/encounters", "value": "7"}],
        "status": "finished",
        "class": _AMBULATORY,
        "subject": {"reference": "Patient/example"},
    },
    {
        "resourceType": "PractitionerRole",
        "practitioner": {"reference": "Practitioner/practitioner-1"},
        "specialty": [{"coding": [{"system": "http://nucc.org/provider-taxonomy", "code": "208D00000X"}]}],
    },
]


#: Codes that must be of their value set, and another of it.
_OTHERS = {"active": "inactive", "resolved": "remission"}


@dataclass(frozen=True)
class Search:
    """One search that is asked for: of a type, by parameters together."""

    kind: str
    codes: tuple[str, ...]
    expectation: str

    def __str__(self) -> str:
        return f"{self.expectation}-{self.kind}?{'&'.join(self.codes)}"


@cache
def package() -> dict[str, Document]:
    """Return the package's own definitions by the name of their file, none where the package is absent."""
    place = find_examples(PACKAGE)
    if place is None:
        return {}
    with tarfile.open(place) as archive:
        return {
            member.name.partition("/")[2]: json.load(file)
            for member in archive.getmembers()
            if re.fullmatch(r"package/(SearchParameter|CapabilityStatement)-[^/]+\.json", member.name)
            and (file := archive.extractfile(member)) is not None
        }


def searches() -> list[Search]:
    """Return every search of the server's CapabilityStatement, singly and in combination."""
    statement = package().get("CapabilityStatement-us-core-server.json")
    if statement is None:
        return []
    found = [one for resource in statement["rest"][0]["resource"] for one in _searches_of(resource)]
    return list(dict.fromkeys(found))


def _searches_of(resource: Document) -> Iterator[Search]:
    kind = resource["type"]
    for one in resource.get("searchParam", []):
        yield Search(kind, (one["name"],), _expectation(one))
    for one in resource.get("extension", []):
        if one["url"] == _COMBINATION:
            codes = tuple(part["valueString"] for part in one["extension"] if part["url"] == "required")
            yield Search(kind, codes, _expectation(one))


def _expectation(holder: Document) -> str:
    return next(one["valueCode"] for one in holder["extension"] if one["url"] == _EXPECTATION)


def parameter(kind: str, code: str) -> Document:
    """Return the definition of a search parameter of the package."""
    return next(
        one
        for one in package().values()
        if one["resourceType"] == "SearchParameter" and one["code"] == code and one["base"] == [kind]
    )


@dataclass
class Place:
    """Where a parameter looks: a member of an object, or an item of a list."""

    holder: Any
    key: Any

    @property
    def value(self) -> Any:
        return self.holder[self.key]

    @value.setter
    def value(self, new: Any) -> None:
        self.holder[self.key] = new


def places(document: Document, code: str) -> list[Place]:
    """Return the places in a document that a parameter looks at."""
    expression = parameter(document["resourceType"], code)["expression"].partition("|")[0]
    if ".extension.where(url = " in expression:
        url = expression.split("'")[1]
        return [Place(one, "valueDateTime") for one in document.get("extension", []) if one["url"] == url]
    path = re.sub(r"\.where\(.*|\.as\(.*| as .*|[()]", "", expression)
    found = [Place({"root": document}, "root")]
    for step in path.split(".")[1:]:
        found = [inner for place in found for inner in _inside(place.value, step)]
    return found


def _inside(value: Any, step: str) -> Iterator[Place]:
    if not isinstance(value, dict):
        return
    for name in value:
        if name == step or re.fullmatch(rf"{step}[A-Z]\w*", name):
            inner = value[name]
            if isinstance(inner, list):
                yield from (Place(inner, at) for at in range(len(inner)))
            else:
                yield Place(value, name)


def fitting(search: Search) -> Document:
    """Return an example that has something at every parameter of a search."""
    examples = [json.loads(text) for text in us_core_examples().values()]
    for one in [*MADE, *examples]:
        if one["resourceType"] == search.kind and all(places(one, code) for code in search.codes if code != "_id"):
            return closed(deepcopy(one), search)
    raise LookupError(f"no example has all of {search}")


def closed(document: Document, search: Search) -> Document:
    """Give periods without an end one, so that a time can lie after them."""
    for code in search.codes:
        if code != "_id" and parameter(search.kind, code)["type"] == "date":
            for place in places(document, code):
                if isinstance(place.value, dict):
                    place.value.setdefault("end", place.value["start"])
    return document


def asked(document: Document, code: str) -> list[list[str]]:
    """Return ways to ask a parameter for a document: each a list of values that must all hold."""
    if code == "_id":
        return [[document["id"]]]
    value, kind = places(document, code)[0].value, parameter(document["resourceType"], code)["type"]
    match kind:
        case "date":
            first, last = _years(document, code)
            return [[f"ge{first}", f"le{last}"], [f"gt{first - 1}", f"lt{last + 1}"]]
        case "token":
            return [[word] for word in _tokens(value)]
        case "reference":
            return [[value["reference"] if isinstance(value, dict) else value]]
        case "string":
            return [[_word(value)], [_word(value).lower()[:4]]]
    raise LookupError(kind)


def _years(document: Document, code: str) -> tuple[int, int]:
    texts = [text for place in places(document, code) for text in _times(place.value)]
    return min(int(text[:4]) for text in texts), max(int(text[:4]) for text in texts)


def _times(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [value[name] for name in ("start", "end")]


def _tokens(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if "coding" in value:
        return _tokens(value["coding"][0])
    code = value.get("code", value.get("value"))
    return [f"{value['system']}|{code}", code]


def _word(value: Any) -> str:
    if isinstance(value, str):
        return value.split()[0]
    return str(value.get("family") or value.get("city") or value["text"])


def spoiled(document: Document, code: str) -> list[Document]:
    """Return copies of a document that a parameter must not find any more, all else being as it was."""
    if code == "_id":
        return [deepcopy(document)]
    kind = parameter(document["resourceType"], code)["type"]
    made = []
    for step in (-30, 30) if kind == "date" else (0,):
        copy = deepcopy(document)
        for place in places(copy, code):
            place.value = _other(place.value, kind, document["resourceType"], code, step)
        made.append(copy)
    return made


def _other(value: Any, kind: str, type_name: str, code: str, step: int) -> Any:
    match kind:
        case "date":
            if isinstance(value, dict):
                return {name: _shifted(text, step) for name, text in value.items()}
            return _shifted(value, step)
        case "token":
            return _other_token(value, type_name, code)
        case "reference":
            if isinstance(value, dict):
                return {"reference": f"{value['reference'].partition('/')[0]}/other"}
            return "http://example.org/other"
        case "string":
            if isinstance(value, str):
                return "Zzyzx"
            return {"family": "Zzyzx"} if {"family", "given"} & value.keys() else {"city": "Zzyzx"}
    raise LookupError(kind)


def _shifted(text: str, step: int) -> str:
    return f"{int(text[:4]) + step}{text[4:]}".replace("-02-29", "-02-28")


def _other_token(value: Any, type_name: str, code: str) -> Any:
    if isinstance(value, str):
        path = parameter(type_name, code)["expression"].partition(".")[2]
        binding = registry().types[type_name].elements[path].binding
        codes = registry().codes(binding.value_set) if binding else None
        return next(one for one in sorted(codes or ()) if one not in (value, "entered-in-error"))
    if "coding" in value:
        return {**value, "coding": [_other_token(one, type_name, code) for one in value["coding"]]}
    if "code" in value:
        return {**value, "code": _OTHERS.get(value["code"], "zzyzx")}
    return {**value, "value": "zzyzx"}


def provenances_asked_for() -> list[tuple[str, str]]:
    """Return every type and profile for which the server shall answer `_revinclude=Provenance:target`."""
    statement = package().get("CapabilityStatement-us-core-server.json")
    found = []
    for resource in statement["rest"][0]["resource"] if statement else []:
        marks = zip(resource.get("searchRevInclude", []), resource.get("_searchRevInclude", []), strict=True)
        if any(name == "Provenance:target" and _expectation(mark) == "SHALL" for name, mark in marks):
            found += [(resource["type"], profile) for profile in resource["supportedProfile"]]
    return found


def example_of(kind: str, profile: str) -> Document:
    """Return an example of a profile; where the package has none, one of the type."""
    examples = [json.loads(text) for text in us_core_examples().values()]
    of_type = [one for one in (*examples, *MADE) if one["resourceType"] == kind]
    claiming = [one for one in of_type if profile in one.get("meta", {}).get("profile", [])]
    return deepcopy((claiming or of_type)[0])

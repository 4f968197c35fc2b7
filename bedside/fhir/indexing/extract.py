"""Works out what a document is found by, in one walk over it.

Why: the search parameters of a type are compiled into one tree of the members they go through. A document is walked
once, and a parameter whose element is not there costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from bedside.fhir.definitions import SearchParameter, registry
from bedside.fhir.paths import compile_path
from bedside.fhir.paths.code import Hop, Route, Run, Test, end_of
from bedside.fhir.paths.steps import kind_of
from bedside.fhir.paths.values import plain, truth

from .composites import composite_put
from .entries import Entries
from .gathering import (
    Gathering,
    Put,
    date_put,
    number_put,
    quantity_put,
    reference_put,
    string_put,
    token_put,
    uri_put,
)
from .keys import patient_uuid
from .own import NOWHERE, OwnAddresses
from .terms import PRINCIPAL_DATE
from .words import UNIONS

#: Parameters that are answered from the row itself, or from nothing that is kept here.
_ELSEWHERE = frozenset({"_id", "_lastUpdated", "_text", "_content", "_query", "near"})


class _Branch:
    """A place in a type: what is put among the entries from there, and where the walk goes on."""

    __slots__ = ("edges", "puts", "tests")

    def __init__(self) -> None:
        self.edges: dict[str, _Branch] = {}
        self.puts: list[Put] = []
        self.tests: list[tuple[Run, _Branch]] = []


class _Plan:
    """All that is looked for in documents of one type."""

    __slots__ = ("root", "whole")

    def __init__(self) -> None:
        self.root = _Branch()
        self.whole: list[Put] = []


def entries_of(document: Mapping[str, Any], *, own: OwnAddresses = NOWHERE) -> Entries:
    """Return everything a document is found by. It never fails: what cannot be understood is not found.

    Shape: a reference to one of our `own` addresses is one to a resource here, whoever wrote the whole url.
    Why: an odd value is the validator's to refuse.
    """
    whole = dict(document) if not isinstance(document, dict) else document
    kind = whole.get("resourceType")
    found = Gathering(whole, own)
    if not isinstance(kind, str) or kind not in registry().search:
        return found.entries
    plan = _plan(kind)
    if kind == "Patient" and isinstance(whole.get("id"), str):
        found.entries.patient_ids.append(patient_uuid(whole["id"]))
    _walk(plan.root, whole, found)
    for put in plan.whole:
        put(whole, found)
    found.entries.tokens = sorted(set(found.tokens))
    return found.entries


def _walk(branch: _Branch, item: dict[str, Any], found: Gathering) -> None:
    edges = branch.edges
    for name, value in item.items():
        if name in edges:
            after = edges[name]
            if value.__class__ is list:
                for each in value:
                    _visit(after, each, found)
            else:
                _visit(after, value, found)


def _visit(branch: _Branch, value: Any, found: Gathering) -> None:
    if value is None:
        return
    for put in branch.puts:
        put(value, found)
    if branch.edges and value.__class__ is dict:
        _walk(branch, value, found)
    for test, after in branch.tests:
        if truth(test([value], found.around)) is True:
            _visit(after, value, found)


@lru_cache(maxsize=200)
def _plan(kind: str) -> _Plan:
    plan = _Plan()
    unions = UNIONS.get(kind, {})
    in_compartment = frozenset(registry().compartments["Patient"].get(kind, ()))
    for code, param in registry().search[kind].items():
        if code in _ELSEWHERE or code in unions or not param.expression:
            continue
        if param.kind == "composite" and param.expression == kind:
            continue  # of the resource itself: search asks for its parts
        path = compile_path(param.expression, kind=kind)
        if path.code.routes is None:
            plan.whole.append(_whole_put(param, code in in_compartment))
            continue
        for route in path.code.routes:
            put = _put_of(param, end_of(route, kind), code in in_compartment)
            if put is not None:
                _grow(plan.root, route).puts.append(put)
    return plan


def _grow(branch: _Branch, route: Route) -> _Branch:
    for hop in route:
        match hop:
            case Hop():
                branch = branch.edges.setdefault(hop.name, _Branch())
            case Test():
                after = _Branch()
                branch.tests.append((hop.run, after))
                branch = after
    return branch


def _put_of(param: SearchParameter, type: str | None, in_compartment: bool) -> Put | None:
    """Return what puts a value of a type among the entries, None where a parameter of that sort cannot have it."""
    kind, code = param.type, param.code
    match param.kind:
        case "token":
            return token_put(kind, code, type)
        case "reference" if type in {"Reference", "canonical", "uri", None}:
            return reference_put(kind, code, in_compartment)
        case "uri":
            return uri_put(kind, code)
        case "string":
            return string_put(kind, code, type)
        case "date" if type in {"date", "dateTime", "instant", "Period", "Timing", None}:
            return date_put(kind, code, type, PRINCIPAL_DATE.get(kind) == code)
        case "number":
            return number_put(kind, code)
        case "quantity":
            return quantity_put(kind, code, type)
        case "composite":
            return composite_put(param, type)
    return None


def _whole_put(param: SearchParameter, in_compartment: bool) -> Put:
    """Return what looks a parameter up in the whole document, for a path that is more than a way through it."""
    path = compile_path(param.expression, kind=param.type)
    puts: dict[str | None, Put | None] = {}

    def put(document: Any, found: Gathering) -> None:
        for item in path.items(document):
            type = kind_of(item, path.code.kind)
            if param.kind == "reference":
                if param.targets and type not in param.targets:
                    continue
                type = "Reference"
            if type not in puts:
                puts[type] = _put_of(param, type, in_compartment)
            each = puts[type]
            if each is not None:
                each(plain(item), found)

    return put

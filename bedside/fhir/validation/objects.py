"""Compiles the check of each type: one closure for each, made when the first document of its kind comes."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from bedside.fhir.definitions import Element, TypeDefinition, registry

from .codes import with_codes
from .extras import honest, not_understood
from .invariants import rules_of, with_rules
from .narrative import check_xhtml
from .primitives import PRIMITIVES
from .references import reference_to
from .wrong import Around, Check, Wrong, Wrongs, below, more, one, shown, sort_of

#: Checks by name of type; resources within resources are added by `resources`.
CHECKS: dict[str, Check] = {**PRIMITIVES, "xhtml": check_xhtml}
#: The check of a contained resource, put here by `resources`.
CONTAINED: list[Check] = []


def check_of(name: str) -> Check:
    """Return the check of a type, compiled once."""
    found = CHECKS.get(name)
    return found if found is not None else _compile(registry().types[name])


def list_of(check: Check, most: int | None) -> Check:
    """Return the check of an array of values."""

    def check_list(value: Any, around: Around) -> Wrongs:
        if value.__class__ is not list:
            return one(f": an array in brackets is expected here, not {sort_of(value)}.")
        if not value:
            return one(" is an empty array: leave it out.")
        wrongs: Wrongs = None
        for at, item in enumerate(value):
            found = _gap() if item is None else check(item, around)
            if found is not None:
                wrongs = more(wrongs, below(found, f"[{at}]"))
        if most is not None and len(value) > most:
            wrongs = more(wrongs, one(f" may have at most {most} values; it has {len(value)}."))
        return wrongs

    return check_list


def _gap() -> list[Wrong]:
    return [Wrong(" is null, with nothing in its place: leave it out.", is_gap=True)]


def single(check: Check) -> Check:
    """Return the check of one value, saying so where an array stands."""

    def check_single(value: Any, around: Around) -> Wrongs:
        found = check(value, around)
        if found is not None and value.__class__ is list:
            return one(" may stand only once: one value is expected here, not an array.")
        if found is not None and value is None:
            return one(" is null: leave it out.")
        return found

    return check_single


def _check_of_element(element: Element) -> Check:
    if element.name == "contained":
        return list_of(CONTAINED[0], None)
    if element.name == "modifierExtension":
        return list_of(not_understood(check_of("Extension")), None)
    check = check_of(element.content_type or element.type)
    if element.type == "Attachment":
        check = honest(check)
    if element.type == "Reference" and element.targets:
        check = reference_to(check, element.targets)
    check = with_codes(check, element)
    check = with_rules(check, element.content_type or element.type, element.invariants)
    return list_of(check, element.max) if element.is_list else single(check)


class _Beside:
    """Checks what stands beside a primitive: `_birthDate` with its id and extensions."""

    def __init__(self, element: Element, more: Check) -> None:
        self.name, self.is_list, self.more = element.name, element.is_list, more

    def __call__(self, value: Any, owner: dict[str, Any], around: Around) -> Wrongs:
        if not self.is_list:
            return self._one(value, self.name in owner, around)
        if value.__class__ is not list:
            return one(f": an array in brackets is expected here, not {sort_of(value)}.")
        values = owner.get(self.name)
        if values.__class__ is list and len(values) != len(value):
            return one(f" has {len(value)} entries and {self.name} has {len(values)}: fill both out with null.")
        if not any(item is not None for item in value):
            return one(" holds nothing but null: leave it out.")
        wrongs: Wrongs = None
        for at, item in enumerate(value):
            if item is None:
                found = None if values.__class__ is list else _gap()
            else:
                found = self._one(item, values.__class__ is list and values[at] is not None, around)
            if found is not None:
                wrongs = more(wrongs, below(found, f"[{at}]"))
        return wrongs

    def _one(self, value: Any, has_value: bool, around: Around) -> Wrongs:
        if has_value and value.__class__ is dict and list(value) == ["id"]:
            found = check_of("string")(value["id"], around)
            return None if found is None else below(found, ".id")
        return self.more(value, around)


class _Plan:
    """What the check of one type knows: filled after the check is known, so that types may hold each other."""

    def __init__(self, definition: TypeDefinition) -> None:
        self.name = definition.name
        self.is_resource = definition.kind == "resource"
        self.checks: dict[str, Check] = {}
        self.paths: dict[str, str] = {}
        self.beside: dict[str, _Beside] = {}
        self.required: list[str] = []
        self.choices: list[tuple[str, frozenset[str], bool]] = []

    def fill(self, definition: TypeDefinition) -> None:
        groups: dict[str, list[Element]] = {}
        for element in definition.elements.values():
            self.checks[element.name] = _check_of_element(element)
            is_primitive = registry().types[element.type].kind == "primitive" if element.type != "Resource" else False
            if is_primitive and not self._is_bare(element):
                self.beside[f"_{element.name}"] = _Beside(element, check_of("Element"))
            if element.choice:
                groups.setdefault(element.choice, []).append(element)
                self.paths[f".{element.name}"] = f".{element.choice}.ofType({element.type})"
            elif element.min:
                self.required.append(element.name)
        for choice, elements in groups.items():
            names = frozenset(name for e in elements for name in (e.name, f"_{e.name}"))
            self.choices.append((choice, names, elements[0].min > 0))
        if self.is_resource:
            self.checks["resourceType"] = lambda value, around: None

    def _is_bare(self, element: Element) -> bool:
        """Say whether a primitive may have nothing beside it, being an attribute in the standard's own words."""
        if element.type == "xhtml" or (self.name == "Extension" and element.name == "url"):
            return True
        return element.name == "id" and not self.is_resource

    def odd(self, key: str, item: Any, owner: dict[str, Any], around: Around) -> list[Wrong] | None:
        """Check a member that is no element: one beside a primitive, or nothing R4 knows."""
        beside = self.beside.get(key)
        if beside is not None:
            found = beside(item, owner, around)
            name = f".{beside.name}"
            return None if found is None else below(found, f".{key}", self.paths.get(name, name))
        place = f".{key}" if key.isidentifier() else f".`{shown(key)[1:-1]}`"
        return [Wrong(f" is not an element of {self.name}.", at=place, hint=lambda: self.closest(key))]

    def closest(self, key: str) -> str:
        """Return the element somebody may have meant, as a question, or nothing."""
        close = get_close_matches(key[:80], self.checks, n=1)
        return f" Did you mean “{close[0]}”?" if close else ""

    def missing(self, value: dict[str, Any]) -> list[Wrong]:
        """Return what must be there and is not."""
        return [
            Wrong(" is required.", "required", at=f".{name}")
            for name in self.required
            if name not in value and f"_{name}" not in value
        ]

    def chosen(self, value: dict[str, Any]) -> list[Wrong]:
        """Return what is wrong with the choices: two types at once, or none where one is required."""
        wrongs = []
        for choice, names, is_required in self.choices:
            met = {name.removeprefix("_") for name in names.intersection(value)}
            if len(met) > 1:
                listed = " and ".join(name for name in self.checks if name in met)
                words = f" may have one type only; {listed} stand here together."
                wrongs.append(Wrong(words, at=f".{choice}"))
            elif is_required and not met:
                wrongs.append(Wrong(" is required, with one of its types.", "required", at=f".{choice}"))
        return wrongs

    def tidy(self, wrongs: list[Wrong], value: dict[str, Any]) -> Wrongs:
        """Return them without the nulls that have something beside them."""
        return [w for w in wrongs if not (w.is_gap and self._is_filled(w, value))] or None

    def _is_filled(self, wrong: Wrong, value: dict[str, Any]) -> bool:
        name, _, rest = wrong.place.removeprefix(".").partition("[")
        other = value.get(f"_{name}")
        at = rest.removesuffix("]")
        return isinstance(other, list) and at.isdecimal() and int(at) < len(other) and isinstance(other[int(at)], dict)


def _compile(definition: TypeDefinition) -> Check:
    """Compile the check of objects of a type, and of all types they can hold."""
    plan = _Plan(definition)
    checks, required, choices, paths = plan.checks, plan.required, plan.choices, plan.paths
    is_resource = plan.is_resource
    rules = rules_of(definition)

    def check(value: Any, around: Around) -> Wrongs:
        if value.__class__ is not dict:
            return one(f": an object in braces is expected here, not {sort_of(value)}.")
        wrongs: Wrongs = None
        for key, item in value.items():
            rule = checks.get(key)
            if rule is None:
                found = plan.odd(key, item, value, around)
                if found is not None:
                    wrongs = more(wrongs, found)
                continue
            found = rule(item, around)
            if found is not None:
                found = below(found, f".{key}", paths.get(f".{key}"))
                wrongs = more(wrongs, found)
        for key in required:
            if key not in value and f"_{key}" not in value:
                wrongs = more(wrongs, plan.missing(value))
                break
        for _, names, is_required in choices:
            met = len(names.intersection(value))
            if met > 1 or (is_required and not met):
                wrongs = more(wrongs, plan.chosen(value))
                break
        if len(value) < 2 and not is_resource and (not value or "id" in value):
            wrongs = more(wrongs, _hollow(value))
        if wrongs is not None:
            wrongs = plan.tidy(wrongs, value)
            if wrongs is not None:
                return wrongs
        for rule_of in rules:
            found = rule_of(value, around)
            if found is not None:
                wrongs = more(wrongs, found)
        return wrongs

    CHECKS[definition.name] = check
    plan.fill(definition)
    return check


def _hollow(value: dict[str, Any]) -> list[Wrong]:
    held = "nothing but an id" if value else "empty"
    return one(f" is {held}: give it content or leave it out.", "invariant" if value else "structure")

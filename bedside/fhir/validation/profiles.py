"""Whether a document follows a profile of US Core: cardinality, fixed values, slices, codes, references, invariants.

What a system must be able to hold and this document has not is information, not a fault.
"""

from __future__ import annotations

from typing import Any

from bedside.fhir.definitions import ProfileElement, registry
from bedside.fhir.faults import Fault

from .codes import bound
from .profile_tree import Found, Node, belongs, has_pattern, tree_of, values_of
from .references import referred_type
from .validate import validate
from .wrong import Around, Wrong, Wrongs, below, one, shown

_R4 = "http://hl7.org/fhir/StructureDefinition/"


def validate_profile(document: Any, url: str) -> list[Fault]:
    """Return what is wrong with a document as FHIR R4, or else what a profile asks and it has not.

    Shape: `url` may name a version after "|", which is not compared. Must-support elements that are absent come with
    the severity "information".
    """
    url = url.partition("|")[0]
    faults = validate(document)
    if any(fault.severity == "error" for fault in faults):
        return faults
    kind = document["resourceType"]
    if url not in registry().us_core:
        return [*faults, Fault(kind, "not-supported", f"{kind}: the profile {shown(url)} is not known here.")]
    profile, root = tree_of(url)
    if profile.type != kind:
        words = f"{kind}: the profile {profile.title} is for {profile.type}."
        return [*faults, Fault(kind, "structure", words)]
    around = Around(document)
    for inner in document.get("contained", []):
        around.contained[inner.get("id", "")] = inner["resourceType"]
    wrongs = _Asking(profile.title, around).object(root, document, kind)
    return [*faults, *(wrong.as_fault(kind) for wrong in wrongs)]


class _Asking:
    """Asks a document what one profile wants to know."""

    def __init__(self, title: str, around: Around) -> None:
        self.title, self.around = title, around

    def object(self, node: Node, value: dict[str, Any], kind: str) -> list[Wrong]:
        """Return what is wrong below an object of a type."""
        wrongs = self.rules(node, value, kind)
        for child in node.children.values():
            if self.is_possible(child, kind):
                wrongs += self.element(child, values_of(value, child.name, kind))
        return wrongs

    def is_possible(self, child: Node, kind: str) -> bool:
        """Say whether a type has that element at all; what a profile says of one type of a choice is not for others."""
        elements = registry().types[kind].elements
        if child.name.endswith("[x]"):
            return any(element.choice == child.name[:-3] for element in elements.values())
        return child.name in elements

    def element(self, node: Node, values: list[Found]) -> list[Wrong]:
        """Return what is wrong with all values of an element, slices included."""
        wrongs = self.counted(node.element, node.name, len(values), None) if node.element else []
        for found in values:
            wrongs += self.value(node, found)
        told = node.element.slicing if node.element is not None else None
        sliced: set[int] = set()
        is_told = True
        for name, part in node.slices.items():
            answers = [belongs(found, part, told.discriminators if told else ()) for found in values]
            if any(answer is None for answer in answers) or part.element is None:
                is_told = False
                continue
            own = [at for at, answer in enumerate(answers) if answer]
            sliced.update(own)
            wrongs += self.counted(part.element, node.name, len(own), name)
            for at in own:
                wrongs += self.value(part, values[at])
        if told is not None and told.rules == "closed" and is_told:
            for at, found in enumerate(values):
                if at not in sliced:
                    words = f" is none of what {self.title} allows here: {', '.join(node.slices)}."
                    wrongs += below(one(words), found.place, found.path)
        return wrongs

    def counted(self, element: ProfileElement, name: str, count: int, part: str | None) -> list[Wrong]:
        """Return what is wrong with how often an element or slice stands there."""
        at = f".{name.removesuffix('[x]')}"
        what = f" with its part {shown(part)}" if part else ""
        if count < element.min:
            times = "" if element.min == 1 else f" {element.min} times"
            return one(f" is required{times}{what} by {self.title}.", "required", at=at)
        if element.max is not None and count > element.max:
            most = "may not stand" if element.max == 0 else f"may stand at most {element.max} times"
            return one(f" {most}{what} by {self.title}; it stands {count} times.", at=at)
        if count == 0 and element.is_must_support and part is None:
            words = f" is not there; {self.title} asks a system to be able to hold it."
            return [Wrong(words, "informational", at=at, severity="information")]
        return []

    def value(self, node: Node, found: Found) -> list[Wrong]:
        """Return what is wrong with one value of an element or slice."""
        if found.item is None:
            return []
        wrongs = self.constrained(node.element, found) if node.element is not None else []
        if isinstance(found.item, dict):
            wrongs += self.object(node, found.item, found.kind)
        else:
            wrongs += self.rules(node, found.item, found.kind)
        return below(wrongs, found.place, found.path)

    def constrained(self, element: ProfileElement, found: Found) -> list[Wrong]:
        """Return what is wrong with a value by what is said of its element itself."""
        if element.fixed is not None and found.item != element.fixed:
            return one(f": {self.title} allows {shown(element.fixed)} here only.", "value")
        if element.pattern is not None and not has_pattern(found.item, element.pattern):
            return one(f" has not what {self.title} asks for: {shown(element.pattern)}.", "value")
        options = {option.code for option in element.types}
        if element.path.endswith("[x]") and options and found.kind not in options:
            return one(f" is of type {found.kind}; {self.title} allows {', '.join(sorted(options))}.")
        wrongs: Wrongs = None
        if element.binding is not None and element.binding.strength == "required":
            wrongs = bound(lambda value, around: None, found.kind, element.binding.value_set)(found.item, self.around)
        if wrongs is None and found.kind == "Reference":
            wrongs = self.target(element, found.item)
        if wrongs is None and found.kind == "Extension":
            wrongs = self.extension(element, found.item)
        return wrongs or []

    def target(self, element: ProfileElement, reference: dict[str, Any]) -> Wrongs:
        """Return what is wrong with where a reference leads, as far as its text says it."""
        targets = {target for option in element.types for target in option.targets}
        allowed = {
            registry().us_core[url].type if url in registry().us_core else url.removeprefix(_R4) for url in targets
        }
        text = reference.get("reference")
        kind = (referred_type(text, self.around) if text else None) or reference.get("type")
        if not kind or not allowed or "Resource" in allowed or kind in allowed:
            return None
        told = ", ".join(sorted(allowed))
        return one(f" leads to {shown(kind)}; {self.title} allows {told}.", "value", at=".reference")

    def extension(self, element: ProfileElement, value: dict[str, Any]) -> Wrongs:
        """Return what is wrong with an extension that US Core defines."""
        urls = [url for option in element.types for url in option.profiles if url in registry().us_core]
        if value.get("url") not in urls:
            return None
        profile, root = tree_of(value["url"])
        found = _Asking(profile.title, self.around).object(root, value, "Extension")
        return [wrong for wrong in found if wrong.severity == "error"]

    def rules(self, node: Node, value: Any, kind: str) -> list[Wrong]:
        """Return which invariants of the profile a value breaks."""
        wrongs = []
        for invariant, path in node.rules(kind):
            if path.holds(value, resource=self.around.resource, root=self.around.root) is False:
                words = f" breaks the rule {invariant.key} of {self.title}: {invariant.human.strip().rstrip('.')}."
                severity = "error" if invariant.severity == "error" else "warning"
                wrongs.append(Wrong(words, "invariant", severity=severity))  # type: ignore[arg-type]
        return wrongs

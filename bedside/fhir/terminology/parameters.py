"""What an operation was given, read out of a Parameters document or out of the words of a query."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from bedside.fhir.faults import DocumentRefused

from .checking import Coding
from .faults import refused
from .words import is_text

Document = dict[str, Any]


class Given:
    """The parameters of one call. Shape: a value may also be text, as in a query: "true", "20"."""

    def __init__(self, operation: str, document: Mapping[str, Any], known: Collection[str]) -> None:
        """Read the parameters.

        Raises: DocumentRefused when one is not of this operation, or is not readable.
        """
        self._operation = operation
        self._found: dict[str, list[Mapping[str, Any]]] = {}
        parts = document.get("parameter", [])
        if not isinstance(parts, list) or not all(isinstance(one, Mapping) for one in parts):
            raise refused("structure", "Parameters.parameter is a list of objects.", "Parameters.parameter")
        for place, part in enumerate(parts):
            name = part.get("name")
            if name not in known:
                raise refused(
                    "not-supported",
                    f"Bedside's {operation} takes no “{name}”; it takes {', '.join(sorted(known))}.",
                    f"Parameters.parameter[{place}]",
                )
            self._found.setdefault(name, []).append(part)

    def _wrong(self, name: str, what: str) -> DocumentRefused:
        return refused("invalid", f"“{name}” of {self._operation} is {what}.", "Parameters.parameter")

    def _value(self, name: str) -> Any:
        parts = self._found.get(name, ())
        if len(parts) > 1:
            raise self._wrong(name, "given once")
        for part in parts:
            for key, value in part.items():
                if key.startswith("value") or key == "resource":
                    return value
        return None

    def text(self, name: str) -> str:
        """Return a text, "" when it is not given."""
        value = self._value(name)
        if value is None:
            return ""
        if not is_text(value):
            raise self._wrong(name, "text")
        return value

    def texts(self, name: str) -> list[str]:
        """Return the texts of a parameter that may be given several times."""
        said = [value for part in self._found.get(name, ()) for key, value in part.items() if key.startswith("value")]
        if not all(map(is_text, said)):
            raise self._wrong(name, "text")
        return said

    def required(self, name: str) -> str:
        """Return a text that must be given."""
        value = self.text(name)
        if not value:
            raise refused("required", f"{self._operation} needs “{name}”.", "Parameters.parameter")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a yes or no."""
        value = self._value(name)
        if value is None:
            return default
        if value in (True, "true"):
            return True
        if value in (False, "false"):
            return False
        raise self._wrong(name, "true or false")

    def number(self, name: str) -> int | None:
        """Return a whole number that is not negative, None when it is not given."""
        value = self._value(name)
        if value is None:
            return None
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9:
            return value
        raise self._wrong(name, "a whole number, not negative")

    def document(self, name: str) -> Document | None:
        """Return a resource that was sent along."""
        value = self._value(name)
        if value is not None and not isinstance(value, dict):
            raise self._wrong(name, "a resource")
        return value

    def coding(self, name: str) -> Coding | None:
        """Return a Coding, or None when it is not given."""
        value = self._value(name)
        return None if value is None else self._coding(name, value)

    def _coding(self, name: str, value: Any) -> Coding:
        if not isinstance(value, Mapping):
            raise self._wrong(name, "a Coding")
        said = [value.get(key, "") for key in ("system", "code", "display", "version")]
        if not all(map(is_text, said)) or not said[1]:
            raise self._wrong(name, "a Coding with a code")
        return Coding(*said)

    def codings(self) -> list[Coding]:
        """Return the codes of `coding`, `codeableConcept` or `code` and `system`, whichever was given.

        Raises: DocumentRefused when none or more than one of them was.
        """
        given = [name for name in ("code", "coding", "codeableConcept") if name in self._found]
        if len(given) != 1:
            raise refused("required", f"{self._operation} needs one of code, coding and codeableConcept.")
        if given == ["coding"]:
            one = self.coding("coding")
            return [one] if one else []
        if given == ["codeableConcept"]:
            concept = self._value("codeableConcept")
            if not isinstance(concept, Mapping) or not isinstance(concept.get("coding", []), list):
                raise self._wrong("codeableConcept", "a CodeableConcept")
            return [self._coding("codeableConcept", one) for one in concept.get("coding", [])]
        version = self.text("systemVersion") or self.text("version")
        return [Coding(self.text("system"), self.required("code"), self.text("display"), version)]

    def pairs(self, name: str) -> dict[str, str]:
        """Return the dependencies of a translation: by the uri of an element, the code it has."""
        found: dict[str, str] = {}
        for part in self._found.get(name, ()):
            said = {one.get("name"): one for one in part.get("part", ()) if isinstance(one, Mapping)}
            element, concept = said.get("element", {}), said.get("concept", {})
            value = concept.get("valueCodeableConcept", {})
            for coding in value.get("coding", ()) if isinstance(value, Mapping) else ():
                found[str(element.get("valueUri", ""))] = str(coding.get("code", ""))
        return found

"""The data types of CDA as FHIR says them. What has no code keeps its words; a null flavour is never a value.

Source: HL7 CDA R2 data types; C-CDA on FHIR 1.2, "CDA data types to FHIR data types".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from bedside.fhir.terms import UCUM
from bedside.intake.hl7v2.values import moment, number, slug, unit_code

from .terms import IDENTIFIERS, SYSTEMS
from .xml import NOTHING, Node

Document = dict[str, Any]

NAME_USES = {"L": "official", "C": "official", "P": "nickname", "A": "usual", "ASGN": "temp", "I": "temp"}
ADDRESS_USES = {"H": "home", "HP": "home", "HV": "temp", "WP": "work", "TMP": "temp"}
PHONE_USES = {"HP": "home", "H": "home", "HV": "temp", "WP": "work", "MC": "mobile"}


@dataclass(slots=True)
class Around:
    """What the values of a document share: the texts its entries refer to by id."""

    texts: dict[str, Node] = field(default_factory=dict)

    def words(self, node: Node) -> str:
        """Return what an originalText or text says: its own words, or those of the narrative it refers to."""
        reference = node.first("reference").get("value")
        if reference.startswith("#") and reference[1:] in self.texts:
            return self.texts[reference[1:]].text()
        return node.text()

    def at(self, node: Node) -> str:
        """Return a time (TS) as dateTime, "" when there is none. Without an offset it is a day."""
        value = node.get("value")
        if len(value) > 8 and not re.search(r"[+-]\d{4}$", value):
            value = value[:8]
        return moment(value, "UTC") or moment(value[:8], "UTC")

    def starts(self, node: Node) -> str:
        """Return when an interval (IVL_TS) begins, or the one time it names."""
        return self.at(node.first("low")) or self.at(node) or self.at(node.first("center"))

    def period(self, node: Node) -> Document:
        """Return an interval as Period. An end before its start is left off: nobody knows which of them is wrong."""
        found = {"start": self.starts(node), "end": self.at(node.first("high"))}
        if found["start"] and found["end"] and _is_before(found["end"], found["start"]):
            found["end"] = ""
        return {name: text for name, text in found.items() if text}

    def moment_or_period(self, node: Node, name: str) -> Document:
        """Return a time under `nameDateTime`, or `namePeriod` when it has an end."""
        period = self.period(node)
        if "end" in period:
            return {f"{name}Period": period}
        return {f"{name}DateTime": period["start"]} if period else {}

    def concept(self, node: Node) -> Document:
        """Return a coded value (CD, CE …) with its translations and its original text; {} when it says nothing."""
        codings = [found for one in (node, *node.all("translation")) if (found := coding(one))]
        text = self.words(node.first("originalText")) or node.get("displayName")
        text = text or next((one.get("displayName") for one in node.all("translation") if one.get("displayName")), "")
        found: Document = {}
        if codings:
            found["coding"] = [one for at, one in enumerate(codings) if one not in codings[:at]]
        if text or codings:
            found["text"] = text or codings[0].get("display") or codings[0]["code"]
        return found

    def value(self, node: Node) -> Document:
        """Return a value under the member of Observation that fits its xsi:type."""
        kind = node.get("xsi:type").rpartition(":")[2]
        if kind in ("PQ", "INT", "REAL") or (not kind and node.get("unit")):
            found = quantity(node)
            return {"valueQuantity": found} if found else _as_text(self.words(node.first("originalText")))
        if kind == "IVL_PQ":
            return _range(node)
        if kind in ("CD", "CE", "CO", "CV", "CS", "SC"):
            concept = self.concept(node)
            return {"valueCodeableConcept": concept} if concept else {}
        if kind in ("TS", "IVL_TS"):
            at = self.starts(node)
            return {"valueDateTime": at} if at else {}
        if kind == "BL" and node.get("value") in ("true", "false"):
            return {"valueBoolean": node.get("value") == "true"}
        if kind in ("RTO", "RTO_PQ_PQ"):
            parts = {name: quantity(node.first(name)) for name in ("numerator", "denominator")}
            return {"valueRatio": parts} if all(parts.values()) else _as_text(node.text())
        return _as_text(self.words(node) or node.get("value"))


def _is_before(one: str, other: str) -> bool:
    """Say whether a dateTime comes before another, as far as both say."""
    if "T" in one and "T" in other:
        return datetime.fromisoformat(one) < datetime.fromisoformat(other)
    length = min(len(one[:10]), len(other[:10]))
    return one[:length] < other[:length]


def _as_text(text: str) -> Document:
    return {"valueString": text} if text else {}


def coding(node: Node) -> Document:
    """Return one coding, {} without a code or without its system."""
    code, system = " ".join(node.get("code").split()), node.get("codeSystem")
    if not code or not re.fullmatch(r"\d+(\.\d+)+", system):
        return {}
    found = {"system": SYSTEMS.get(system, f"urn:oid:{system}"), "code": code}
    if node.get("displayName"):
        found["display"] = node.get("displayName")
    return found


def quantity(node: Node) -> Document:
    """Return a physical quantity (PQ). Its unit 1 is no unit."""
    value = number(node.get("value"))
    if value is None:
        return {}
    found: Document = {"value": value}
    unit = node.get("unit")
    if unit and unit != "1":
        found["unit"] = unit
        if code := unit_code(unit):
            found |= {"system": UCUM, "code": code}
    return found


def _range(node: Node) -> Document:
    low, high = quantity(node.first("low")), quantity(node.first("high"))
    if low and high:
        return {"valueRange": {"low": low, "high": high}}
    one = low or high or quantity(node)
    if not one:
        return {}
    sign = ">=" if low else "<=" if high else ""
    inclusive = (node.first("low") if low else node.first("high")).get("inclusive") != "false"
    return {"valueQuantity": {**one, **({"comparator": sign if inclusive else sign[0]} if sign else {})}}


def reference_ranges(observation: Node, around: Around) -> list[Document]:
    """Return the ranges an observation is judged by, as numbers and in words."""
    found = []
    for node in observation.all("referenceRange", "observationRange"):
        value = node.first("value")
        one: Document = {}
        for name in ("low", "high"):
            if side := quantity(value.first(name)):
                one[name] = side
        if "low" in one and "high" in one and Decimal(one["low"]["value"]) > Decimal(one["high"]["value"]):
            one = {}
        text = around.words(node.first("text")) or ("" if one else value.text())
        if text:
            one["text"] = text
        if one:
            found.append(one)
    return found


def identifiers(node: Node) -> list[Document]:
    """Return the ids (II) of something."""
    found = []
    for one in node.all("id"):
        root, extension = one.get("root"), one.get("extension")
        if root and extension:
            found.append({"system": IDENTIFIERS.get(root, oid(root)), "value": extension})
        elif root:
            found.append({"system": "urn:ietf:rfc:3986", "value": oid(root)})
    return found


def oid(root: str) -> str:
    """Return a root as a URN; one that is neither an OID nor a UUID as one of ours."""
    if re.fullmatch(r"[0-2](\.(0|[1-9]\d*))+", root):
        return f"urn:oid:{root}"
    if re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", root):
        return f"urn:uuid:{root.lower()}"
    return f"urn:bedside:root:{slug(root)}"


def human_name(node: Node) -> Document:
    """Return a person's name, {} when it says nothing."""
    given = [text for one in node.all("given") if (text := one.text())]
    family = " ".join(text for one in node.all("family") if (text := one.text()))
    found: Document = {}
    if use := NAME_USES.get(node.get("use").split(" ")[0]):
        found["use"] = use
    if not given and not family and (whole := node.text()):
        return {**found, "text": whole}
    if family:
        found["family"] = family
    if given:
        found["given"] = given
    for part in ("prefix", "suffix"):
        if words := [text for one in node.all(part) if (text := one.text())]:
            found[part] = words
    return found if given or family else {}


def name_text(node: Node) -> str:
    """Return a name as one text."""
    said = human_name(node)
    parts = [*said.get("prefix", []), *said.get("given", []), said.get("family", ""), *said.get("suffix", [])]
    return said.get("text", "") or " ".join(part for part in parts if part)


def address(node: Node) -> Document:
    """Return an address, {} when it says nothing."""
    found: Document = {}
    if lines := [text for one in node.all("streetAddressLine") if (text := one.text())]:
        found["line"] = lines
    for theirs, ours in (("city", "city"), ("state", "state"), ("postalCode", "postalCode"), ("country", "country")):
        if text := node.first(theirs).text():
            found[ours] = text
    if found and (use := ADDRESS_USES.get(node.get("use").split(" ")[0])):
        found["use"] = use
    return found


def contact(node: Node) -> Document:
    """Return a telephone number or mail address, {} when it says nothing."""
    value = unquote(node.get("value"))
    scheme, _, rest = value.partition(":")
    system = {"tel": "phone", "fax": "fax", "mailto": "email", "http": "url", "https": "url"}.get(scheme.lower())
    if system is None:
        system, rest = "phone", value
    rest = value if system == "url" else rest.strip()
    if not rest:
        return {}
    found = {"system": system, "value": rest}
    if use := PHONE_USES.get(node.get("use").split(" ")[0]):
        found["use"] = use
    return found


def performer(entity: Node) -> str:
    """Return who did something, as one text: a person, else the organisation."""
    person = next((one for name in ("assignedPerson", "relatedPerson") if (one := entity.first(name))), NOTHING)
    return name_text(person.first("name")) or entity.first("representedOrganization", "name").text()

"""A whole C-CDA document: its patient, its coded entries and its readable text, each under a name that stays."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator

from bedside.fhir.documents import write_document
from bedside.fhir.validation.narrative import check_xhtml
from bedside.fhir.validation.wrong import Around as Checked
from bedside.intake.brought import Brought, Contents, Untaken

from . import events, header, measures, medicines, problems
from .datatypes import Around, Document, identifiers
from .narrative import section_html, whole_html
from .terms import SECTION_TEMPLATES, SECTIONS
from .xml import Node, read_xml

Reader = Callable[[Node, Around], Iterator[problems.Made]]

READERS: dict[str, Reader] = {
    "problems": problems.problems_of,
    "allergies": problems.allergies_of,
    "medicines": medicines.medicines_of,
    "immunizations": medicines.immunizations_of,
    "results": measures.results_of,
    "vitals": measures.vitals_of,
    "social": measures.social_of,
    "encounters": events.encounters_of,
    "procedures": events.procedures_of,
}

#: Where each type names its patient. Source: FHIR R4 4.0.1.
_PATIENT_IN = {"AllergyIntolerance": "patient", "Immunization": "patient"}


def read_document(content: bytes) -> Contents:
    """Return what is in a C-CDA document. Raises: FileNotTaken.

    A time of day without an offset is cut to its day: a document of another place does not say what its clocks showed.
    """
    root = read_xml(content)
    around = Around()
    for node in root.walk():
        if name := node.get("ID"):
            around.texts.setdefault(name, node)
    found = Contents([], [])
    roles = root.all("recordTarget", "patientRole")
    if len(roles) != 1:
        found.refused.append(Untaken("header", "Patient", "no_patient", "The document is not about one patient."))
        return found
    patient = header.patient_of(roles[0])
    key = f"Patient/{_digest(*_patient_words(patient))}"
    found.brought.append(Brought("header", patient, key=key))
    names = _Names(key)
    texts: list[tuple[str, str]] = []
    for section in _sections(root):
        title = section.first("title").text() or section.first("code").get("displayName") or "Section"
        texts.append((title, _safe(section_html(section.first("text")))))
        _read_section(section, title, around, names, found)
    document = header.document_of(root, around, whole_html(texts))
    number = identifiers(root)
    said = [f"{one['system']}|{one['value']}" for one in number] or [root.text()]
    name = f"DocumentReference/{_digest(key, *said)}"
    found.brought.append(names.brought(title_of(document), document, name))
    told_at = around.at(root.first("effectiveTime"))
    for one in found.brought:
        if "T" in told_at:
            one.document["meta"] = {"lastUpdated": told_at}
    return found


def title_of(document: Document) -> str:
    """Return what a document calls itself."""
    return str(document["description"])


def _patient_words(patient: Document) -> list[str]:
    numbers = [f"{one['system']}|{one['value']}" for one in patient.get("identifier", [])]
    return numbers[:1] or [write_document(patient)]


def _sections(root: Node) -> Iterator[Node]:
    """Yield every section of the body, those inside others included."""
    for node in root.first("component", "structuredBody").walk():
        if node.name == "section":
            yield node


def _kind_of(section: Node) -> str:
    code = section.first("code").get("code")
    if code in SECTIONS:
        return SECTIONS[code]
    roots = (one.get("root") for one in section.all("templateId"))
    return next((SECTION_TEMPLATES[one] for one in roots if one in SECTION_TEMPLATES), "")


def _read_section(section: Node, title: str, around: Around, names: _Names, found: Contents) -> None:
    reader = READERS.get(_kind_of(section))
    if reader is None:
        return
    for number, entry in enumerate(section.all("entry"), start=1):
        place = f"{title}, entry {number}"
        made = list(reader(entry, around))
        if not made and not _says_nothing(entry):
            found.refused.append(Untaken(place, "", "unreadable", "What it is about is not named."))
        for node, document in made:
            found.brought.append(names.brought(place, document, names.key(node, document)))


def _says_nothing(entry: Node) -> bool:
    """Say whether an entry is there only to say that there is nothing to tell (nullFlavor, or empty)."""
    return not any(node.get("code") or node.get("value") or node.text() for node in entry.walk())


def _safe(html: str) -> str:
    """Return a section's XHTML if it is as harmless as every narrative must be, else "" (its coded entries stay)."""
    if not html:
        return ""
    wrongs = check_xhtml(whole_html([("Section", html)]), Checked({}))
    return "" if wrongs and any(one.severity == "error" for one in wrongs) else html


def _digest(*words: str) -> str:
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()[:40]


class _Names:
    """Gives every entry a name by its own id. An id that stands for two things names neither alone."""

    def __init__(self, patient_key: str) -> None:
        self.patient_key = patient_key
        self._taken: dict[str, str] = {}
        self._keys: dict[int, str] = {}

    def key(self, node: Node, document: Document) -> str:
        kind = document["resourceType"]
        results = document.get("result")
        if results is not None:
            document["result"] = [{"reference": self._keys[id(one)]} for one in results if id(one) in self._keys]
        said = write_document({name: document[name] for name in document if name != "identifier"})
        numbers = [f"{one['system']}|{one['value']}" for one in identifiers(node)][:1]
        key = f"{kind}/{_digest(self.patient_key, *(numbers or [said]))}"
        if self._taken.setdefault(key, said) != said:
            key = f"{kind}/{_digest(self.patient_key, *numbers, said)}"
        self._keys[id(document)] = key
        return key

    def brought(self, place: str, document: Document, key: str) -> Brought:
        document[_PATIENT_IN.get(document["resourceType"], "subject")] = {"reference": self.patient_key}
        return Brought(place, document, key=re.sub(r"[^A-Za-z0-9./\-]", "-", key))

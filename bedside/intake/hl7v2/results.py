"""ORU^R01 as FHIR: for every order a DiagnosticReport with its Observations, under ids that stay the same.

A correction has the filler's order number, the code and the sub-id of what it corrects, so it gets the same ids: it is
the next version, not another result. Source: HL7 v2.5.1, 7.3.1 (ORU^R01), 7.4.1 (OBR); HL7 v2-to-FHIR 1.0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from .attachments import attachment_of
from .observations import LINES, Around, observation_of
from .reading import Message, Segment
from .refusals import MessageRefused
from .reports import Order, report_of
from .subjects import Subject, subject_of
from .terms import STATUS_WITHOUT_VALUE, TEXT_MOST
from .values import Document, instant, moment, slug

#: All ids of results are made in this one. Source: ours; never change it, or results double.
RESULTS = uuid5(NAMESPACE_URL, "urn:bedside:laboratory-results")


@dataclass(frozen=True, slots=True)
class Part:
    """One resource of a result. `keeps_value`: only the status changes, the value sent before stays."""

    id: UUID
    document: Document
    keeps_value: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What one order brought for one patient. No document names its patient yet: see `about`."""

    subject: Subject
    placer: str
    placer_system: str
    title: str
    sent_at: datetime
    report: Part
    observations: tuple[Part, ...] = field(default_factory=tuple)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The report, then its observations."""
        return (self.report, *self.observations)


def results_of(message: Message, *, zone_name: str, received_at: datetime) -> list[Result]:
    """Return the results of a message. Raises: MessageRefused when it is not ORU, a test, or brings none."""
    head = message.head
    if head.text(9) != "ORU":
        raise MessageRefused(f"it is {message.kind or 'of no type'}, and only ORU^R01 is taken here", error="200")
    if head.text(11).upper() not in ("", "P"):
        raise MessageRefused("MSH-11 says that it is for training or testing, not for patients", error="202")
    if not message.control_id:
        raise MessageRefused("it has no control id (MSH-10)", error="101")
    sent_at = instant(head.text(7), zone_name) or received_at
    issued = (instant(head.text(7), zone_name) or received_at).isoformat(timespec="seconds")
    found = [
        _result(message, pid, group, index, sent_at, issued, zone_name)
        for index, (pid, group) in enumerate(_groups(message))
    ]
    if not found:
        raise MessageRefused("it brings no result: there is no OBR", error="100")
    ids = Counter(part.id for one in found for part in one.parts)
    if len(ids) != ids.total():
        raise MessageRefused("two orders in it have the same number and code", error="205")
    return found


def _groups(message: Message) -> Iterator[tuple[Segment | None, list[Segment]]]:
    """Yield each order with the PID it stands under: the segments from its ORC or OBR to the next one's."""
    pid: Segment | None = None
    group: list[Segment] = []
    for segment in message.segments[1:]:
        begins = segment.name == "ORC" or (segment.name == "OBR" and any(one.name == "OBR" for one in group))
        if segment.name == "PID" or begins:
            if any(one.name == "OBR" for one in group):
                yield pid, group
            group = []
        if segment.name == "PID":
            pid = segment
        elif segment.name in ("ORC", "OBR") or group:
            group.append(segment)
    if any(one.name == "OBR" for one in group):
        yield pid, group


def _result(
    message: Message, pid: Segment | None, group: list[Segment], index: int, sent_at: datetime, issued: str, zone: str
) -> Result:
    facility = message.facility
    obr = next(one for one in group if one.name == "OBR")
    orc = next((one for one in group if one.name == "ORC"), None)
    subject = subject_of(pid, facility)
    order = Order(obr, orc, facility, zone)
    key = _order_key(order, subject, message, index)
    effective = moment(obr.text(7), zone) or moment(obr.text(14), zone)
    around = Around(facility, zone, effective, issued)
    parts, forms = _observations(group, key, around)
    report = report_of(order, around, notes=_notes_of_order(group), forms=forms)
    report["identifier"].append({"system": "urn:bedside:result", "value": key[:200]})
    if parts:
        report["result"] = [{"reference": f"Observation/{part.id}"} for part in parts]
    whole = Part(uuid5(RESULTS, key), report)
    return Result(subject, order.placer, order.placer_system, order.title, sent_at, whole, tuple(parts))


def _order_key(order: Order, subject: Subject, message: Message, index: int) -> str:
    """Return what an order is known by: the filler's number, else the placer's, else who and what and when."""
    place = slug(order.filler_system or order.facility)
    code = order.obr.text(4) or order.obr.text(4, 2)
    if order.filler:
        return f"{place}|{slug(order.filler)}|{slug(code)}"
    if order.placer:
        return f"{place}|placer:{slug(order.placer)}|{slug(code)}"
    who, when = subject.numbers[0].value if subject.numbers else "", order.obr.text(7)
    if who and when:
        return f"{place}|patient:{slug(who)}|{slug(code)}|{slug(when)}"
    return f"{place}|message:{slug(message.control_id)}|{slug(code)}|{index}"


def _observations(group: list[Segment], key: str, around: Around) -> tuple[list[Part], list[Document]]:
    """Return the observations of an order, and the documents it brought (ED)."""
    gathered: list[tuple[list[Segment], list[str]]] = []
    seen: dict[tuple[str, str], int] = {}
    for segment in group:
        if segment.name == "OBX":
            name = (segment.text(3) or segment.text(3, 2), segment.text(4))
            at = seen.get(name)
            if at is not None and segment.text(2).upper() in LINES and gathered[at][0][0].text(2).upper() in LINES:
                gathered[at][0].append(segment)
                continue
            seen[name] = len(gathered)
            gathered.append(([segment], []))
        elif segment.name == "NTE" and gathered:
            gathered[-1][1].extend(_note(segment))
    parts: list[Part] = []
    forms: list[Document] = []
    counted: Counter[tuple[str, str]] = Counter()
    for lines, notes in gathered:
        if (form := attachment_of(lines[0])) is not None:
            forms.append(form)
            continue
        name = (lines[0].text(3) or lines[0].text(3, 2), lines[0].text(4))
        counted[name] += 1
        again = f"|{counted[name]}" if counted[name] > 1 else ""
        id = uuid5(RESULTS, f"{key}|{slug(name[0])}|{slug(name[1] or '-')}{again}")
        keeps = lines[0].text(11).upper() == STATUS_WITHOUT_VALUE and not lines[0].repetitions(5)
        parts.append(Part(id, observation_of(lines, notes, around), keeps))
    return parts, forms


def _note(nte: Segment) -> list[str]:
    """Return the lines of a comment (NTE-3)."""
    return [line for one in nte.repetitions(3) if (line := " ".join(part for parts in one for part in parts).rstrip())]


def _notes_of_order(group: list[Segment]) -> list[str]:
    """Return the comments that stand under OBR, before the first OBX."""
    notes: list[str] = []
    for segment in group:
        if segment.name == "OBX":
            break
        if segment.name == "NTE":
            notes += _note(segment)
    return ["\n".join(notes)[:TEXT_MOST]] if notes else []


def about(document: Document, patient_id: UUID) -> Document:
    """Return a document of a result as one about this patient, what it contains included."""
    reference = {"reference": f"Patient/{patient_id}"}
    found = {**document, "subject": reference}
    if contained := document.get("contained"):
        found["contained"] = [{**one, "subject": reference} for one in contained]
    return found

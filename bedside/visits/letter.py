"""The letter after a visit, in words: one text for the page, for print and for the PDF.

Reads a summary, writes it in the active language. Decides nothing and asks the database nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, tzinfo

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bedside.accounts.models import Person
from bedside.directory.templatetags.doctors import called, the_doctor
from bedside.kernel.money import Money
from bedside.kernel.time import zone
from bedside.platform.ui import words
from bedside.platform.ui.terms import CARE_LINES
from bedside.record.chart import Medicine, Problem, Vital

from .queries.summary import Summary

#: Countries that print on US Letter. Source: Unicode CLDR supplemental data, paperSize US-Letter.
LETTER_PAPER = frozenset({"BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"})


@dataclass(frozen=True, slots=True)
class Line:
    """One thing on the letter. `kind` is a stable code (new, stop, same, allergy, task, visit …)."""

    kind: str
    label: str
    title: str
    note: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """The whole letter in one language. An empty part is left out."""

    language: str
    title: str
    when: str
    patient: str
    is_signed: bool
    writing: str
    brief: list[str]
    reason: str
    diagnoses: list[Line]
    written: list[Line]
    medicines: list[Line]
    found: list[Line]
    call_us: list[str]
    call_us_at: str
    call_us_dial: str
    call_now: list[str]
    call_now_at: str
    next: list[Line]
    cost: list[tuple[str, str]]
    signed: str
    doctor: str
    clinic: str
    paper: str
    labels: dict[str, str] = field(default_factory=dict)


def write_letter(summary: Summary, *, time_zone: str) -> Letter:
    """Write the letter in the active language, with times in the reader's zone."""
    language = get_language() or settings.LANGUAGE_CODE
    tz = zone(time_zone)
    visit, record = summary.visit, summary.record
    practitioner = visit.practitioner
    doctor = called(practitioner.title, practitioner.person, language)
    lines = CARE_LINES.get(settings.COUNTRY, CARE_LINES["US"])
    return Letter(
        language=language,
        title=_title(summary, the_doctor(practitioner)),
        when=_when(summary, tz, language),
        patient=_patient(visit.patient, language),
        is_signed=summary.is_signed,
        writing="" if summary.is_signed else _still_writing(doctor),
        brief=_brief(summary, language),
        reason=visit.appointment.reason,
        diagnoses=[_diagnosis(problem, language) for problem in record.diagnoses],
        written=_written(summary),
        medicines=_medicines(summary, language),
        found=[_found(vital, language) for vital in record.vitals],
        call_us=[_("you feel worse"), _("you are not better on the day you were told"), _("something new worries you")],
        call_us_at=spoken_number(practitioner.organization.phone),
        call_us_dial=practitioner.organization.phone,
        call_now=[
            _("you have trouble breathing"),
            _("you have chest pain"),
            _("you faint, are confused, or cannot move a part of your body"),
        ],
        call_now_at=lines.emergency[1],
        next=_next(summary, tz, language),
        cost=_cost(summary, language),
        signed=_signed(summary, tz, language),
        doctor=doctor,
        clinic=practitioner.organization.name,
        paper="us-letter" if settings.COUNTRY in LETTER_PAPER else "a4",
        labels=_labels(lines.emergency[1]),
    )


def _labels(emergency: str) -> dict[str, str]:
    return {
        "brief": _("In short"),
        "reason": _("Why you came"),
        "diagnoses": _("What it is"),
        "medicines": _("Your medicines"),
        "found": _("What we measured"),
        "help": _("When to get help"),
        "call_us": _("Call us the same day if"),
        "call_now": _("Call {number} now if").format(number=emergency),
        "next": _("What to do, and when"),
        "no_next": _("Nothing is planned. Call us if you need anything."),
        "no_medicines": _("Nothing was changed."),
        "cost": _("What it cost"),
        "page": _("Page"),
        "of": _("of"),
        "patient": _("Patient"),
        "box": _("□ stands for a sign that paper cannot show here. The page on your screen shows it."),
    }


def _still_writing(doctor: str) -> str:
    return _("{doctor} is still writing. This is what is known so far.").format(doctor=doctor)


def _title(summary: Summary, doctor: str) -> str:
    if summary.is_for_patient:
        return _("Your visit with {doctor}").format(doctor=doctor)
    return _("{patient}: visit with {doctor}").format(patient=summary.visit.patient.full_name, doctor=doctor)


def _patient(person: Person, language: str) -> str:
    if person.birth_on is None:
        return person.full_name
    born = words.long_date(person.birth_on, language)
    return _("{name}, born {day}").format(name=person.full_name, day=born)


def _when(summary: Summary, tz: tzinfo, language: str) -> str:
    visit = summary.visit
    begins, ends = visit.started_at or visit.created_at, visit.ended_at or visit.created_at
    modes = {"video": _("Video visit"), "voice": _("Voice visit"), "chat": _("Chat visit")}
    return _("{day}, {begins} to {ends}, {zone}. {mode}").format(
        day=words.day(begins.astimezone(tz).date(), language, today=date.min),
        begins=words.clock_time(begins, tz, language),
        ends=words.clock_time(ends, tz, language),
        zone=words.zone_name(tz, language, begins),
        mode=modes.get(visit.mode, ""),
    )


def _brief(summary: Summary, language: str) -> list[str]:
    """Return what matters most: the doctor's own words, and where there are none, what was decided."""
    own = [line.strip(" -*•\t") for line in summary.record.words_for_patient.splitlines()]
    if lines := [line for line in own if line]:
        return lines[:8]
    brief = [_diagnosis(problem, language).title for problem in summary.record.diagnoses[:2]]
    brief += [f"{m.name.told(language)}: {m.sig.told(language)}" for m in summary.record.prescriptions[:3]]
    return brief


def _written(summary: Summary) -> list[Line]:
    """Return what the doctor found and planned, as written in the signed note."""
    if summary.record.note is None:
        return []
    parts = (("found", _("What was found")), ("plan", _("The plan")))
    told = [(key, title, summary.record.note.section(key).strip()) for key, title in parts]
    return [Line(key, "", title, text) for key, title, text in told if text]


def _diagnosis(problem: Problem, language: str) -> Line:
    name = problem.name.told(language) or problem.display
    sure = problem.certainty in {"confirmed", ""}
    title = _("You have: {name}").format(name=name) if sure else _("It may be: {name}").format(name=name)
    return Line("diagnosis", "", title, "" if sure else _("This is not certain yet."))


def _medicines(summary: Summary, language: str) -> list[Line]:
    record = summary.record
    lines = [_medicine("new", _("New"), m, language, m.sig.told(language)) for m in record.prescriptions if m.is_active]
    lines += [_medicine("stop", _("Stop"), m, language, m.reason.told(language)) for m in record.stopped]
    if summary.relation == "proxy":
        return lines
    here = {m.id for m in (*record.prescriptions, *record.stopped)}
    same = [m for m in record.chart.active_medicines if m.id not in here]
    lines += [_medicine("same", _("Same"), m, language, m.sig.told(language)) for m in same]
    for allergy in record.chart.allergies:
        lines.append(Line("allergy", _("Allergy"), allergy.name.told(language), allergy.reaction.told(language)))
    return lines


def _medicine(kind: str, label: str, medicine: Medicine, language: str, note: str) -> Line:
    note = note.strip()
    if note and not note.endswith("."):
        note = f"{note}."
    return Line(kind, label, medicine.name.told(language), note)


def _found(vital: Vital, language: str) -> Line:
    state = "high" if vital.is_high else "low" if vital.is_low else "usual"
    labels = {"high": _("Higher than usual"), "low": _("Lower than usual"), "usual": _("In the usual range")}
    return Line(state, labels[state], vital.measure.name.told(language), f"{vital.shown} {vital.measure.unit}".strip())


def _next(summary: Summary, tz: tzinfo, language: str) -> list[Line]:
    dated: list[tuple[str, Line]] = []
    for task in summary.record.tasks:
        if task.status not in {"requested", "completed"}:
            continue
        kind = "done" if task.is_done else "check_back" if task.is_check_back else "task"
        label = _("Done") if task.is_done else ""
        line = Line(kind, label, task.name.told(language), "", words.day(task.due_on, language))
        dated.append((task.due_on.isoformat(), line))
    for row in summary.booked:
        local = row.starts_at.astimezone(tz).date()
        title = _("Visit with {doctor}").format(doctor=the_doctor(row.practitioner))
        line = Line("visit", "", title, words.clock_time(row.starts_at, tz, language), words.day(local, language))
        dated.append((row.starts_at.astimezone(tz).isoformat(), line))
    lines = [line for _on, line in sorted(dated, key=lambda entry: entry[0])]
    return [_offer(summary, tz, language), *lines] if summary.offered else lines


def _offer(summary: Summary, tz: tzinfo, language: str) -> Line:
    times = [
        f"{words.short_day(at.date(), language)}, {words.clock_time(at, tz, language)}"
        for at in (row.starts_at.astimezone(tz) for row in summary.offered)
    ]
    until = summary.offered[0].hold_expires_at or summary.offered[0].starts_at
    note = _("{times}. They are held for you until {until}.").format(
        times=" · ".join(times), until=words.clock_time(until, tz, language)
    )
    return Line("offer", "", _("Choose a time for your follow-up"), note)


def _cost(summary: Summary, language: str) -> list[tuple[str, str]]:
    row = summary.visit.appointment
    return [(_("This visit, as shown when it was booked"), words.money(Money(row.fee_minor, row.currency), language))]


def _signed(summary: Summary, tz: tzinfo, language: str) -> str:
    note = summary.record.note
    if note is None:
        return _("Not signed yet")
    return _("Signed {day}, {time}, {zone}").format(
        day=words.long_date(note.signed_at.astimezone(tz).date(), language),
        time=words.clock_time(note.signed_at, tz, language),
        zone=words.zone_name(tz, language, note.signed_at),
    )


def spoken_number(dialled: str) -> str:
    """Return a telephone number as people of its country write it: (512) 555-0140."""
    if dialled.startswith("+1") and len(dialled) == 12:
        return f"({dialled[2:5]}) {dialled[5:8]}-{dialled[8:]}"
    return dialled

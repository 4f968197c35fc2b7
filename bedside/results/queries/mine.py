"""Results as their patient reads them: open ones with the clinician's note, those that wait, and the choices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bedside.consent.models import ResultChoice
from bedside.consent.queries import result_choices
from bedside.consent.terms import RESULT_KINDS
from bedside.kernel.errors import NotFound
from bedside.platform.access import Actor
from bedside.record.chart import Chart
from bedside.record.queries import get_chart
from bedside.record.results.facts import Report
from bedside.record.results.gentle import Held
from bedside.record.results.lines import Sheet, sheets_of
from bedside.record.results.trends import WINDOW, ResultTrend, series_of, trend_of
from bedside.record.words import Words
from bedside.results import policy
from bedside.results.models import Acknowledgement
from bedside.results.terms import NEXT_STEPS

#: Reports on one page of the list.
A_PAGE = 12


@dataclass(frozen=True, slots=True)
class Note:
    """What whoever saw a result says to the patient, and what comes next."""

    by: str
    at: datetime
    text: str
    next_step: Words | None


@dataclass(frozen=True, slots=True)
class MyResult:
    """One report, its drawings, and the notes about it."""

    sheet: Sheet
    trends: dict[str, ResultTrend]
    notes: tuple[Note, ...]
    is_seen: bool

    @property
    def report(self) -> Report:
        """The report itself."""
        return self.sheet.report


@dataclass(frozen=True, slots=True)
class MyResults:
    """All results of a patient on a page: those that wait first, then the newest."""

    chart: Chart
    results: tuple[MyResult, ...]
    held: tuple[Held, ...]
    next_page: int | None


def my_results(*, actor: Actor, now: datetime, page: int = 1) -> MyResults:
    """Return the actor's own results, a page of them. The number of queries is the same for one and for thousands."""
    chart = _own_chart(actor, now)
    first = max(0, page - 1) * A_PAGE
    shown = chart.reports[first : first + A_PAGE]
    results = tuple(_told(chart, shown, now))
    more = page + 1 if len(chart.reports) > first + A_PAGE else None
    return MyResults(chart, results, chart.held if page <= 1 else (), more)


def my_result(*, actor: Actor, now: datetime, report_id: str) -> MyResult | Held:
    """Return one of the actor's own results, or that it waits. Raises: NotFound."""
    chart = _own_chart(actor, now)
    waits = next((held for held in chart.held if held.id == report_id), None)
    if waits is not None:
        return waits
    found = [report for report in chart.reports if report.id == report_id]
    if not found:
        raise NotFound()
    return next(iter(_told(chart, found, now)))


def _own_chart(actor: Actor, now: datetime) -> Chart:
    return get_chart(actor=actor, patient_id=actor.person_key, now=now, action=policy.MINE)


def _told(chart: Chart, reports: Iterable[Report], now: datetime) -> Iterable[MyResult]:
    reports = list(reports)
    first = chart.reports.index(reports[0]) if reports else 0
    near = chart.reports[first : first + WINDOW]
    series = series_of(near)
    notes: dict[str, list[Note]] = {}
    seen: set[tuple[str, int]] = set()
    rows = Acknowledgement.objects.filter(
        item__patient_id=chart.patient.id, item__report_id__in=[report.id for report in reports]
    ).select_related("item", "by__practitioner")
    for row in rows.order_by("-at"):
        seen.add((row.item.report_id, row.version))
        if row.note or row.next_step:
            notes.setdefault(row.item.report_id, []).append(_note(row))
    for sheet in sheets_of(reports, near):
        report = sheet.report
        drawn = {r.key: trend_of(series.get(r.key, []), now.date()) for r in report.results}
        trends = {key: trend for key, trend in drawn.items() if trend is not None}
        yield MyResult(sheet, trends, tuple(notes.get(report.id, ())), (report.id, report.version) in seen)


def _note(row: Acknowledgement) -> Note:
    practitioner = getattr(row.by, "practitioner", None)
    name = practitioner.display_name if practitioner else row.by.full_name
    return Note(name, row.at, row.note, NEXT_STEPS[row.next_step] if row.next_step else None)


@dataclass(frozen=True, slots=True)
class ChoicesPage:
    """When results open for the actor: for all, for each kind, and for single tests."""

    everything: str
    kinds: tuple[tuple[str, str], ...]
    tests: tuple[ResultChoice, ...]
    known_tests: tuple[tuple[str, Words], ...]


def choices_page(*, actor: Actor, now: datetime) -> ChoicesPage:
    """Return the actor's choices, and the tests they had, to choose from. What waits is not among those."""
    rows = result_choices(actor=actor, patient_id=actor.person_key, now=now)
    chart = _own_chart(actor, now)
    chosen = {(row.scope, row.code): row.way for row in rows}
    tests = tuple(row for row in rows if row.scope == "test")
    taken = {row.code for row in tests}
    known = {
        r.code: r.name for report in chart.reports[:WINDOW] for r in report.results if r.code and r.code not in taken
    }
    return ChoicesPage(
        everything=chosen.get(("all", ""), "at_once"),
        kinds=tuple((kind, chosen.get(("kind", kind), "")) for kind, _ in RESULT_KINDS),
        tests=tests,
        known_tests=tuple(sorted(known.items(), key=lambda pair: pair[1].en)),
    )

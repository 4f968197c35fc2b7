"""Results as a page writes them: each with the value before it and where it stands on the bar of its range. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .facts import Report, Result
from .trends import pin_of, series_of


@dataclass(frozen=True, slots=True)
class Bar:
    """A range drawn. Units: percent across."""

    begin: str
    width: str
    at: str


@dataclass(frozen=True, slots=True)
class Line:
    """One result and what stands beside it."""

    result: Result
    before: Result | None
    bar: Bar | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One report and its lines."""

    report: Report
    lines: tuple[Line, ...]

    @property
    def marked(self) -> tuple[Line, ...]:
        """The lines outside what is usual, the dangerous first."""
        lines = [line for line in self.lines if line.result.is_abnormal and not line.result.is_withdrawn]
        return tuple(sorted(lines, key=lambda line: not line.result.is_critical))


def sheet_of(report: Report, series: Mapping[str, Sequence[Result]]) -> Sheet:
    """Return a report with, for each result, the newest value of the same test from before it."""
    lines = []
    for result in report.results:
        earlier = (other for other in series.get(result.key, ()) if other.at < result.at and other.kind != "none")
        pin = pin_of(result)
        lines.append(Line(result, next(earlier, None), Bar(*pin) if pin else None))
    return Sheet(report, tuple(lines))


def sheets_of(reports: Iterable[Report], everything: Iterable[Report]) -> tuple[Sheet, ...]:
    """Return these reports as a page writes them; `everything` is what earlier values are looked for in."""
    series = series_of(everything)
    return tuple(sheet_of(report, series) for report in reports)

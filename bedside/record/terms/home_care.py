"""Home-care plans: advice picked in the call that becomes dated tasks for the patient.

Shape: a task stands on day 0 (the day it is given), 1, 2 … and is one line the patient can tick off. Source: each
plan names what its advice follows; the words are our own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from bedside.record.words import Words


@dataclass(frozen=True, slots=True)
class PlanTask:
    """One line of a plan: its key, the day it is due (0 is the day given), and what to do."""

    key: str
    day: int
    words: Words


@dataclass(frozen=True, slots=True)
class HomeCarePlan:
    """A plan: what it is for, its tasks, the usual day to ask how it went, and what it follows."""

    key: str
    name: Words
    tasks: tuple[PlanTask, ...]
    check_back_days: int
    source: str


CHECK_BACK = Words("Tell us how you feel", "Díganos cómo se siente")


def _read(path: Path) -> dict[str, HomeCarePlan]:
    found: dict[str, HomeCarePlan] = {}
    for line in path.open(encoding="utf-8"):
        kind, *fields = line.rstrip("\n").split("\t")
        if kind == "plan":
            key, en, es, check_back_days, source = fields
            found[key] = HomeCarePlan(key, Words(en, es), (), int(check_back_days), source)
        elif kind == "task":
            plan = list(found.values())[-1]
            day, en, es = fields
            task = PlanTask(f"{plan.key}.{len(plan.tasks) + 1}", int(day), Words(en, es))
            found[plan.key] = replace(plan, tasks=(*plan.tasks, task))
    return found


PLANS: dict[str, HomeCarePlan] = _read(Path(__file__).parents[1] / "data" / "home_care.tsv")

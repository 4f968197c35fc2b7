"""How a bench says what it found: a goal, a figure, and the ratio between them."""

from __future__ import annotations

import statistics
from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which that share of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def spread(values: Sequence[float]) -> str:
    """Say the median, p95 and p99 of values in milliseconds."""
    return (
        f"p50 {statistics.median(values):.0f} ms, p95 {percentile(values, 0.95):.0f} ms, "
        f"p99 {percentile(values, 0.99):.0f} ms, n {len(values)}"
    )


def report(name: str, found: float, goal: float, unit: str, *, more_is_better: bool = False) -> bool:
    """Print one line and say whether the goal was reached.

    The ratio is above 1 when the figure is better than the goal.
    """
    if more_is_better:
        reached, ratio = found >= goal, found / goal if goal else float("inf")
    else:
        reached, ratio = found <= goal, goal / found if found else float("inf")
    sign = "≥" if more_is_better else "≤"
    mark = "ok  " if reached else "SHORT"
    print(f"{mark:5} {name:58} {found:>10.1f} {unit:8} goal {sign} {goal:g} {unit:8} ratio {ratio:.2f}", flush=True)
    return reached

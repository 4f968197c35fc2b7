"""A search from end to end, as steps: the codes looked up, a page, its total, and what comes along."""

from __future__ import annotations

from dataclasses import dataclass, field

from bedside.fhir.asking import Steps
from bedside.fhir.reach import Reach

from .codes import Terminology, look_up_codes
from .cursor import write_cursor
from .limits import ESTIMATE_MOST, INCLUDED_MOST, ROUNDS_MOST
from .page import COLUMNS, Row, count_of, included_by, page_of, row_of
from .query import Cursor, Query
from .schema import Schema, whole_schema
from .shaping import is_whole, shaped


@dataclass(frozen=True, slots=True)
class Page:
    """One page of what a search found.

    Shape: `total` counts all matches, None where it was not asked; `next` is where the next page begins, None at the
    end, and must be sealed before it is shown (see `cursor`); `warnings` are sentences for whoever asked.
    """

    matches: list[Row]
    included: list[Row] = field(default_factory=list)
    total: int | None = None
    next: str | None = None
    warnings: tuple[str, ...] = ()


def search_steps(
    query: Query, reach: Reach, *, terminology: Terminology | None = None, schema: Schema | None = None
) -> Steps[Page]:
    """Return a page of what is found within a reach. Raises: SearchRefused when codes cannot be looked up."""
    query = yield from look_up_codes(query, terminology)
    warnings = list(query.warnings)
    if query.count == 0 or query.summary == "count":
        rows = yield count_of(query, reach)
        return Page([], total=rows[0][0], warnings=tuple(warnings))
    found = yield page_of(query, reach)
    matches = [row_of(row) for row in found[: query.count]]
    following = None
    if len(found) > query.count:
        last = found[query.count - 1]
        following = write_cursor(Cursor(tuple(last[COLUMNS:]), last[0]))
    total = yield from _total(query, reach, len(found), warnings)
    included = yield from _include(query, reach, schema or whole_schema(), matches, warnings)
    if not is_whole(query):
        matches = [row._replace(body=shaped(row.body, row.kind, query, is_match=True)) for row in matches]
        included = [row._replace(body=shaped(row.body, row.kind, query, is_match=False)) for row in included]
    return Page(matches, included, total, following, tuple(warnings))


def _total(query: Query, reach: Reach, found: int, warnings: list[str]) -> Steps[int | None]:
    if query.total == "none":
        return None
    if query.after is None and found <= query.count:
        return found
    most = ESTIMATE_MOST if query.total == "estimate" else None
    rows = yield count_of(query, reach, most)
    total: int = rows[0][0]
    if total == most:
        warnings.append(f"There are at least {most} matches; _total=accurate counts them all.")
    return total


def _include(query: Query, reach: Reach, schema: Schema, matches: list[Row], warnings: list[str]) -> Steps[list[Row]]:
    """Return what comes along, each resource once, in rounds: what a round brought is asked again where it iterates."""
    included: list[Row] = []
    asked = matches
    for round_number in range(ROUNDS_MOST + 1):
        includes = [each for each in query.includes if not round_number or each.is_iterating]
        if not asked or not includes:
            break
        if round_number == ROUNDS_MOST:
            warnings.append(f"What is brought along was followed {ROUNDS_MOST} times and may go further.")
            break
        brought: dict[int, Row] = {}
        for each in includes:
            seen = [row.rid for row in (*matches, *included)] + list(brought)
            room = INCLUDED_MOST - len(included) - len(brought)
            ask = included_by(each, asked, seen, reach, schema, room + 1)
            if ask is None:
                continue
            rows = yield ask
            brought.update((row[0], row_of(row)) for row in rows[:room])
            if len(rows) > room:
                warnings.append(f"More than {INCLUDED_MOST} resources would come along; the rest is left out.")
                return [*included, *brought.values()]
        included += brought.values()
        asked = list(brought.values())
    return included

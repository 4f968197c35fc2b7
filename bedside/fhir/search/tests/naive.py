"""What a search must find, worked out the slow and plain way: every clause asked of every thing that can be seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from bedside.fhir.indexing.values import canonical_quantity, norm
from bedside.fhir.search.query import (
    AllOf,
    Amount,
    AnyOf,
    Chain,
    Clause,
    Has,
    IdIs,
    Include,
    Match,
    Missing,
    OfPatients,
    Pair,
    Query,
    Ref,
    Span,
    Stored,
    Text,
    Value,
    Words,
)  # fmt: skip
from bedside.fhir.search.ranges import widened

from .facts import Hiding, Range, Thing

FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class World:
    """Some things, of which only those within a reach are there at all."""

    def __init__(self, things: list[Thing], reach: Hiding) -> None:
        """Leave out what is deleted or hidden: nothing below can see it."""
        self.things = [thing for thing in things if not thing.is_deleted and reach.shows(thing)]

    def find(self, query: Query) -> list[Thing]:
        """Return the matches, in the order they were stored."""
        kinds = (query.kind,) if query.kind else query.kinds
        mine = [thing for thing in self.things if not kinds or thing.kind in kinds]
        return [thing for thing in mine if all(self.holds(clause, thing) for clause in query.clauses)]

    def holds(self, clause: Clause, thing: Thing) -> bool:
        """Say whether a clause holds of a thing."""
        match clause:
            case AllOf(clauses):
                return all(self.holds(each, thing) for each in clauses)
            case AnyOf(clauses):
                return any(self.holds(each, thing) for each in clauses)
            case IdIs(ids):
                return thing.id in ids
            case Stored(values):
                return any(instant_holds(span, thing.stored_at) for span in values)
            case OfPatients(ids):
                return bool(set(ids) & set(thing.patients))
            case Missing(param, is_missing):
                return is_missing is not bool(values_of(thing, param.code))
            case Match():
                found = any(match_holds(clause, value, thing) for value in clause.values)
                return found is not (clause.modifier == "not")
            case Chain(param, branches):
                refs = thing.refs.get(param.code, [])
                return any(
                    other.name in refs and other.kind == kind and self.holds(inner, other)
                    for kind, inner in branches
                    for other in self.things
                )
            case Has(param, inner):
                return any(
                    other.kind in param.kinds
                    and thing.name in other.refs.get(param.code, [])
                    and self.holds(inner, other)
                    for other in self.things
                )
        raise AssertionError(clause)

    def include(self, includes: tuple[Include, ...], matches: list[Thing]) -> set[tuple[str, str]]:
        """Return what comes along with some matches."""
        brought: list[Thing] = []
        asked, is_first = matches, True
        while asked:
            fresh = [
                other
                for other in self.things
                if other not in matches + brought
                and any(brings(each, one, other) for each in includes if is_first or each.is_iterating for one in asked)
            ]
            brought += fresh
            asked, is_first = fresh, False
        return {thing.name for thing in brought}


def brings(include: Include, one: Thing, other: Thing) -> bool:
    """Say whether a thing brings another along."""
    source, target = (other, one) if include.is_reverse else (one, other)
    if include.source not in ("*", source.kind) or (include.targets and target.kind not in include.targets):
        return False
    return any(target.name in refs for code, refs in source.refs.items() if not include.codes or code in include.codes)


def values_of(thing: Thing, code: str) -> list[Any]:
    """Return everything a parameter holds, of whatever sort."""
    parts = (
        thing.tokens,
        thing.refs,
        thing.said,
        thing.uris,
        thing.strings,
        thing.dates,
        thing.numbers,
        thing.quantities,
    )
    return [value for part in parts for value in part.get(code, [])]


# --- One value -------------------------------------------------------------------------------------------------
def match_holds(clause: Match, value: Value, thing: Thing) -> bool:
    """Say whether one value is found in a thing."""
    code = clause.param.code
    match value:
        case Words() if clause.modifier == "of-type":
            return tuple(value.words.split("|")) in thing.typed.get(code, [])
        case Words() if clause.modifier == "identifier":
            return any(token_holds(value, *each) for each in thing.said.get(code, []))
        case Words() if clause.modifier == "below":
            return any(uri.startswith(value.words) for uri in thing.uris.get(code, []))
        case Words() if clause.modifier == "above":
            return any(is_above(uri, value.words) for uri in thing.uris.get(code, []))
        case Words() if clause.param.sort == "uri":
            return value.words in thing.uris.get(code, [])
        case Words():
            return any(token_holds(value, *each) for each in thing.tokens.get(code, []))
        case Ref():
            return any((kind, value.id) in thing.refs.get(code, []) for kind in value.kinds)
        case Text():
            return any(text_holds(clause.modifier, value.text, text) for text in thing.strings.get(code, []))
        case Span():
            return any(date_holds(value, one) for one in thing.dates.get(code, []))
        case Amount() if clause.param.sort == "number":
            return any(number_holds(value, number) for number in thing.numbers.get(code, []))
        case Amount():
            return any(quantity_holds(value, *each) for each in thing.quantities.get(code, []))
        case Pair(parts):
            return any(
                token_holds(parts[0], *token)
                and (quantity_holds(parts[1], *other) if len(other) == 3 else token_holds(parts[1], *other))
                for token, other in thing.pairs.get(code, [])
            )
    raise AssertionError(value)


def token_holds(asked: Words, system: str, code: str) -> bool:
    """Source: FHIR R4 4.0.1, 3.1.1.4.10."""
    wanted_system, bar, wanted = asked.words.rpartition("|")
    if not bar:
        return code == wanted
    return system == wanted_system and wanted in ("", code)


def is_above(uri: str, asked: str) -> bool:
    """Say whether a uri is one that another stands below."""
    return asked == uri or (asked.startswith(uri) and (uri.endswith("/") or asked[len(uri)] == "/"))


def text_holds(modifier: str, asked: str, text: str) -> bool:
    """Source: FHIR R4 4.0.1, 3.1.1.4.8."""
    if modifier == "exact":
        return text == asked
    return norm(asked) in norm(text) if modifier == "contains" else norm(text).startswith(norm(asked))


def date_holds(span: Span, stored: Range) -> bool:
    """Source: FHIR R4 4.0.1, 3.1.1.4.5: what each prefix asks of two ranges."""
    low, high = span.from_at, span.to_at
    first, last = stored[0] or FIRST, stored[1] or LAST
    is_within = low <= first and last <= high
    near, far = widened(span)
    return {
        "eq": is_within,
        "ne": not is_within,
        "gt": last > high,
        "lt": first < low,
        "ge": last > high or is_within,
        "le": first < low or is_within,
        "sa": first >= high,
        "eb": last <= low,
        "ap": first < far and last > near,
    }[span.prefix]


def instant_holds(span: Span, at: datetime) -> bool:
    """Ask of an instant what would be asked of a very short range."""
    low, high = span.from_at, span.to_at
    near, far = widened(span)
    return {
        "eq": low <= at < high,
        "ne": not low <= at < high,
        "gt": at >= high,
        "sa": at >= high,
        "lt": at < low,
        "eb": at < low,
        "ge": at >= low,
        "le": at < high,
        "ap": near <= at < far,
    }[span.prefix]


def number_holds(amount: Amount, number: Decimal) -> bool:
    """Source: FHIR R4 4.0.1, 3.1.1.4.6. Compared as the indexes hold it, in double precision."""
    value, low, high, stored = (float(each) for each in (amount.value, amount.low, amount.high, number))
    about = max(abs(amount.value) / 10, amount.value - amount.low)
    compare: dict[str, Callable[[], bool]] = {
        "eq": lambda: low <= stored < high,
        "ne": lambda: not low <= stored < high,
        "gt": lambda: stored > value,
        "sa": lambda: stored > value,
        "lt": lambda: stored < value,
        "eb": lambda: stored < value,
        "ge": lambda: stored >= value,
        "le": lambda: stored <= value,
        "ap": lambda: float(amount.value - about) <= stored <= float(amount.value + about),
    }
    return compare[amount.prefix]()


def quantity_holds(amount: Amount, value: Decimal, system: str, unit: str) -> bool:
    """Source: FHIR R4 4.0.1, 3.1.1.4.11."""
    if amount.code and not amount.system and amount.code != unit:
        return False
    if not amount.system:
        return number_holds(amount, value)
    if amount.system != system:
        return False
    base, base_unit = canonical_quantity(value, system, unit)
    asked, low, high = (
        canonical_quantity(n, system, amount.code or "") for n in (amount.value, amount.low, amount.high)
    )
    same = Amount(amount.prefix, asked[0], low[0], high[0])
    return asked[1] == base_unit and number_holds(same, base)

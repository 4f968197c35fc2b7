"""Conditions on the tables beside a resource: its dates, strings, numbers and quantities, one row for each value."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

from bedside.fhir.indexing.keys import param_number, token_key
from bedside.fhir.indexing.values import canonical_quantity, norm
from bedside.fhir.indexing.words import canonical_code, composite_words

from .keys import numbers_of, with_keys
from .query import Amount, Match, Pair, Param, Span, Text, Value, Words
from .ranges import date_condition, number_condition, seconds_condition
from .statement import Statement

#: Above every letter: what begins with some letters comes before those letters and this.
LAST = "\U0010ffff"
_TABLES = {"string": "fhir_string", "date": "fhir_date", "number": "fhir_number", "quantity": "fhir_number"}


def beside(table: str, params: list[int], asked: str, alias: str, row: str, made: Statement, scoped: bool) -> str:
    """Return that a row of a parameter in a table beside is as asked, found from its resource or from its index."""
    param = f"{row}.param = {made.put(params[0], 'int')}"
    if len(params) > 1:
        param = f"{row}.param = ANY({made.put(params, 'int[]')})"
    more = f" AND ({asked})" if asked else ""
    if scoped:
        return f"EXISTS (SELECT FROM {table} {row} WHERE {row}.rid = {alias}.rid AND {param}{more})"
    return f"{alias}.rid IN (SELECT {row}.rid FROM {table} {row} WHERE {param}{more})"


def beside_condition(clause: Match, alias: str, made: Statement, scoped: bool) -> str:
    """Return that one of the values is found in a parameter that has rows beside."""
    param = clause.param
    if clause.parts:
        arms = [_pair(param, value, alias, made, scoped) for value in clause.values if isinstance(value, Pair)]
        return f"({' OR '.join(arms)})"
    if param.sort == "date":
        return _dates(clause, alias, made, scoped)
    if param.sort == "quantity":
        arms = [_quantity(param, value, alias, made, scoped) for value in clause.values if isinstance(value, Amount)]
        return f"({' OR '.join(arms)})"
    row = made.alias("b")
    asked = " OR ".join(_asked(clause, value, row, made) for value in clause.values)
    return beside(_TABLES.get(param.sort, "fhir_string"), numbers_of(param), asked, alias, row, made, scoped)


def _asked(clause: Match, value: Value, row: str, made: Statement) -> str:
    if isinstance(value, Amount):
        return number_condition(value, f"{row}.low", f"{row}.high", made.put)
    if isinstance(value, Words):  # a uri, and what stands below it
        return begins(f"{row}.norm", value.words, made)
    assert isinstance(value, Text)
    letters = norm(value.text)
    if clause.modifier == "exact":
        is_same = f"{row}.norm = {made.put(letters, 'text')}"
        return f"({is_same} AND {row}.raw = {made.put(value.text, 'text')})"
    if clause.modifier == "contains":
        return f"position({made.put(letters, 'text')} in {row}.norm) > 0"
    return begins(f"{row}.norm", letters, made)


def begins(column: str, letters: str, made: Statement) -> str:
    """Return that a column begins with some letters, as a range that any plan finds in its index."""
    first, last = made.put(letters, "text"), made.put(letters + LAST, "text")
    return f"({column} >= {first} AND {column} < {last})"


# --- Dates -----------------------------------------------------------------------------------------------------
def _dates(clause: Match, alias: str, made: Statement, scoped: bool) -> str:
    spans = [value for value in clause.values if isinstance(value, Span)]
    chief = clause.param.chief
    arms = []
    if chief:
        from_at, to_at = f"{alias}.at_from", f"{alias}.at_to"
        asked = " OR ".join(date_condition(span, from_at, to_at, made.put) for span in spans)
        arms.append(f"(({asked}) AND {_has_chief(clause.param, alias, made)})")
    if len(chief) < len(clause.param.kinds):
        row = made.alias("b")
        asked = " OR ".join(date_condition(span, f"{row}.from_at", f"{row}.to_at", made.put) for span in spans)
        arms.append(beside("fhir_date", numbers_of(clause.param, but=chief), asked, alias, row, made, scoped))
    return f"({' OR '.join(arms)})"


def _has_chief(param: Param, alias: str, made: Statement) -> str:
    has = f"({alias}.at_from IS NOT NULL OR {alias}.at_to IS NOT NULL)"
    if len(param.kinds) == 1:
        return has
    return f"{has} AND {alias}.type = ANY({made.put(sorted(param.chief), 'text[]')})"


def missing_beside(param: Param, alias: str, made: Statement, scoped: bool) -> str:
    """Return that a parameter that has rows beside has one."""
    arms = [_has_chief(param, alias, made)] if param.chief else []
    if len(param.chief) < len(param.kinds):
        row = made.alias("b")
        arms.append(beside(_TABLES[param.sort], numbers_of(param, but=param.chief), "", alias, row, made, scoped))
    return f"({' OR '.join(f'({arm})' for arm in arms)})"


# --- Quantities and pairs --------------------------------------------------------------------------------------
def _quantity(param: Param, amount: Amount, alias: str, made: Statement, scoped: bool, pair: Pair | None = None) -> str:
    row = made.alias("b")
    params, asked, codes = numbers_of(param), amount, []
    if amount.system:
        asked, unit = _canonical(amount)
        params = [param_number(kind, canonical_code(param.code)) for kind in param.kinds]
        words = f"{amount.system}|{unit}"
        codes = [token_key(kind, canonical_code(param.code), words) for kind in param.kinds]
    elif amount.code:
        codes = [token_key(kind, param.code, amount.code) for kind in param.kinds]
    conditions = [number_condition(asked, f"{row}.low", f"{row}.high", made.put)]
    if codes:
        conditions.append(f"{row}.code = ANY({made.put(codes, 'bigint[]')})")
    if pair is not None:
        conditions.append(f"{row}.with_key = ANY({made.put(with_keys(param, pair), 'bigint[]')})")
    return beside("fhir_number", params, " AND ".join(conditions), alias, row, made, scoped)


def _canonical(amount: Amount) -> tuple[Amount, str]:
    unit = amount.code or ""
    found = [canonical_quantity(value, amount.system or "", unit) for value in (amount.value, amount.low, amount.high)]
    value, low, high = (each[0] for each in found)
    return replace(amount, value=value, low=low, high=high), found[0][1]


def _pair(param: Param, pair: Pair, alias: str, made: Statement, scoped: bool) -> str:
    row, other = made.alias("b"), pair.parts[1]
    if isinstance(other, Text):
        letters = [composite_words(pair.parts[0].words, norm(other.text))]  # type: ignore[union-attr]
        asked = " OR ".join(begins(f"{row}.norm", each, made) for each in letters)
        return beside("fhir_string", numbers_of(param), asked, alias, row, made, scoped)
    if isinstance(other, Amount) and len(pair.parts) == 2:
        return _quantity(param, other, alias, made, scoped, pair)
    low, high = f"{row}.low", f"{row}.high"
    if isinstance(other, Span):
        conditions = [seconds_condition(other, low, high, made.put)]
    else:
        amounts = [part for part in pair.parts[1:] if isinstance(part, Amount)]
        conditions = [number_condition(a, c, c, made.put) for a, c in zip(amounts, (low, high), strict=True)]
    conditions.append(f"{row}.with_key = ANY({made.put(with_keys(param, pair), 'bigint[]')})")
    asked = reduce(lambda one, two: f"{one} AND {two}", conditions)
    return beside("fhir_number", numbers_of(param), asked, alias, row, made, scoped)

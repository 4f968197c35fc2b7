"""The operators of FHIRPath. Source: FHIRPath N1, section 6."""

from __future__ import annotations

import operator as python
from collections.abc import Callable
from decimal import ROUND_FLOOR, Decimal, DecimalException
from typing import Any

from .code import Code, Route, Run, Surroundings
from .syntax import UnsupportedPath
from .values import (
    EMPTY,
    FALSE,
    TRUE,
    Items,
    Typed,
    distinct,
    is_number,
    lift,
    order_of,
    plain,
    said,
    same,
    single,
    truth,
)

_ORDERS: dict[str, Callable[[int, int], bool]] = {
    "<": python.lt,
    ">": python.gt,
    "<=": python.le,
    ">=": python.ge,
}


def binary(operator: str, left: Code, right: Code) -> Code:
    """Return the code of an operator between two compiled paths."""
    is_free = left.is_free and right.is_free
    if operator == "|":
        return union(left, right)
    if operator in _ORDERS:
        return Code(_ordered(left, right, _ORDERS[operator]), "boolean", None, is_free)
    if operator in _ARITHMETIC:
        return _calculated(operator, left, right)
    run = {
        "=": _equal,
        "!=": lambda left, right: _not(_equal(left, right)),
        "~": _equivalent,
        "!~": lambda left, right: _not(_equivalent(left, right)),
        "and": _and,
        "or": _or,
        "xor": _xor,
        "implies": _implies,
        "in": _in,
        "contains": lambda left, right: _in(right, left),
        "&": _concatenated,
    }[operator](left, right)
    return Code(run, "string" if operator == "&" else "boolean", None, is_free)


def _not(inner: Run) -> Run:
    return lambda this, around: said(None if (value := truth(inner(this, around))) is None else not value)


def equal_all(left: Items, left_kind: str | None, right: Items, right_kind: str | None) -> bool | None:
    """Say whether two collections hold equal items in the same order, None where that cannot be told."""
    if not left or not right:
        return None
    if len(left) != len(right):
        return False
    answer: bool | None = True
    for one, other in zip(left, right, strict=True):
        found = same(lift(one, left_kind), lift(other, right_kind))
        if found is False:
            return False
        answer = found if found is None else answer
    return answer


def _equal(left: Code, right: Code) -> Run:
    one, other, left_kind, right_kind = left.run, right.run, left.kind, right.kind

    def run(this: Items, around: Surroundings) -> Items:
        return said(equal_all(one(this, around), left_kind, other(this, around), right_kind))

    return run


def like(left: Any, right: Any) -> bool:
    """Say whether two lifted values are equivalent: case, white space and further decimals do not count."""
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold().split() == right.casefold().split()
    if is_number(left) and is_number(right):
        places = min(_places(left), _places(right))
        return bool(round(Decimal(left), places) == round(Decimal(right), places))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(like(left[name], right[name]) for name in left)
    if isinstance(left, list) and isinstance(right, list):
        return like_all(left, None, right, None)
    return same(left, right) is True


def _places(number: int | Decimal) -> int:
    exponent = number.as_tuple().exponent if isinstance(number, Decimal) else 0
    return max(0, -exponent) if isinstance(exponent, int) else 0


def like_all(left: Items, left_kind: str | None, right: Items, right_kind: str | None) -> bool:
    """Say whether two collections hold equivalent items in any order."""
    if len(left) != len(right):
        return False
    others = [lift(item, right_kind) for item in right]
    for item in left:
        value = lift(item, left_kind)
        found = next((at for at, other in enumerate(others) if like(value, other)), None)
        if found is None:
            return False
        del others[found]
    return True


def _equivalent(left: Code, right: Code) -> Run:
    one, other, left_kind, right_kind = left.run, right.run, left.kind, right.kind
    return lambda this, around: said(like_all(one(this, around), left_kind, other(this, around), right_kind))


def _ordered(left: Code, right: Code, compare: Callable[[int, int], bool]) -> Run:
    one, other, left_kind, right_kind = left.run, right.run, left.kind, right.kind

    def run(this: Items, around: Surroundings) -> Items:
        first, second = one(this, around), other(this, around)
        if len(first) != 1 or len(second) != 1:
            return EMPTY
        order = order_of(lift(first[0], left_kind), lift(second[0], right_kind))
        return EMPTY if order is None else said(compare(order, 0))

    return run


def _and(left: Code, right: Code) -> Run:
    one, other = left.run, right.run

    def run(this: Items, around: Surroundings) -> Items:
        first = truth(one(this, around))
        if first is False:
            return FALSE
        second = truth(other(this, around))
        return FALSE if second is False else TRUE if first and second else EMPTY

    return run


def _or(left: Code, right: Code) -> Run:
    one, other = left.run, right.run

    def run(this: Items, around: Surroundings) -> Items:
        first = truth(one(this, around))
        if first:
            return TRUE
        second = truth(other(this, around))
        return TRUE if second else FALSE if first is False and second is False else EMPTY

    return run


def _xor(left: Code, right: Code) -> Run:
    one, other = left.run, right.run

    def run(this: Items, around: Surroundings) -> Items:
        first, second = truth(one(this, around)), truth(other(this, around))
        return EMPTY if first is None or second is None else said(first != second)

    return run


def _implies(left: Code, right: Code) -> Run:
    one, other = left.run, right.run

    def run(this: Items, around: Surroundings) -> Items:
        first = truth(one(this, around))
        if first is False:
            return TRUE
        second = truth(other(this, around))
        return TRUE if second else FALSE if first and second is False else EMPTY

    return run


def _in(left: Code, right: Code) -> Run:
    one, other, left_kind, right_kind = left.run, right.run, left.kind, right.kind

    def run(this: Items, around: Surroundings) -> Items:
        items = one(this, around)
        if len(items) != 1:
            return EMPTY
        value = lift(items[0], left_kind)
        return said(any(same(value, lift(item, right_kind)) for item in other(this, around)))

    return run


def _concatenated(left: Code, right: Code) -> Run:
    one, other = left.run, right.run

    def run(this: Items, around: Surroundings) -> Items:
        first, second = one(this, around), other(this, around)
        if len(first) > 1 or len(second) > 1:
            return EMPTY
        words = [plain(item) for item in (*first, *second)]
        return ["".join(word for word in words if isinstance(word, str))]

    return run


def union(left: Code, right: Code) -> Code:
    """Return the code of what is found on either side, equal items once."""
    one, other = _typed(left), _typed(right)
    if left.kind == right.kind:
        one, other = left.run, right.run
    routes: tuple[Route, ...] | None = None
    if left.routes is not None and right.routes is not None and all((*left.routes, *right.routes)):
        routes = left.routes + right.routes
    key = object()

    def run(this: Items, around: Surroundings) -> Items:
        return distinct([*one(this, around), *other(this, around)])

    def once(this: Items, around: Surroundings) -> Items:
        found = around.memo.get(id(key))
        if found is None:
            found = around.memo[id(key)] = run(this, around)
        return found

    is_free = left.is_free and right.is_free
    if left.routes == () or right.routes == ():  # a side that is never there
        there = right if left.routes == () else left
        return Code(lambda this, around: distinct(there.run(this, around)), there.kind, routes, is_free)
    return Code(once if is_free else run, left.kind if left.kind == right.kind else None, routes, is_free)


def _typed(code: Code) -> Run:
    """Return a run whose items carry their type, for where it will no longer be known."""
    run, kind = code.run, code.kind
    if kind is None:
        return run
    return lambda this, around: [item if type(item) is Typed else Typed(item, kind) for item in run(this, around)]


def _divided(left: Any, right: Any) -> Any:
    return Decimal(left) / Decimal(right)


def _whole(left: Any, right: Any) -> Any:
    """Return how often the right goes into the left, towards nought, as FHIRPath's div does."""
    times = Decimal(left) // Decimal(right)
    return int(times) if times.adjusted() < 18 else times


def _rest(left: Any, right: Any) -> Any:
    found = Decimal(left) % Decimal(right)
    is_whole = isinstance(left, int) and isinstance(right, int)
    return int(found.to_integral_value(ROUND_FLOOR)) if is_whole else found


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": python.add,
    "-": python.sub,
    "*": python.mul,
    "/": _divided,
    "div": _whole,
    "mod": _rest,
}


def _calculated(operator: str, left: Code, right: Code) -> Code:
    one, other, calculate = left.run, right.run, _ARITHMETIC[operator]
    if {left.kind, right.kind} & {"date", "dateTime", "instant", "time", "Quantity"}:
        raise UnsupportedPath(f"dates and quantities cannot be put to “{operator}” here.")
    is_text = operator == "+" and left.kind == "string"

    def run(this: Items, around: Surroundings) -> Items:
        first, second = single(one(this, around)), single(other(this, around))
        if is_number(first) and is_number(second):
            try:
                return [calculate(first, second)]
            except (ArithmeticError, DecimalException):
                return EMPTY
        if operator == "+" and isinstance(first, str) and isinstance(second, str):
            return [first + second]
        return EMPTY

    kind = "string" if is_text else "integer" if operator == "div" else "decimal" if operator == "/" else None
    return Code(run, kind, None, left.is_free and right.is_free)


def negated(inner: Code) -> Code:
    """Return the code of a number with its sign turned round."""
    before = inner.run

    def run(this: Items, around: Surroundings) -> Items:
        value = single(before(this, around))
        return [-value] if is_number(value) else EMPTY

    return Code(run, inner.kind, None, inner.is_free)

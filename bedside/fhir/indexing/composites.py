"""Composite parameters: parts that stand in one place of a document, found together.

Source: FHIR R4 4.0.1, 3.1.1.4.13 (composite).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf
from typing import Any

from bedside.fhir.definitions import SearchParameter, registry
from bedside.fhir.paths import Path, compile_path
from bedside.fhir.paths.steps import kind_of
from bedside.fhir.paths.values import plain

from .amounts import amounts_of, numbers_of
from .dates import Span, span_of
from .entries import NumberEntry, StringEntry
from .gathering import Gathering, Put, quantity_entries
from .keys import param_number, token_key
from .texts import texts_of
from .tokens import words_of
from .values import norm
from .words import composite_words

Part = tuple[Any, str | None]


def composite_put(param: SearchParameter, focus: str | None) -> Put:
    """Return what puts one instance of a composite among the entries.

    Shape: `focus` is the type its parts stand in. Raises: NotImplementedError for a composite of other sorts than R4's.
    """
    paths = [compile_path(expression, kind=focus) for _, expression in param.components]
    kinds = [registry().search[param.type][code].kind for code, _ in param.components]
    put_rest = _rest_put(param, kinds[1:])
    is_known = kinds[0] in {"token", "reference"}
    if not is_known:
        raise NotImplementedError(f"{param.type}.{param.code}: a composite that does not begin with a token")

    def put(value: Any, found: Gathering) -> None:
        words = [each for part, kind in _parts(paths[0], value, found) for each in words_of(part, kind)]
        if words:
            put_rest(words, [list(_parts(path, value, found)) for path in paths[1:]], found)

    return put


def _parts(path: Path, value: Any, found: Gathering) -> Iterator[Part]:
    for item in path.items(value, found.around.resource):
        part = plain(item)
        if part is not None:
            yield part, kind_of(item, path.code.kind)


PutRest = Callable[[list[str], list[list[Part]], Gathering], None]


def _rest_put(param: SearchParameter, kinds: list[str]) -> PutRest:
    makers: dict[tuple[str, ...], Callable[[SearchParameter], PutRest]] = {
        ("token",): _words_put,
        ("reference",): _words_put,
        ("quantity",): _quantity_put,
        ("date",): _date_put,
        ("string",): _string_put,
        ("number", "number"): _two_numbers_put,
    }
    maker = makers.get(tuple(kinds))
    if maker is None:
        raise NotImplementedError(f"{param.type}.{param.code}: a composite of {', '.join(kinds)}")
    return maker(param)


def _words_put(param: SearchParameter) -> PutRest:
    """Return what puts two words together, in both orders where one is a reference.

    Why: R4 names the parts of DocumentReference's `relationship` the other way round than their expressions.
    """
    sorts = {registry().search[param.type][code].kind for code, _ in param.components}
    is_either_way = "reference" in sorts

    def put(words: list[str], rest: list[list[Part]], found: Gathering) -> None:
        others = [each for part, kind in rest[0] for each in words_of(part, kind)]
        if is_either_way:
            found.tokens.extend(
                [token_key(param.type, param.code, composite_words(b, a)) for a in words for b in others]
            )
        found.tokens.extend(
            [token_key(param.type, param.code, composite_words(one, other)) for one in words for other in others]
        )

    return put


def _quantity_put(param: SearchParameter) -> PutRest:
    entries_of = quantity_entries(param.type, param.code)

    def put(words: list[str], rest: list[list[Part]], found: Gathering) -> None:
        for part, kind in rest[0]:
            for amount in amounts_of(part, kind):
                for each in words:
                    found.entries.numbers.extend(entries_of(amount, token_key(param.type, param.code, each)))

    return put


def _date_put(param: SearchParameter) -> PutRest:
    number = param_number(param.type, param.code)

    def put(words: list[str], rest: list[list[Part]], found: Gathering) -> None:
        for part, kind in rest[0]:
            span = span_of(part, kind)
            if span is not None:
                low, high = _seconds(span)
                for each in words:
                    key = token_key(param.type, param.code, each)
                    found.entries.numbers.append(NumberEntry(number, low, high, None, key))

    return put


def _seconds(span: Span) -> tuple[float, float]:
    first, last = span
    return first.timestamp() if first else -inf, last.timestamp() if last else inf


def _string_put(param: SearchParameter) -> PutRest:
    number = param_number(param.type, param.code)

    def put(words: list[str], rest: list[list[Part]], found: Gathering) -> None:
        for part, kind in rest[0]:
            for text in texts_of(part, kind):
                for each in words:
                    entry = StringEntry(number, composite_words(each, norm(text)), composite_words(each, text))
                    found.entries.strings.append(entry)

    return put


def _two_numbers_put(param: SearchParameter) -> PutRest:
    number = param_number(param.type, param.code)

    def put(words: list[str], rest: list[list[Part]], found: Gathering) -> None:
        lows = [low for part, _ in rest[0] for low, _ in numbers_of(part)]
        highs = [high for part, _ in rest[1] for _, high in numbers_of(part)]
        if lows and highs:
            for each in words:
                key = token_key(param.type, param.code, each)
                found.entries.numbers.append(NumberEntry(number, lows[0], highs[0], None, key))

    return put

"""The keys a parameter's values are looked up by, and the numbers of its rows in the tables beside."""

from __future__ import annotations

from bedside.fhir.indexing.keys import param_key, param_number, reference_key, token_key
from bedside.fhir.indexing.words import composite_words, identifier_code, of_type_code

from .query import Match, Pair, Param, Ref, Value, Words

INT8 = 1 << 64


def signed(number: int) -> int:
    """Return a number as PostgreSQL's bigint holds it."""
    number %= INT8
    return number - INT8 if number >= INT8 >> 1 else number


def keys_of(match: Match) -> list[int]:
    """Return the keys one of which must stand among a resource's tokens."""
    param, modifier = match.param, match.modifier
    found: dict[int, None] = {}
    for value in match.values:
        for kind in param.kinds:
            found.update(dict.fromkeys(_keys(param, modifier, kind, value)))
    return list(found)


def _keys(param: Param, modifier: str, kind: str, value: Value) -> list[int]:
    if isinstance(value, Pair):
        words = [composite_words(first, second) for first in _part(value, 0) for second in _part(value, 1)]
        return [token_key(kind, param.code, each) for each in words]
    if isinstance(value, Ref):
        if value.url:
            return [token_key(kind, param.code, value.url)]
        mixed = param_key(kind, param.code)
        return [reference_key(target, value.id) ^ mixed for target in value.kinds]
    assert isinstance(value, Words)
    if modifier == "above":
        return [token_key(kind, param.code, each) for each in beginnings(value.words)]
    code = {"of-type": of_type_code, "identifier": identifier_code}.get(modifier, str)(param.code)
    return [token_key(kind, code, value.words)]


def beginnings(uri: str) -> list[str]:
    """Return a uri and all that it stands below: cut at each "/", with and without it."""
    cuts = [at for at, letter in enumerate(uri) if letter == "/" and at > uri.find("://") + 2]
    return list(dict.fromkeys([uri, *(uri[: at + more] for at in cuts for more in (0, 1))]))


def _part(pair: Pair, at: int) -> list[str]:
    value = pair.parts[at]
    if isinstance(value, Ref):
        return [value.url] if value.url else [f"{kind}/{value.id}" for kind in value.kinds]
    assert isinstance(value, Words)
    return [value.words]


def presence_keys(param: Param) -> list[int]:
    """Return the keys one of which stands among the tokens when the parameter has a value."""
    return [token_key(kind, param.code, "") for kind in param.kinds]


def with_keys(param: Param, pair: Pair) -> list[int]:
    """Return the keys of a composite's token, beside its other part."""
    return [token_key(kind, param.code, words) for kind in param.kinds for words in _part(pair, 0)]


def numbers_of(param: Param, *, but: frozenset[str] = frozenset()) -> list[int]:
    """Return the numbers a parameter has in the tables beside, without those of some types."""
    return [param_number(kind, param.code) for kind in param.kinds if kind not in but]


def mixed_keys(param: Param) -> list[int]:
    """Return what a reference in this parameter is mixed with, for each of its types."""
    return [param_key(kind, param.code) for kind in param.kinds]

"""Reads one search parameter, with its modifier, its chain and its values, into a clause.

Source: FHIR R4 4.0.1, 3.1.1.4 (parameters, modifiers, prefixes, chains, reverse chains, composites).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from bedside.fhir.indexing.values import norm
from bedside.fhir.store.columns import NORM_LETTERS

from . import values
from .escapes import plain, split
from .limits import LINKS_MOST, VALUES_MOST
from .query import (
    AllOf,
    AnyOf,
    Chain,
    Clause,
    CodesOf,
    Has,
    IdIs,
    Match,
    Missing,
    OfPatients,
    Pair,
    Param,
    Reads,
    Ref,
    Stored,
    Text,
    Value,
)  # fmt: skip
from .refusal import Misread, nearby, not_supported
from .schema import Schema

#: The modifiers each sort of parameter takes, beside :missing, which every sort takes.
MODIFIERS = {
    "token": ("not", "text", "in", "not-in", "above", "below", "of-type"),
    "reference": ("identifier",),
    "string": ("exact", "contains"),
    "uri": ("above", "below"),
    "date": (),
    "number": (),
    "quantity": (),
    "composite": (),
    "special": (),
}
_NEGATIVE = {"not", "not-in"}
#: The longest value that is remembered as it was read. Units: letters.
_SHORT = 80


@dataclass(frozen=True)
class ClauseReader:
    """Reads parameters against a schema. `base` is the address this server is known by."""

    schema: Schema
    base: str | None = None

    def read(self, kinds: tuple[str, ...], name: str, value: str) -> Clause:
        """Return one parameter as a clause about resources of some types. Raises: Misread.

        What is short and asked again and again is read once. An address is read anew: which are ours can change.
        """
        if len(kinds) == 1 and len(value) <= _SHORT and "://" not in value:
            return _read_once(self, kinds, name, value)
        return self.read_linked(kinds, name, value)

    def read_linked(self, kinds: tuple[str, ...], name: str, value: str, links: int = 0) -> Clause:
        """Return a parameter that stands so many links along a chain. Raises: Misread."""
        if links > LINKS_MOST:
            raise Misread(f"a chain has at most {LINKS_MOST} links", code="too-costly")
        if not value:
            raise Misread("it has no value")
        if name.startswith("_has:"):
            return self._has(kinds, name, value, links)
        head, dot, rest = name.partition(".")
        code, _, modifier = head.partition(":")
        if links and (code in {"_text", "_content"} or modifier == "text"):
            raise not_supported(f"“{head}” cannot be chained to another parameter")
        if dot:
            return self._chain(kinds, code, modifier, rest, value, links)
        own = self._own(code, modifier, value)
        return own if own is not None else self._plain(kinds, code, modifier, value)

    # --- Parameters of their own ---------------------------------------------------------------------------------
    def _own(self, code: str, modifier: str, value: str) -> Clause | None:
        if code not in {"_id", "_lastUpdated", "_list", "_text", "_content"}:
            return None
        if modifier:
            raise Misread(f"“{code}” takes no modifier")
        pieces = _pieces(value)
        if code == "_id":
            return IdIs(tuple(values.resource_id(piece) for piece in pieces))
        if code == "_lastUpdated":
            return Stored(tuple(values.span(piece) for piece in pieces))
        if code == "_list":
            return self._list(value)
        return Reads("text" if code == "_text" else "content", value)

    def _list(self, value: str) -> Clause:
        if value.startswith("$"):
            raise not_supported("lists worked out by the server, such as $current-problems, are not supported")
        item = self.schema.param(("List",), "item")
        return Has(item, IdIs((values.resource_id(value),)))

    # --- Links ---------------------------------------------------------------------------------------------------
    def _has(self, kinds: tuple[str, ...], name: str, value: str, links: int) -> Clause:
        parts = name.split(":", 3)
        if len(parts) < 4 or not all(parts):
            raise Misread("it is written _has:Type:parameter-that-refers-here:parameter=value")
        _, source, code, rest = parts
        self._known(source)
        param = self._reference((source,), code)
        if param.targets and not set(param.targets) & set(kinds):
            raise Misread(f"“{source}.{code}” never refers to {kinds[0]}, but to {', '.join(param.targets)}")
        return Has(param, self.read_linked((source,), rest, value, links + 1))

    def _chain(self, kinds: tuple[str, ...], code: str, modifier: str, rest: str, value: str, links: int) -> Clause:
        param = self._reference(kinds, code)
        if modifier:
            self._target(param, modifier)
        targets = (modifier,) if modifier else param.targets or self.schema.types
        first = rest if rest.startswith("_has:") else rest.partition(".")[0].partition(":")[0]
        able = [t for t in targets if self._understands(t, first)]
        if not able:
            there = {name for target in targets for name in self.schema.search[target]}
            raise Misread(f"nothing that “{code}” refers to has a parameter “{first}”. {nearby(first, there)}")
        return Chain(param, tuple((target, self.read_linked((target,), rest, value, links + 1)) for target in able))

    def _understands(self, kind: str, first: str) -> bool:
        if first.startswith("_has:"):
            parts = first.split(":")
            refers = self.schema.search.get(parts[1], {}).get(parts[2]) if len(parts) > 2 else None
            return refers is None or not refers.targets or kind in refers.targets
        return first in {"_list"} or first in self.schema.search[kind]

    def _reference(self, kinds: tuple[str, ...], code: str) -> Param:
        param = self.schema.param(kinds, code)
        if param.sort != "reference":
            raise Misread(f"“{code}” is a {param.sort}, not a reference, so nothing can be chained to it")
        return param

    def _target(self, param: Param, kind: str) -> None:
        self._known(kind)
        if param.targets and kind not in param.targets:
            raise Misread(f"“{param.code}” refers to {', '.join(param.targets)}, not to {kind}")

    def _known(self, kind: str) -> None:
        if kind not in self.schema.search:
            raise Misread(f"there is no type “{kind}”. {nearby(kind, self.schema.types)}")

    # --- Parameters with values ----------------------------------------------------------------------------------
    def _plain(self, kinds: tuple[str, ...], code: str, modifier: str, value: str) -> Clause:
        union = self.schema.union(kinds, code)
        if union:
            both = tuple(self._plain(kinds, part, modifier, value) for part in union)
            is_negative = modifier in _NEGATIVE or (modifier == "missing" and value == "true")
            return AllOf(both) if is_negative else AnyOf(both)
        param = self.schema.param(kinds, code)
        if modifier == "missing":
            return self._missing(kinds, param, value)
        if param.sort == "composite":
            return self._composite(kinds, param, modifier, value)
        if param.sort == "reference" and modifier and modifier != "identifier":
            self._modifier_or_type(param, modifier)
            narrowed = replace(param, targets=(modifier,))
            return self._scoped(param, self._match(narrowed, "", value))
        if modifier == "below" and param.sort == "uri" and code.startswith("_"):
            raise not_supported(f":below is not supported on “{code}”")
        if modifier and modifier not in MODIFIERS[param.sort]:
            raise self._unknown_modifier(param, modifier)
        if param.sort == "token" and modifier in {"in", "not-in", "above", "below"}:
            relation = modifier.removeprefix("not-")
            asked = tuple(plain(piece) for piece in _pieces(value))
            return CodesOf(param, relation, asked, is_not=modifier == "not-in")  # type: ignore[arg-type]
        return self._scoped(param, self._match(param, modifier, value))

    def _modifier_or_type(self, param: Param, modifier: str) -> None:
        if modifier[:1].isupper():
            self._target(param, modifier)
        elif modifier in {"above", "below"}:
            raise not_supported(f":{modifier} is not supported on references")
        else:
            raise self._unknown_modifier(param, modifier)

    def _unknown_modifier(self, param: Param, modifier: str) -> Misread:
        known = ("missing", *MODIFIERS[param.sort])
        listed = ", ".join(f":{name}" for name in known)
        return Misread(f"“{param.code}” is a {param.sort} and takes {listed}, not “:{modifier}”")

    def _missing(self, kinds: tuple[str, ...], param: Param, value: str) -> Clause:
        if value not in {"true", "false"}:
            raise Misread("with :missing the value is true or false")
        if param.sort == "composite":
            parts = self.schema.find(kinds[0], param.code).components
            each = tuple(self._plain(kinds, code, "missing", value) for code, _ in parts)
            return AnyOf(each) if value == "true" else AllOf(each)
        return Missing(param, value == "true")

    def _match(self, param: Param, modifier: str, value: str) -> Match:
        path = self.schema.find(param.kinds[0], param.code).expression if modifier == "text" else ""
        found = tuple(self._value(param, modifier, piece) for piece in _pieces(value))
        return Match(param, found, modifier, path=path)

    def _value(self, param: Param, modifier: str, piece: str) -> Value:
        if not piece:
            raise Misread("one of its values is empty")
        if modifier == "of-type":
            return values.typed_identifier(piece)
        if modifier == "text":
            return values.text(piece)
        if modifier == "identifier":
            return values.token(piece)
        if param.sort == "reference":
            return values.reference(piece, param.targets, self.base, self.schema.types)
        if len(piece) > NORM_LETTERS and param.sort in {"string", "uri"}:
            raise Misread(f"one of its values is longer than {NORM_LETTERS} letters", code="too-costly")
        found = _READERS[param.sort](piece)
        if isinstance(found, Text) and not norm(found.text):
            raise Misread("one of its values has no letters to look for")
        return found

    def _scoped(self, param: Param, match: Match) -> Clause:
        """Add whose charts it can be in, where the parameter says it: that is what charts are found by."""
        refs = [value for value in match.values if isinstance(value, Ref) and value.kinds == ("Patient",)]
        if len(refs) < len(match.values) or not self.schema.is_of_patient(param):
            return match
        return AllOf((OfPatients(tuple(ref.id for ref in refs)), match))

    def _composite(self, kinds: tuple[str, ...], param: Param, modifier: str, value: str) -> Clause:
        if modifier:
            raise Misread(f"“{param.code}” is a composite and takes :missing only")
        definition = self.schema.find(kinds[0], param.code)
        codes = [code for code, _ in definition.components]
        found = []
        for piece in _pieces(value):
            parts = split(piece, "$")
            if len(parts) != len(codes):
                raise Misread(f"“{param.code}” is {' and '.join(codes)}, with “$” between them")
            found.append(parts)
        if definition.expression in kinds:  # of the resource itself: there is one of each, so both must hold
            return AnyOf(
                tuple(
                    AllOf(tuple(self._plain(kinds, code, "", part) for code, part in zip(codes, parts, strict=True)))
                    for parts in found
                )
            )
        inner = tuple(self.schema.param(kinds, code) for code in codes)
        if any(parts[0].endswith("|") for parts in found):
            raise Misread("in a composite the token is system|code, |code or a code")
        pairs = tuple(
            Pair(tuple(self._value(p, "", part) for p, part in zip(inner, parts, strict=True))) for parts in found
        )
        return Match(param, pairs, parts=inner)


@lru_cache(maxsize=4_096)
def _read_once(reader: ClauseReader, kinds: tuple[str, ...], name: str, value: str) -> Clause:
    return reader.read_linked(kinds, name, value)


def reads_documents(clause: Clause) -> bool:
    """Say whether a clause is answered by reading documents, which no index holds."""
    match clause:
        case Reads() | Match(modifier="text"):
            return True
        case AllOf(clauses) | AnyOf(clauses):
            return any(map(reads_documents, clauses))
    return False


def narrows(clause: Clause) -> bool:
    """Say whether a clause leaves few of the resources of a type, as far as can be told before it is asked."""
    match clause:
        case AllOf(clauses):
            return any(map(narrows, clauses))
        case AnyOf(clauses):
            return all(map(narrows, clauses))
        case Match(modifier=modifier):
            return modifier not in {"not", "text"}
        case CodesOf(is_not=is_not):
            return not is_not
    return isinstance(clause, Chain | Has | IdIs | OfPatients)


def _pieces(value: str) -> list[str]:
    pieces = split(value, ",")
    if len(pieces) > VALUES_MOST:
        raise Misread(f"one parameter takes at most {VALUES_MOST} values", code="too-costly")
    if not all(pieces):
        raise Misread("one of its values is empty")
    return pieces


_READERS: dict[str, Callable[[str], Value]] = {
    "token": values.token,
    "string": values.text,
    "date": values.span,
    "number": values.number,
    "quantity": values.quantity,
    "uri": values.uri,
}

"""One step through the JSON: from items to a member of each. The hot part of every path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import schema
from .code import Hop, Route, Run, Surroundings, itself
from .values import Items, Typed, truth


def into(before: Run, hop: Hop) -> Run:
    """Return a run that goes from what `before` finds into one member of known name."""
    return _into_primitive(before, hop.name, hop.kind) if hop.is_primitive else _into_complex(before, hop.name)


def along(route: Route) -> Run:
    """Return the run of a whole route."""
    run: Run = itself
    for hop in route:
        run = into(run, hop) if isinstance(hop, Hop) else passing(run, hop.run)
    return run


def passing(before: Run, condition: Run) -> Run:
    """Return a run that keeps the items for which a condition is true."""

    def run(this: Items, around: Surroundings) -> Items:
        found = []
        outer = around.index
        for around.index, item in enumerate(before(this, around)):  # noqa: B020 - $index counts along
            if truth(condition([item], around)) is True:
                found.append(item)
        around.index = outer
        return found

    return run


def _into_complex(before: Run, name: str) -> Run:
    def run(this: Items, around: Surroundings) -> Items:
        found: Items = []
        for item in this if before is itself else before(this, around):
            if type(item) is dict:
                value = item.get(name)
                if type(value) is list:
                    found.extend([each for each in value if each is not None])
                elif value is not None:
                    found.append(value)
        return found

    return run


def _into_primitive(before: Run, name: str, kind: str | None) -> Run:
    beside = f"_{name}"

    def run(this: Items, around: Surroundings) -> Items:
        found: Items = []
        for item in this if before is itself else before(this, around):
            if type(item) is dict:
                more = item.get(beside)
                value = item.get(name)
                if more is not None:
                    found.extend(primitives(value, more, kind))
                elif type(value) is list:
                    found.extend([each for each in value if each is not None])
                elif value is not None:
                    found.append(value)
        return found

    return run


def primitives(value: Any, more: Any, kind: str | None) -> Iterator[Typed]:
    """Yield primitives with what stands beside them, in an array or alone."""
    values = value if isinstance(value, list) else [value]
    mores = more if isinstance(more, list) else [more]
    for at in range(max(len(values), len(mores))):
        own = values[at] if at < len(values) else None
        extra = mores[at] if at < len(mores) else None
        if own is not None or isinstance(extra, dict):
            yield Typed(own, kind, extra if isinstance(extra, dict) else None)


def into_choice(before: Run, hops: tuple[Hop, ...]) -> Run:
    """Return a run that goes into whichever member of a choice is there, and keeps its type with it."""
    kinds = {hop.name: hop for hop in hops} | {f"_{hop.name}": hop for hop in hops if hop.is_primitive}

    def run(this: Items, around: Surroundings) -> Items:
        found: Items = []
        for item in before(this, around):
            if type(item) is not dict:
                continue
            for name in item:
                if name in kinds and (name[0] != "_" or name[1:] not in item):
                    found.extend(_members(item, kinds[name]))
        return found

    return run


def _members(item: dict[str, Any], hop: Hop) -> Iterator[Any]:
    value = item.get(hop.name)
    if hop.is_primitive:
        yield from primitives(value, item.get(f"_{hop.name}"), hop.kind)
    else:
        for each in value if isinstance(value, list) else [value]:
            if each is not None:
                yield each if hop.kind is None else Typed(each, hop.kind)


def into_primitive_more(before: Run, name: str) -> Run:
    """Return a run that goes from primitives into what stands beside them: `id` or `extension`."""

    def run(this: Items, around: Surroundings) -> Items:
        found: Items = []
        for item in before(this, around):
            if type(item) is Typed and item.more:
                value = item.more.get(name)
                found.extend(value if isinstance(value, list) else [] if value is None else [value])
        return found

    return run


def into_any(before: Run, name: str) -> Run:
    """Return a run that goes into a member of items whose type is only known by what stands there."""

    def run(this: Items, around: Surroundings) -> Items:
        found: Items = []
        for item in before(this, around):
            found.extend(_look(item, name))
        return found

    return run


def kind_of(item: Any, known: str | None = None) -> str | None:
    """Return the type of an item, as far as it can be told."""
    if type(item) is Typed and item.kind is not None and item.kind not in schema.OPEN:
        return item.kind
    value = item.value if type(item) is Typed else item
    if type(value) is dict and isinstance(value.get("resourceType"), str):
        return str(value["resourceType"])
    if known is not None and known not in schema.OPEN:
        return known
    return _SYSTEM_KINDS.get(type(value).__name__)


_SYSTEM_KINDS = {"bool": "boolean", "int": "integer", "Decimal": "decimal", "str": "string"}


def _look(item: Any, name: str) -> Iterator[Any]:
    value = item.value if type(item) is Typed else item
    if type(value) is not dict:
        more = item.more if type(item) is Typed else None
        if more and name in {"id", "extension"}:
            yield from _members(more, Hop(name, "string" if name == "id" else "Extension", is_primitive=False))
        return
    kind = kind_of(item)
    if kind is not None and schema.is_known(kind):
        for branch in schema.branches(kind, name):
            if branch.name in value or f"_{branch.name}" in value:
                yield from _members(value, Hop(branch.name, branch.kind, branch.is_primitive))
    else:
        yield from _members(value, Hop(name, None, is_primitive=False))


def children(item: Any) -> Iterator[Any]:
    """Yield everything that stands directly in an item, with its type."""
    value = item.value if type(item) is Typed else item
    if type(value) is not dict:
        if type(item) is Typed and item.more:
            yield from children(Typed(item.more, "Element"))
        return
    kind = kind_of(item)
    for name in value:
        if name == "resourceType" or (name[:1] == "_" and name[1:] in value):
            continue
        own = name.lstrip("_")
        branch = schema.member(kind, own) if kind is not None and schema.is_known(kind) else None
        if branch is None:
            branch = schema.Branch(own, "Extension" if own == "extension" else None, name[:1] == "_")
        yield from _members(value, Hop(branch.name, branch.kind, branch.is_primitive))


def descendants(items: Items) -> Items:
    """Return everything that stands in items, at any depth, with its type."""
    found: Items = []
    left = items
    while left:
        left = [child for item in left for child in children(item)]
        found.extend(left)
    return found

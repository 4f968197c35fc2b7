"""The check of whole resources, and of resources inside others: contained, in bundles, in parameters.

Source: FHIR R4 4.0.1, 2.3.0.2 (contained resources), dom-2 to dom-5; 2.36 (Bundle).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bedside.fhir.definitions import registry

from . import objects
from .wrong import Around, Wrong, Wrongs, below, one, shown, sort_of


def check_whole(value: Any, others: Mapping[str, str] | None = None) -> Wrongs:
    """Check a resource that stands on its own, or in a bundle whose entries are `others`."""
    if (unknown := _unknown(value)) is not None:
        return unknown
    around = Around(value, others)
    contained = value.get("contained")
    if contained.__class__ is list:
        around.contained = {
            inner["id"]: inner.get("resourceType", "")
            for inner in contained
            if inner.__class__ is dict and inner.get("id").__class__ is str
        }
    if value["resourceType"] == "Bundle":
        around.others = dict(_full_urls(value))
    wrongs: Wrongs = objects.check_of(value["resourceType"])(value, around)
    if contained.__class__ is list:
        found = _check_contained(contained, around, is_sound=wrongs is None)
        wrongs = (wrongs or []) + found or None
    return wrongs


def _unknown(value: Any) -> Wrongs:
    if value.__class__ is not dict:
        return one(f": a resource is an object in braces, not {sort_of(value)}.")
    kind = value.get("resourceType")
    if kind is None:
        return one(" is missing: say which type of resource this is.", "required", at=".resourceType")
    if kind.__class__ is not str or kind not in registry().resource_types:
        return one(f": {shown(kind)} is not a type of resource of R4.", "structure", at=".resourceType")
    return None


def _full_urls(bundle: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the full urls of a bundle's entries with their types, as far as they can be read."""
    entries = bundle.get("entry")
    for entry in entries if entries.__class__ is list else ():
        if entry.__class__ is dict and entry.get("resource").__class__ is dict:
            url, kind = entry.get("fullUrl"), entry["resource"].get("resourceType")
            if url.__class__ is str and kind.__class__ is str:
                yield url, kind


def check_inner(value: Any, around: Around) -> Wrongs:
    """Check a resource in a bundle or in parameters: it stands on its own."""
    return check_whole(value, around.others)


def check_contained_one(value: Any, around: Around) -> Wrongs:
    """Check a contained resource for its own shape; what holds of all of them together comes after."""
    if (unknown := _unknown(value)) is not None:
        return unknown
    return objects.check_of(value["resourceType"])(value, Around(value, around.others, inside=around))


def _check_contained(contained: list[Any], around: Around, *, is_sound: bool) -> list[Wrong]:
    """Check dom-2 to dom-5; whether each is referred to only where every reference could be read."""
    wrongs: list[Wrong] = []
    seen: set[str] = set()
    for at, inner in enumerate(contained):
        if inner.__class__ is dict:
            found = [*_wrong_inside(inner), *_wrong_id(inner, seen, around.inner, is_sound=is_sound)]
            wrongs += below(found, f".contained[{at}]")
    return wrongs


def _wrong_inside(inner: dict[str, Any]) -> Iterator[Wrong]:
    if "contained" in inner:
        yield Wrong(" breaks the rule dom-2: a contained resource contains no others.", "invariant", at=".contained")
    meta = inner.get("meta")
    for name in ("versionId", "lastUpdated"):
        if meta.__class__ is dict and name in meta:
            words = " breaks the rule dom-4: a contained resource has no version of its own."
            yield Wrong(words, "invariant", at=f".meta.{name}")
    if meta.__class__ is dict and "security" in meta:
        words = " breaks the rule dom-5: a contained resource has no security label."
        yield Wrong(words, "invariant", at=".meta.security")


def _wrong_id(inner: dict[str, Any], seen: set[str], met: set[str], *, is_sound: bool) -> Iterator[Wrong]:
    name = inner.get("id")
    if name is None:
        yield Wrong(" is required in a contained resource, so that it can be referred to.", "invariant", at=".id")
    elif not isinstance(name, str):
        return
    elif name in seen:
        yield Wrong(f": {shown(name)} is the id of another contained resource too.", "invariant", at=".id")
    elif is_sound and f"#{name}" not in met and not _refers_out(inner):
        yield Wrong(f" breaks the rule dom-3: nothing refers to #{name}; refer to it or leave it out.", "invariant")
    seen.add(name or "")


def _refers_out(value: Any) -> bool:
    """Say whether anything inside refers to the containing resource by "#"."""
    if isinstance(value, dict):
        return value.get("reference") == "#" or any(_refers_out(item) for item in value.values())
    return isinstance(value, list) and any(_refers_out(item) for item in value)


objects.CHECKS["Resource"] = check_inner
objects.CONTAINED.append(check_contained_one)

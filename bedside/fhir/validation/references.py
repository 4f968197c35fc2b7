"""References: what the text of one says about the type it leads to, and whether that type may stand there.

Source: FHIR R4 4.0.1, 2.3 (References), ref-1.
"""

from __future__ import annotations

import re
from typing import Any

from bedside.fhir.definitions import registry

from .wrong import Around, Check, Wrongs, one, shown

_ID = r"[A-Za-z0-9\-.]{1,64}"
_LITERAL = re.compile(rf"(?:https?://\S+/)?([A-Z][A-Za-z]+)/{_ID}(?:/_history/{_ID})?(?:#\S*)?")
_CONDITIONAL = re.compile(r"([A-Z][A-Za-z]+)\?\S+")
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:\S+", re.IGNORECASE)


def referred_type(text: str, around: Around) -> str | None:
    """Return the type a reference's text says it leads to, "" when it cannot be told, None when it is no reference."""
    if text.startswith("urn:"):
        return around.others.get(text, "")
    if text.startswith("#"):
        if text == "#":
            kind: str = around.root.get("resourceType", "")
            return kind
        return around.contained.get(text[1:], "")
    found = _LITERAL.fullmatch(text) or _CONDITIONAL.fullmatch(text)
    if found is not None and found[1] in registry().types:
        return found[1]
    return "" if _ABSOLUTE.fullmatch(text) else None


def check_reference(value: dict[str, Any], around: Around) -> Wrongs:
    """Check what every reference must keep, once its shape is right; ref-1 included."""
    text = value.get("reference")
    if text is None:
        return None
    if text[0] == "#":
        around.inner.add(text)
        if text != "#" and text[1:] not in around.contained:
            return one(f": no contained resource has the id {shown(text[1:])}.", "invariant", at=".reference")
    kind = referred_type(text, around)
    if kind is None:
        words = f": {shown(text)} is not a reference: write Type/id, a whole url, #id or urn:uuid:…"
        return one(f"{words}.", "value", at=".reference")
    said = value.get("type")
    if kind and said and said in registry().types and kind != said:
        return one(f": it says {said}, and {shown(text)} is of type {kind}.", "value", at=".type")
    return None


def reference_to(check: Check, targets: tuple[str, ...]) -> Check:
    """Return the check of a reference that may lead to some types only."""
    allowed = frozenset(targets)
    told = ", ".join(targets[:-1]) + f" or {targets[-1]}" if len(targets) > 1 else targets[0]

    def check_target(value: Any, around: Around) -> Wrongs:
        found = check(value, around)
        if found is not None:
            return found
        text = value.get("reference")
        kind = referred_type(text, around) if text is not None else value.get("type")
        if not kind:
            kind = value.get("type")
        if not kind or kind in allowed:
            return None
        return one(f" may lead to {told}, not to {shown(kind)}.", "value", at=".reference" if text else ".type")

    return check_target

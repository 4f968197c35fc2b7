"""The readable text of a section as XHTML that may be shown: known elements only, nothing that runs or is fetched.

Source: HL7 CDA R2, 4.3.5 (Narrative Block); FHIR R4 4.0.1, 2.4.0 (Narrative).
"""

from __future__ import annotations

from html import escape

from bedside.fhir.validation.narrative import XHTML

from .xml import Node

#: Elements of the narrative block, as the elements of XHTML they become. Others keep only what is inside them.
ELEMENTS = {
    "paragraph": "p",
    "list": "ul",
    "item": "li",
    "content": "span",
    "caption": "b",
    "footnote": "p",
    "table": "table",
    "thead": "thead",
    "tbody": "tbody",
    "tfoot": "tfoot",
    "tr": "tr",
    "th": "th",
    "td": "td",
    "sub": "sub",
    "sup": "sup",
    "br": "br",
}
_STYLES = {"bold": "b", "italics": "i", "emphasis": "em", "underline": "ins"}
_SPANS = frozenset({"colspan", "rowspan"})
#: Where bare text may not stand in XHTML, and what may stand inside.
_INSIDE = {"table": {"thead", "tbody", "tfoot", "tr", "caption"}, "ul": {"li"}, "ol": {"li"}, "tr": {"td", "th"}}
_INSIDE |= {key: {"tr"} for key in ("thead", "tbody", "tfoot")}


def section_html(node: Node) -> str:
    """Return what stands in a section's text, as XHTML without a frame; "" when it says nothing."""
    return "".join(_part(part) for part in node.parts).strip() if node.text() else ""


def _part(part: str | Node, around: str = "") -> str:
    if isinstance(part, str):
        return "" if around in _INSIDE and not part.strip() else escape(part, quote=False)
    name = "caption" if part.name == "caption" and around == "table" else _element(part)
    if not name:
        return "".join(_part(inner, around) for inner in part.parts)
    if name == "br":
        return "<br/>"
    inside = "".join(_part(inner, name) for inner in part.parts)
    if around in _INSIDE and name not in _INSIDE[around]:
        holder = "td" if around == "tr" else "li" if around in ("ul", "ol") else ""
        return f"<{holder}>{inside}</{holder}>" if holder else inside
    spans = "".join(
        f' {key}="{value}"' for key, value in part.attributes.items() if key in _SPANS and value.isdecimal()
    )
    return f"<{name}{spans}>{inside}</{name}>"


def _element(node: Node) -> str:
    if node.name == "list" and node.get("listType") == "ordered":
        return "ol"
    if node.name == "content":
        return _STYLES.get(node.get("styleCode").lower().split(" ")[0], "span")
    return ELEMENTS.get(node.name, "")


def whole_html(sections: list[tuple[str, str]]) -> str:
    """Return sections (title, XHTML) as one narrative. "" when none says anything."""
    said = "".join(f"<h2>{escape(title, quote=False)}</h2>{html}" for title, html in sections if html)
    return f'<div xmlns="{XHTML}">{said}</div>' if said else ""

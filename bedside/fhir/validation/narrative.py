"""The text of a resource for people: XHTML of a few harmless elements, read without ever following anything.

Source: FHIR R4 4.0.1, 2.4 (Narrative), invariants txt-1 and txt-2; HTML 4.0, chapters 7-11 and 15.
"""

from __future__ import annotations

import re
from typing import Any
from xml.parsers import expat

from .wrong import Around, Wrong, Wrongs, one, shown, sort_of

XHTML = "http://www.w3.org/1999/xhtml"
_SPACE = " "
DEEPEST = 100

_BLOCKS = "p br div h1 h2 h3 h4 h5 h6 blockquote hr ul ol li dl dt dd pre address ins del"
_PHRASES = "a span b em i strong small big tt dfn q var abbr acronym cite code samp sub sup kbd img map area"
_TABLES = "table caption colgroup col thead tr tfoot tbody th td"
ELEMENTS = frozenset(f"{_BLOCKS} {_PHRASES} {_TABLES}".split())

_ANY = "title style class id lang xml:lang dir accesskey tabindex"
_CELLS = "span width align valign char charoff abbr axis headers scope rowspan colspan"
#: On any element.
ATTRIBUTES = frozenset(f"{_ANY} {_CELLS}".split())
#: On some. Source: HTML 4.0, index of attributes.
OWN_ATTRIBUTES = {
    "a": {"name", "href", "charset", "type", "hreflang", "rel", "rev", "shape", "coords"},
    "img": {"src", "alt", "longdesc", "height", "width", "usemap", "ismap", "border"},
    "map": {"name"},
    "area": {"shape", "coords", "href", "nohref", "alt"},
    "blockquote": {"cite"},
    "q": {"cite"},
    "ins": {"cite", "datetime"},
    "del": {"cite", "datetime"},
    "table": {"summary", "border", "frame", "rules", "cellspacing", "cellpadding"},
    "td": {"nowrap"},
    "th": {"nowrap"},
    "pre": {"space", "xml:space"},
    "ol": {"start", "type"},
    "ul": {"type"},
    "li": {"value"},
}
LINKS = frozenset({"href", "src", "cite", "longdesc", "usemap"})
SCHEMES = frozenset({"http", "https", "mailto", "tel", "urn", "ftp"})
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_HIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\u2000-\u200f\u2028-\u202f\ufeff]")
_PICTURE = re.compile(r"data:image/(?:png|gif|jpeg|webp);base64,[A-Za-z0-9+/=\s]*\Z")
_STYLE = re.compile(r"expression\s*\(|@import|javascript|behaviou?r\s*:|-moz-binding|\\|/\*", re.IGNORECASE)
_STYLE_URL = re.compile(r"url\s*\(\s*[\"']?([^)\"']*)", re.IGNORECASE)


class _Refused(Exception):
    """What the parser met is not allowed in a narrative."""


class _Reader:
    """Reads one narrative, element by element."""

    def __init__(self) -> None:
        self.depth = 0
        self.says_something = False
        self.warnings: list[str] = []

    def read(self, text: str) -> None:
        parser = expat.ParserCreate("utf-8", _SPACE)
        parser.namespace_prefixes = False
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        parser.StartDoctypeDeclHandler = self.doctype
        parser.ProcessingInstructionHandler = self.instruction
        parser.Parse(text.encode(), True)

    def doctype(self, *_: Any) -> None:
        raise _Refused("has a document type: leave <!DOCTYPE …> out")

    def instruction(self, target: str, _: str) -> None:
        raise _Refused(f"has a processing instruction, {shown(target)}: leave it out")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(_SPACE)
        if self.depth == 0 and local != "div":
            raise _Refused(f"begins with {shown('<' + local + '>')}: a narrative is one <div>")
        if space != XHTML:
            raise _Refused(f"has an element {shown('<' + local + '>')} outside XHTML: say xmlns=“{XHTML}” at the div")
        if local not in ELEMENTS:
            raise _Refused(f"has an element that is not allowed: {shown('<' + local + '>')}")
        self.depth += 1
        if self.depth > DEEPEST:
            raise _Refused("is nested too deeply")
        for attribute, value in attributes.items():
            self.attribute(local, attribute, value)
        self.says_something |= local == "img"

    def end(self, _: str) -> None:
        self.depth -= 1

    def characters(self, text: str) -> None:
        self.says_something |= not text.isspace()

    def attribute(self, element: str, name: str, value: str) -> None:
        space, _, local = name.rpartition(_SPACE)
        said = f"xml:{local}" if space == "http://www.w3.org/XML/1998/namespace" else local
        if (space and said == local) or (said not in ATTRIBUTES and said not in OWN_ATTRIBUTES.get(element, ())):
            raise _Refused(f"has an attribute that is not allowed: {shown(f'<{element} {said}>')}")
        if said == "style":
            if _STYLE.search(value):
                raise _Refused(f"has a style that runs something: {shown(value)}")
            for url in _STYLE_URL.findall(value):
                self.link(url, is_picture=True)
        if said in LINKS:
            self.link(value, is_picture=said == "src")

    def link(self, value: str, *, is_picture: bool) -> None:
        plain = _HIDDEN.sub("", value)
        found = _SCHEME.match(plain)
        if is_picture and _PICTURE.match(plain):
            return
        if found and found[1].lower() not in SCHEMES:
            raise _Refused(f"has a link that may run something: {shown(value)}")
        if is_picture and (found or plain.startswith("//")):
            self.warnings.append(f" has a picture from elsewhere, {shown(value)}, which will not be shown.")


def _read(text: str) -> tuple[str | None, tuple[str, ...]]:
    """Return what is wrong with a narrative, and what is doubtful."""
    reader = _Reader()
    try:
        reader.read(text)
    except _Refused as refused:
        return f" {refused}.", ()
    except expat.ExpatError as error:
        return f" is not XHTML: {error}.", ()
    except UnicodeEncodeError:
        return " holds half a character (a lone surrogate).", ()
    if not reader.says_something:
        return " says nothing: put words or a picture into it, or leave the narrative out.", ()
    return None, tuple(reader.warnings)


def check_xhtml(value: Any, around: Around) -> Wrongs:
    """Check the div of a narrative."""
    if value.__class__ is not str:
        return one(f": XHTML as text in quotes is expected here, not {sort_of(value)}.")
    wrong, warnings = _read(value)
    if wrong is not None:
        return one(wrong, "invariant" if "says nothing" in wrong else "value")
    return [Wrong(words, "informational", severity="warning") for words in warnings] or None

"""XML read into plain nodes, with nothing that XML could be asked to fetch or to grow.

Why by hand on expat: a document type declaration is refused before anything in it is read, so there are no entities,
no external ones and no laughs; depth, nodes and size are bounded; and no further package is needed for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from bedside.intake.opening import FileNotTaken

CDA, SDTC, XSI = "urn:hl7-org:v3", "urn:hl7-org:sdtc", "http://www.w3.org/2001/XMLSchema-instance"
#: Bounds of one document. Source: ours; the largest sample of the format has 300 KB and 20,000 nodes.
BYTES_MOST = 32 * 1024 * 1024
NODES_MOST = 200_000
DEEPEST = 100


@dataclass(slots=True)
class Node:
    """An element. Shape: `name` without its namespace; `parts` are texts and elements in their order."""

    name: str
    attributes: dict[str, str]
    parts: list[str | Node] = field(default_factory=list)

    def all(self, *path: str) -> list[Node]:
        """Return the elements at the end of a path of names."""
        found = [self]
        for name in path:
            found = [inner for one in found for inner in one.parts if isinstance(inner, Node) and inner.name == name]
        return found

    def first(self, *path: str) -> Node:
        """Return the first element at the end of a path, an empty one when there is none."""
        found = self.all(*path)
        return found[0] if found else NOTHING

    def get(self, name: str) -> str:
        """Return an attribute, "" when it is not there."""
        return self.attributes.get(name, "").strip()

    def children(self) -> Iterator[Node]:
        """Yield the elements inside."""
        return (part for part in self.parts if isinstance(part, Node))

    def walk(self) -> Iterator[Node]:
        """Yield this element and all inside it."""
        waiting = [self]
        while waiting:
            one = waiting.pop()
            yield one
            waiting.extend(reversed([part for part in one.parts if isinstance(part, Node)]))

    def text(self) -> str:
        """Return all text inside, with single spaces."""
        words: list[str] = []
        waiting: list[str | Node] = [self]
        while waiting:
            one = waiting.pop()
            if isinstance(one, str):
                words.append(one)
            else:
                words.append(" ")
                waiting.extend(reversed(one.parts))
        return " ".join("".join(words).split())

    def __bool__(self) -> bool:
        return self is not NOTHING

    def has_template(self, *roots: str) -> bool:
        """Say whether it follows one of these templates, of whatever version."""
        return any(one.get("root") in roots for one in self.all("templateId"))


NOTHING = Node("", {})


class _Reader:
    def __init__(self) -> None:
        self.open: list[Node] = []
        self.root: Node | None = None
        self.count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > NODES_MOST:
            raise FileNotTaken(f"it has more than {NODES_MOST:,} elements", reason="too_large")
        if len(self.open) >= DEEPEST:
            raise FileNotTaken("its elements are nested too deeply", reason="too_large")
        node = Node(_name(name), {_name(key): value for key, value in attributes.items()})
        if self.open:
            self.open[-1].parts.append(node)
        else:
            self.root = node
        self.open.append(node)

    def end(self, _: str) -> None:
        self.open.pop()

    def text(self, text: str) -> None:
        if self.open:
            self.open[-1].parts.append(text)

    def refuse_type(self, *_: object) -> None:
        raise FileNotTaken("it declares a document type (DOCTYPE), which no clinical document needs")


def _name(name: str) -> str:
    space, _, local = name.rpartition(" ")
    return f"sdtc:{local}" if space == SDTC else f"xsi:{local}" if space == XSI else local


def read_xml(content: bytes) -> Node:
    """Return the root of a document. Raises: FileNotTaken."""
    if len(content) > BYTES_MOST:
        raise FileNotTaken("it is larger than a clinical document may be", reason="too_large")
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.refuse_type
    try:
        parser.Parse(content.lstrip(), True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise FileNotTaken(f"it is not well-formed XML ({error})", reason="damaged") from error
    if reader.root is None or reader.root.name != "ClinicalDocument":
        raise FileNotTaken("it is XML, but no clinical document (ClinicalDocument)", reason="unknown_kind")
    return reader.root

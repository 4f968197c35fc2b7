"""Reads a FHIRPath into a tree. Source: FHIRPath N1, section 6.10 (precedence) and the grammar fhirpath.g4."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from .lexer import END, Word, words_of
from .syntax import Binary, Call, Counter, External, Index, Literal, Member, Node, Sign, This, TypeTest, UnsupportedPath

#: Longer than any path of R4 (the longest has 2,900 characters), and deeper.
LONGEST = 8_000
DEEPEST = 40

#: How tightly an operator binds; the tightest is highest.
_BINDING = {
    **dict.fromkeys(["*", "/", "div", "mod"], 10),
    **dict.fromkeys(["+", "-", "&"], 9),
    **dict.fromkeys(["is", "as"], 8),
    "|": 7,
    **dict.fromkeys(["<", ">", "<=", ">="], 6),
    **dict.fromkeys(["=", "~", "!=", "!~"], 5),
    **dict.fromkeys(["in", "contains"], 4),
    "and": 3,
    **dict.fromkeys(["or", "xor"], 2),
    "implies": 1,
}
_SIGNED = 11
_UNITS = ("year", "month", "week", "day", "hour", "minute", "second", "millisecond")
_CALENDAR = {unit: unit for unit in _UNITS} | {unit + "s": unit for unit in _UNITS}


@lru_cache(maxsize=4_000)
def parse(path: str) -> Node:
    """Return the tree of a path. Raises: UnsupportedPath with what stands where it should not."""
    if len(path) > LONGEST:
        raise UnsupportedPath(f"it is longer than {LONGEST} characters.")
    reader = _Reader(words_of(path))
    tree = reader.expression(0)
    reader.expect(END.text)
    return tree


class _Reader:
    """Reads words from left to right, each operator by how tightly it binds."""

    def __init__(self, words: list[Word]) -> None:
        self.words = words
        self.at = 0
        self.depth = 0

    @property
    def word(self) -> Word:
        return self.words[self.at]

    def next(self) -> Word:
        word = self.words[self.at]
        self.at = min(self.at + 1, len(self.words) - 1)
        return word

    def is_next(self, text: str) -> bool:
        return self.word.text == text and self.word.kind in {"sign", "name", "end"}

    def expect(self, text: str) -> None:
        if not self.is_next(text):
            raise UnsupportedPath(f"“{self.word.text}” stands where {text} should.")
        self.next()

    def expression(self, binding: int) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise UnsupportedPath(f"it is nested more than {DEEPEST} deep.")
        left = self.signed()
        while self.word.kind in {"sign", "name"} and (strength := _BINDING.get(self.word.text, 0)) > binding:
            operator = self.next().text
            if operator in {"is", "as"}:
                left = TypeTest(operator, left, self.type_name())
            else:
                left = Binary(operator, left, self.expression(strength))
        self.depth -= 1
        return left

    def signed(self) -> Node:
        if self.is_next("+") or self.is_next("-"):
            negative = self.next().text == "-"
            inner = self.expression(_SIGNED)
            return Sign(inner) if negative else inner
        return self.invocations(self.term())

    def type_name(self) -> str:
        name = self.name()
        while self.is_next("."):
            self.next()
            name += "." + self.name()
        return name

    def name(self) -> str:
        word = self.next()
        if word.kind != "name":
            raise UnsupportedPath(f"“{word.text}” stands where a name should.")
        return word.text

    def invocations(self, left: Node) -> Node:
        while True:
            if self.is_next("."):
                self.next()
                left = self.invocation(left)
            elif self.is_next("["):
                self.next()
                left = Index(left, self.expression(0))
                self.expect("]")
            else:
                return left

    def invocation(self, left: Node) -> Node:
        if self.word.kind == "variable":
            raise UnsupportedPath(f"“{self.word.text}” stands after a point.")
        name = self.name()
        if not self.is_next("("):
            return Member(left, name)
        self.next()
        arguments: list[Node] = []
        while not self.is_next(")"):
            arguments.append(self.expression(0))
            if not self.is_next(")"):
                self.expect(",")
        self.next()
        return Call(left, name, tuple(arguments))

    def term(self) -> Node:
        word = self.word
        if word.kind == "name":
            if word.text in {"true", "false"}:
                self.next()
                return Literal(word.text == "true", "boolean")
            return self.invocation(This())
        self.next()
        if word.kind == "text":
            return Literal(word.text, "string")
        if word.kind == "number":
            return self.number(word.text)
        if word.kind == "moment":
            return _moment(word.text)
        if word.kind == "external":
            return External(word.text)
        if word.kind == "variable":
            return self.variable(word.text)
        return self.bracket(word.text)

    def variable(self, name: str) -> Node:
        if name == "$this":
            return This()
        if name in {"$index", "$total"}:
            return Counter(name)
        raise UnsupportedPath(f"there is no variable {name}.")

    def bracket(self, text: str) -> Node:
        if text == "(":
            inner = self.expression(0)
            self.expect(")")
            return inner
        if text == "{":
            self.expect("}")
            return Literal(None, None)
        raise UnsupportedPath(f"“{text}” stands where a path should begin.")

    def number(self, digits: str) -> Node:
        value: int | Decimal = Decimal(digits) if "." in digits else int(digits)
        if self.word.kind == "text":
            return Literal({"value": value, "code": self.next().text}, "Quantity")
        if self.word.kind == "name" and self.word.text in _CALENDAR:
            return Literal({"value": value, "code": _CALENDAR[self.next().text]}, "Quantity")
        return Literal(value, "decimal" if "." in digits else "integer")


def _moment(text: str) -> Literal:
    words = text[1:]
    if words.startswith("T"):
        return Literal(words[1:], "time")
    return Literal(words.rstrip("T"), "dateTime" if "T" in words else "date")

"""A message taken apart: segments, fields, repetitions, components, with their escapes undone.

The library `hl7` splits at the separators; before it runs, the message is decoded and measured, so that what it is
given is bounded and has five separators that differ. Source: HL7 v2.5.1, 2.5 (message construction), 2.7 (escapes).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import hl7

from .refusals import MessageRefused
from .terms import CHARACTER_SETS, MESSAGE_BYTES_MOST, SEPARATORS_MOST

#: One repetition of a field: its components, each with its subcomponents.
Repetition = list[list[str]]

_SEGMENT = re.compile(r"[A-Z][A-Z0-9]{2}\Z")
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Segment:
    """One line of a message. `fields[0]` is its name; MSH-1 is the separator itself, so numbers are those of HL7."""

    name: str
    fields: tuple[tuple[Repetition, ...], ...]

    def repetitions(self, number: int) -> tuple[Repetition, ...]:
        """Return a field's repetitions, those that say nothing left out."""
        if number >= len(self.fields):
            return ()
        return tuple(one for one in self.fields[number] if any(part for parts in one for part in parts))

    def text(self, number: int, component: int = 1, part: int = 1) -> str:
        """Return one component of a field's first repetition, "" when it is not there or is the null of HL7."""
        found = self.repetitions(number)
        return text_of(found[0], component, part) if found else ""


def text_of(repetition: Repetition, component: int = 1, part: int = 1) -> str:
    """Return one component of a repetition, "" when it is not there or is the null of HL7 (two quotation marks)."""
    if component > len(repetition) or part > len(repetition[component - 1]):
        return ""
    text = repetition[component - 1][part - 1].strip()
    return "" if text == '""' else text


@dataclass(frozen=True, slots=True)
class Message:
    """A message that could be read."""

    segments: tuple[Segment, ...]

    @property
    def head(self) -> Segment:
        """MSH."""
        return self.segments[0]

    @property
    def control_id(self) -> str:
        """MSH-10."""
        return self.head.text(10)

    @property
    def facility(self) -> str:
        """Who sent it: MSH-4, and where that is silent the sending application, MSH-3."""
        return self.head.text(4) or self.head.text(3)

    @property
    def kind(self) -> str:
        """Its type and event, such as ORU^R01."""
        return "^".join(part for part in (self.head.text(9), self.head.text(9, 2)) if part)


def read_message(content: bytes) -> Message:
    """Return a message. Raises: MessageRefused with what is wrong, and its control id where that can be seen."""
    if len(content) > MESSAGE_BYTES_MOST:
        raise MessageRefused("it is longer than 8 MB", error="207", control_id=control_id_of(content))
    try:
        return Message(tuple(_segments(_decoded(content))))
    except MessageRefused as refused:
        refused.control_id = refused.control_id or control_id_of(content)
        raise


def control_id_of(content: bytes) -> str:
    """Return MSH-10 of bytes that may not be a whole message, "" when it cannot be seen."""
    return _head_field(content, 10)[:199]


def _head_field(content: bytes, number: int) -> str:
    """Return a field of MSH, read before the character set is known: all that matters there is ASCII."""
    line = re.split(rb"[\r\n]", content.lstrip()[:4096], maxsplit=1)[0]
    if not line.startswith(b"MSH") or len(line) < 5:
        return ""
    fields = line.split(line[3:4])
    return fields[number - 1].decode("ascii", "replace").strip() if number <= len(fields) else ""


def _decoded(content: bytes) -> str:
    marked = next((name for bom, name in _BOMS if content.startswith(bom)), "")
    declared = _head_field(content, 18).split("~")[0].upper() if not marked else ""
    name = marked or CHARACTER_SETS.get(declared, "")
    if not name:
        raise MessageRefused(f"MSH-18 names a character set nobody knows, “{declared[:40]}”", error="103")
    try:
        text = content.decode(name)
    except (UnicodeDecodeError, LookupError) as error:
        said = declared or "none, so it should be UTF-8"
        raise MessageRefused(f"its letters are not of the character set that MSH-18 names ({said})") from error
    return text.replace("\r\n", "\r").strip("\r\n \ufeff")


def _segments(text: str) -> Iterator[Segment]:
    if "\r" not in text:
        text = text.replace("\n", "\r")
    if not text.startswith("MSH") or len(text) < 8:
        raise MessageRefused("it does not begin with MSH", error="100")
    field, encoding = text[3], text[4 : text.find(text[3], 4)] if text.find(text[3], 4) > 0 else ""
    marks = field + encoding[:4]
    if len(marks) < 3 or len(set(marks)) != len(marks) or any(c.isalnum() or c.isspace() for c in marks):
        raise MessageRefused("MSH-1 and MSH-2 do not name separators that differ", error="101")
    if sum(text.count(mark) for mark in marks) > SEPARATORS_MOST:
        raise MessageRefused(f"it has more than {SEPARATORS_MOST} separators", error="207")
    escape = marks[3] if len(marks) > 3 else ""
    try:
        parsed = hl7.parse(text)
    except Exception as error:  # the library raises IndexError, AssertionError and its own for what is broken
        raise MessageRefused("it cannot be taken apart", error="100") from error
    for one in parsed:
        name = str(one[0]).strip()
        if not name:
            continue
        if not _SEGMENT.match(name):
            raise MessageRefused(f"a line begins with “{name[:12]}”, which is no segment", error="100")
        fields = tuple(_field(part, marks, escape, raw=name == "MSH" and at < 3) for at, part in enumerate(one))
        yield Segment(name, fields)


def _field(field: Any, marks: str, escape: str, *, raw: bool) -> tuple[Repetition, ...]:
    if isinstance(field, str):
        return ([[_plain(field, marks, escape, raw)]],)
    found = []
    for one in field:
        if isinstance(one, str):
            found.append([[_plain(one, marks, escape, raw)]])
        else:
            components = [[part] if isinstance(part, str) else part for part in one]
            found.append([[_plain(str(text), marks, escape, raw) for text in parts] for parts in components])
    return tuple(found)


def _plain(text: str, marks: str, escape: str, raw: bool) -> str:
    """Undo the escapes of a value, and drop control characters, which JSON and people have no use for."""
    if raw:
        return text
    if escape and escape in text:
        text = _unescaped(text, marks, escape)
    return _CONTROL.sub("", text)


def _unescaped(text: str, marks: str, escape: str) -> str:
    parts = text.split(escape)
    if len(parts) % 2 == 0:  # one escape mark has no partner: a sender's own backslash. It stands as it is.
        parts[-2:] = [parts[-2] + escape + parts[-1]]
    return "".join(part if at % 2 == 0 else _meaning(part, marks, escape) for at, part in enumerate(parts))


def _meaning(word: str, marks: str, escape: str) -> str:
    of_marks = dict(zip("FSRET", marks, strict=False))
    if word in of_marks:
        return of_marks[word]
    if word in ("H", "N", ""):  # highlighting on and off
        return "" if word else escape
    if word in (".br", ".sp", ".ce") or re.fullmatch(r"\.(sp|sk)\+?\d*", word):
        return " " if word.startswith(".sk") else "\n"
    if word.startswith(("X", "Z", "C", "M")):
        return _hexadecimal(word[1:]) if word[0] == "X" else ""
    if re.fullmatch(r"\.(in|ti|fi|nf)[+-]?\d*", word):
        return ""
    return f"{escape}{word}{escape}"


def _hexadecimal(digits: str) -> str:
    """Return what \\Xdd..\\ says. A line end in it is a line of text, never the end of a segment."""
    try:
        raw = bytes.fromhex(digits)
    except ValueError:
        return ""
    return raw.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")

"""A file as it was given: unpacked within bounds, and what kind of records it holds.

What a file is, is told by its content, never by its name. Packed files (gz, zip) are unpacked piece by piece, so that
one which grows beyond its bound is left off at the bound.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass

from bedside.kernel.errors import Invalid

from .terms import FILE_BYTES_MOST, FILES_IN_ZIP_MOST, ZIP_BYTES_MOST

_PIECE = 1024 * 1024
_JSON_START = re.compile(rb"\s*\{")
_TEXT = re.compile(r"[^\n]*,[^\n]*\n")


class FileNotTaken(Invalid):
    """This file cannot be imported: {words}"""

    def __init__(self, words: str, *, reason: str = "unreadable") -> None:
        """Keep why. Shape: `reason` is a code of `terms.REASONS`."""
        self.words, self.reason = words, reason
        super().__init__(words=words)


@dataclass(frozen=True, slots=True)
class Opened:
    """One file, unpacked. Shape: `kind` is bundle, ndjson, ccda or hl7v2."""

    name: str
    kind: str
    content: bytes


def open_given(name: str, content: bytes) -> list[Opened]:
    """Return the files in what was given: itself, or what is packed in it. Raises: FileNotTaken."""
    if content.startswith(b"PK\x03\x04"):
        return _unzipped(name, content)
    if content.startswith(b"\x1f\x8b"):
        content, name = _ungzipped(content), name.removesuffix(".gz")
    return [Opened(name, kind_of(content, name), content)]


def kind_of(content: bytes, name: str = "") -> str:
    """Return what a file holds, from how it begins. Raises: FileNotTaken, in words that say what is taken."""
    if len(content) > FILE_BYTES_MOST:
        raise FileNotTaken(f"it is larger than {FILE_BYTES_MOST // 1024 // 1024} MB", reason="too_large")
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:4096]
    if not start:
        raise FileNotTaken("it is empty", reason="empty")
    if start.startswith((b"MSH", b"\x0b", b"FHS", b"BHS")):
        return "hl7v2"
    if _JSON_START.match(start):
        first, _, more = content.removeprefix(b"\xef\xbb\xbf").strip().partition(b"\n")
        return "ndjson" if more and first.rstrip().endswith(b"}") else "bundle"
    if start.startswith(b"<") or content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "ccda"
    if start.startswith((b"%PDF-", b"\xff\xd8\xff", b"\x89PNG", b"GIF8")):
        raise FileNotTaken("it is a picture or a PDF: add it to a chart as a document", reason="not_a_record")
    if name.lower().endswith((".csv", ".tsv", ".xls", ".xlsx")) or _looks_like_table(start):
        raise FileNotTaken(
            "it is a table (CSV), in which nothing says what a column means: ask for FHIR, C-CDA or HL7 v2",
            reason="table",
        )
    raise FileNotTaken("it is no FHIR bundle, no C-CDA document and no HL7 v2 message", reason="unknown_kind")


def _looks_like_table(start: bytes) -> bool:
    try:
        return len(_TEXT.findall(start.decode())) >= 2
    except UnicodeDecodeError:
        return False


def _ungzipped(content: bytes) -> bytes:
    found = bytearray()
    while content:
        opener = zlib.decompressobj(wbits=31)
        try:
            found += opener.decompress(content, FILE_BYTES_MOST + 1 - len(found))
        except zlib.error as error:
            raise FileNotTaken("it is packed (gz) and damaged", reason="damaged") from error
        if len(found) > FILE_BYTES_MOST:
            raise FileNotTaken("unpacked, it is larger than a file may be", reason="too_large")
        if not opener.eof:
            raise FileNotTaken("it is packed (gz) and its end is missing", reason="damaged")
        content = opener.unused_data.lstrip(b"\x00")
    return bytes(found)


def _unzipped(name: str, content: bytes) -> list[Opened]:
    found: list[Opened] = []
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [one for one in archive.infolist() if not one.is_dir() and not _is_litter(one.filename)]
            if len(members) > FILES_IN_ZIP_MOST:
                raise FileNotTaken(f"it holds more than {FILES_IN_ZIP_MOST} files", reason="too_large")
            for member in members:
                inner = _member(archive, member)
                total += len(inner)
                if total > ZIP_BYTES_MOST:
                    raise FileNotTaken("unpacked, it is larger than a file may be", reason="too_large")
                found.append(Opened(member.filename.rsplit("/", 1)[-1], kind_of(inner, member.filename), inner))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise FileNotTaken("it is packed (zip) and damaged or locked", reason="damaged") from error
    if not found:
        raise FileNotTaken("it is packed (zip) and empty", reason="empty")
    return found


def _is_litter(name: str) -> bool:
    return name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1].startswith(".")


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Return one file of an archive, whatever size it claims to have."""
    found = bytearray()
    with archive.open(member) as stream:
        while piece := stream.read(_PIECE):
            found += piece
            if len(found) > FILE_BYTES_MOST:
                raise FileNotTaken("unpacked, it is larger than a file may be", reason="too_large")
    return bytes(found)

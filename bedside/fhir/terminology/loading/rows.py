"""Reads the files of a release line by line, from a zip or a folder, and says in which line something is wrong."""

from __future__ import annotations

import csv
import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bedside.kernel.errors import Invalid

#: The largest files of these releases are near 1 GB; a zip that says more, or unfolds to more, is no release.
LARGEST_FILE = 4_000_000_000
#: Text packs to a tenth. A hundredfold is a trick.
_MOST_UNFOLDED = 200
_LONGEST_LINE = 1_000_000


class PackMalformed(Invalid):
    """{place}: {why} Nothing was loaded."""

    def __init__(self, file: str, why: str, line: int | None = None) -> None:
        """Keep the file, the line and what is wrong with it."""
        super().__init__(place=f"{file}, line {line:,}" if line else file, why=why)


class Release:
    """The files of a release, in the zip it came in or in the folder it was unfolded to."""

    def __init__(self, path: Path) -> None:
        """Look at what is there.

        Raises: PackMalformed when it is neither a zip nor a folder.
        """
        self.path = path
        self.name = path.name
        self._zip: zipfile.ZipFile | None = None
        if path.is_dir():
            self.files = sorted(str(one.relative_to(path)) for one in path.rglob("*") if one.is_file())
            return
        if not path.is_file():
            raise PackMalformed(str(path), "There is no such file or folder.")
        try:
            self._zip = zipfile.ZipFile(path)
        except zipfile.BadZipFile as error:
            raise PackMalformed(path.name, "This is not a zip file, or it was cut off on the way.") from error
        self.files = sorted(one for one in self._zip.namelist() if not one.endswith("/"))

    def close(self) -> None:
        """Let go of the zip."""
        if self._zip is not None:
            self._zip.close()

    def find(self, pattern: str) -> list[str]:
        """Return the files whose name, without its folders, is of a pattern."""
        wanted = re.compile(pattern)
        return [one for one in self.files if wanted.fullmatch(one.rsplit("/", 1)[-1])]

    def one(self, pattern: str, called: str) -> str:
        """Return the one file of a pattern.

        Raises: PackMalformed when there is none, or several.
        """
        found = self.find(pattern)
        if len(found) != 1:
            why = f"There is no {called} in it." if not found else f"There are {len(found)} files like {called} in it."
            raise PackMalformed(self.name, why)
        return found[0]

    @contextmanager
    def _open(self, file: str) -> Iterator[IO[bytes]]:
        if self._zip is None:
            with (self.path / file).open("rb") as stream:
                yield stream
            return
        told = self._zip.getinfo(file)
        if told.file_size > LARGEST_FILE or told.file_size > _MOST_UNFOLDED * max(told.compress_size, 10_000):
            raise PackMalformed(file, f"It unfolds to {told.file_size:,} bytes, more than any release.")
        try:
            with self._zip.open(file) as stream:
                yield stream
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            raise PackMalformed(
                file, "It cannot be unfolded: the zip is damaged, locked or of another kind."
            ) from error

    def lines(self, file: str) -> Iterator[tuple[int, str]]:
        """Return the lines of a file with their numbers, without their ends.

        Raises: PackMalformed when one is not UTF-8, is endless, or the zip is damaged.
        """
        read = 0
        with self._open(file) as stream:
            number = 0
            while raw := stream.readline(_LONGEST_LINE + 1):
                number += 1
                read += len(raw)
                if len(raw) > _LONGEST_LINE or read > LARGEST_FILE:
                    raise PackMalformed(file, "It is longer than any release.", number)
                try:
                    yield number, raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
                except UnicodeDecodeError as error:
                    raise PackMalformed(file, "This line is not UTF-8 text.", number) from error

    def digest(self, files: Sequence[str]) -> str:
        """Return what tells these files from any others."""
        found = hashlib.sha256()
        for file in files:
            found.update(file.rsplit("/", 1)[-1].encode())
            with self._open(file) as stream:
                while part := stream.read(1_000_000):
                    found.update(part)
        return found.hexdigest()


def _columns(file: str, heading: Sequence[str], wanted: Sequence[str]) -> list[int]:
    missing = [name for name in wanted if name not in heading]
    if missing:
        raise PackMalformed(file, f"The heading has no column {', '.join(missing)}.", 1)
    return [heading.index(name) for name in wanted]


def _cut(file: str, number: int, found: int, expected: int) -> PackMalformed:
    return PackMalformed(file, f"The line has {found} columns and not {expected}. The file may be cut off.", number)


def tabbed(release: Release, file: str, wanted: Sequence[str]) -> Iterator[list[str]]:
    """Return the wanted columns of a file with a heading and tabs between, as SNOMED CT writes its releases (RF2)."""
    places: list[int] = []
    width = 0
    for number, line in release.lines(file):
        cells = line.split("\t")
        if number == 1:
            places, width = _columns(file, cells, wanted), len(cells)
            continue
        if len(cells) != width:
            raise _cut(file, number, len(cells), width)
        yield [cells[place] for place in places]
    if not width:
        raise PackMalformed(file, "The file is empty.")


def piped(release: Release, file: str, columns: Sequence[str], wanted: Sequence[str]) -> Iterator[list[str]]:
    """Return the wanted columns of a file without a heading and a bar after each cell, as RxNorm writes it (RRF)."""
    places, width = [columns.index(name) for name in wanted], len(columns)
    for number, line in release.lines(file):
        cells = line.split("|")
        if len(cells) == width:
            raise PackMalformed(file, f"The line has {width} columns and no end. The file may be cut off.", number)
        if len(cells) != width + 1 or cells[-1]:
            raise _cut(file, number, len(cells) - (not cells[-1]), width)
        yield [cells[place] for place in places]


def quoted(release: Release, file: str, wanted: Sequence[str]) -> Iterator[list[str]]:
    """Return the wanted columns of a file with a heading, commas between and quotes around, as LOINC writes it."""
    at = 0

    def counted() -> Iterator[str]:
        nonlocal at
        for number, line in release.lines(file):
            at = number
            yield line + "\n"

    places: list[int] = []
    width = 0
    try:
        for cells in csv.reader(counted(), strict=True):
            if not width:
                places, width = _columns(file, cells, wanted), len(cells)
                continue
            if len(cells) != width:
                raise _cut(file, at, len(cells), width)
            yield [cells[place] for place in places]
    except csv.Error as error:
        raise PackMalformed(file, f"The line cannot be read: {error}.", at) from error
    if not width:
        raise PackMalformed(file, "The file is empty.")

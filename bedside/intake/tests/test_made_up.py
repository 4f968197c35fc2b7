"""Input with random faults: it is read, or refused in words, and nothing else ever happens."""

from __future__ import annotations

import random

import pytest

from bedside.fhir.validation import validate
from bedside.intake.ccda.document import read_document
from bedside.intake.ccda.tests.samples import document
from bedside.intake.ccda.tests.test_documents import WHOLE
from bedside.intake.contents import read_contents
from bedside.intake.hl7v2.files import messages_in
from bedside.intake.hl7v2.frames import FrameReader, framed
from bedside.intake.hl7v2.reading import read_message
from bedside.intake.hl7v2.refusals import MessageRefused
from bedside.intake.hl7v2.results import about, results_of
from bedside.intake.hl7v2.tests.samples import NOW, message, order, value
from bedside.intake.opening import FileNotTaken, open_given
from bedside.kernel.ids import new_id

#: How many of each in a usual run; set higher by hand to look for more.
TRIES = 150
MESSAGE = message(
    "ORC|RE|P9^CLINIC|F100^CEDARLAB", order(), "NTE|1|L|Note~more", value(), value(">^100", kind="SN", sub="a"),
    value("POS^Positive^99LAB", kind="CWE", sub="b"), value("20261124", kind="DT", sub="c"),
    value("LIS^AP^PDF^Base64^JVBERi0xLjQKJSVFT0Y=", kind="ED", code="PDF^Report^L"),
)  # fmt: skip
BITS = [b"|", b"^", b"~", b"\\", b"&", b"\r", b"\n", b"\x0b", b"\x1c", b"\x00", b"\xff", b'""', b"\\X0D\\", b"<", b">",
        b"&amp;", b'"', b"-", b"1e9", b"99999999",
        b"\xf0\x9f\x92\x8a", b"OBX", b"OBR", b"PID", b"nullFlavor"]  # fmt: skip


def spoilt(content: bytes, dice: random.Random) -> bytes:
    """Return content with a few random faults: pieces cut out, doubled, moved, and bits that mean something put in."""
    for _ in range(dice.randrange(1, 6)):
        at, end = sorted((dice.randrange(len(content) + 1), dice.randrange(len(content) + 1)))
        end = min(end, at + dice.randrange(1, 60))
        fault = dice.randrange(5)
        if fault == 0:
            content = content[:at] + content[end:]
        elif fault == 1:
            content = content[:end] + content[at:]
        elif fault == 2:
            content = content[:at] + dice.choice(BITS) + content[at:]
        elif fault == 3:
            content = content[:at] + dice.choice(BITS) + content[end:]
        else:
            content = content[:at] + bytes(reversed(content[at:end])) + content[end:]
    return content


@pytest.mark.parametrize("seed", range(3))
def test_a_spoilt_message_is_read_as_valid_fhir_or_refused(seed):
    dice = random.Random(seed)
    read = 0
    for _ in range(TRIES):
        try:
            results = results_of(read_message(spoilt(MESSAGE, dice)), zone_name="America/Chicago", received_at=NOW)
        except MessageRefused:
            continue
        read += 1
        for part in (part for result in results for part in result.parts):
            faults = validate({**about(part.document, new_id()), "id": str(part.id)})
            assert [fault.words for fault in faults if fault.severity == "error"] == []
    assert read > TRIES // 10


@pytest.mark.parametrize("seed", range(3))
def test_a_spoilt_document_is_read_as_valid_fhir_or_refused(seed):
    dice = random.Random(seed)
    whole = document(*WHOLE)
    read = 0
    for _ in range(TRIES):
        content = whole
        while content == whole:
            content = spoilt_values(whole, dice) if dice.random() < 0.8 else spoilt(whole, dice)
        try:
            contents = read_document(content)
        except FileNotTaken:
            continue
        read += 1
        for one in contents.brought:
            faults = validate({**one.document, "id": "x"})
            assert [fault.words for fault in faults if fault.severity == "error"] == []
    assert read > TRIES // 4


def spoilt_values(content: bytes, dice: random.Random) -> bytes:
    """Return a document whose attributes and elements have other values, but which is still XML."""
    words = [
        "",
        "x",
        "-1",
        "1e999",
        "0",
        "20261399",
        "2026",
        "1.2.3",
        "not an oid",
        "\u202e",
        "á" * 300,
        "&lt;b&gt;",
        " ",
    ]
    parts = content.decode().split('"')
    for _ in range(dice.randrange(1, 8)):
        at = dice.randrange(1, len(parts), 2)
        if not parts[at].startswith(("urn:", "http", "1.0", "UTF")):
            parts[at] = dice.choice(words)
    return '"'.join(parts).encode()


@pytest.mark.parametrize("seed", range(3))
def test_spoilt_files_and_lines_are_opened_or_refused(seed):
    dice = random.Random(seed)
    lines = b'{"resourceType":"Patient","id":"7"}\n{"resourceType":"Observation","id":"1"}\n'
    for _ in range(TRIES):
        content = spoilt(dice.choice([lines, lines.strip().split(b"\n")[0], MESSAGE, document()]), dice)
        try:
            for one in open_given("file", content):
                if one.kind == "hl7v2":
                    messages_in(one.content)
                else:
                    read_contents(one.kind, one.content)
        except FileNotTaken:
            pass
        frames = FrameReader(most=500)
        wire = spoilt(framed(MESSAGE) + framed(b"MSH|x"), dice)
        cut = dice.randrange(len(wire) + 1)
        frames.feed(wire[:cut])
        frames.feed(wire[cut:])
        assert frames.held <= 4096

"""What a sender can get wrong, by accident or on purpose."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from bedside.intake.hl7v2.acks import acknowledgements
from bedside.intake.hl7v2.frames import Cut, Frame, FrameReader, TooLong, framed
from bedside.intake.hl7v2.reading import control_id_of, read_message
from bedside.intake.hl7v2.refusals import MessageRefused

from .samples import NOW, first, message, order, results, value


# --- Frames ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_frames_come_out_whole_however_they_are_cut_on_the_way(size):
    sent = framed(b"MSH|one\r") + b"\r\n" + framed(b"MSH|two")
    reader, found = FrameReader(), []
    for at in range(0, len(sent), size):
        found += reader.feed(sent[at : at + size])
    assert found == [Frame(b"MSH|one"), Frame(b"MSH|two")]


def test_a_frame_that_begins_inside_another_ends_it():
    assert FrameReader().feed(b"\x0bMSH|cut" + framed(b"MSH|whole")) == [Cut(7), Frame(b"MSH|whole")]


def test_a_frame_without_its_end_is_never_a_message():
    reader = FrameReader()
    assert reader.feed(b"\x0bMSH|half") == []
    assert reader.is_inside
    assert reader.close() == [Cut(8)]


def test_a_segment_of_64_mb_is_never_held():
    reader, found = FrameReader(), []
    tracemalloc.start()
    reader.feed(b"\x0bMSH|^~\\&|LIS|LAB|||20261124||ORU^R01|BIG1|P|2.5.1\rOBX|1|TX|a||")
    for _ in range(64):
        found += reader.feed(b"x" * 1024 * 1024)
        assert reader.held <= 9 * 1024 * 1024
    found += reader.feed(b"\x1c\r")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 24 * 1024 * 1024
    (event,) = found
    assert isinstance(event, TooLong)
    assert control_id_of(event.head) == "BIG1"


def test_what_stands_between_frames_is_passed_over():
    assert FrameReader().feed(b"GET / HTTP/1.1\r\n\r\n" + framed(b"MSH|x")) == [Frame(b"MSH|x")]


# --- Reading ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MSH",
        b"MSH|",
        b"MSH|^~\\&",
        b"hello",
        b"MSH||||||||\rPID|1\r",
        b"MSH|||||LIS\r",
        b"MSH|^^^^|LIS|LAB|||1||ORU^R01|1|P|2.5\r",
        b"MSHabcdefghij\r",
        b"MSH|^~\\&|LIS|LAB|||1||ORU^R01|1|P|2.5\r\xff\xfe\r",
        b"\xff\xfeM\x00S\x00H\x00",
        b"MSH|^~\\&|LIS|LAB|||1||ORU^R01|1|P|2.5\rnot a segment|x\r",
        b"MSH|^~\\&|" + b"|" * 200_000 + b"\r",
        b"MSH|^~\\&|LIS|LAB|||1||ORU^R01|1|P|2.5\rOBX|1|TX|a||" + b"^&~" * 60_000 + b"\r",
    ],
    ids=range(14),
)
def test_what_is_no_message_is_refused_in_words(content):
    began = time.process_time()
    with pytest.raises(MessageRefused) as refused:
        read_message(content)
    assert refused.value.words
    assert time.process_time() - began < 2


def test_a_message_in_latin_letters_is_read_when_it_says_so_and_refused_when_it_does_not():
    pid = "PID|1||4711^^^CEDAR^MR||Peña^José||19850309|M"
    content = message(order(), value(), pid=pid, letters="8859/1").decode().encode("latin-1")
    assert results(content)[0].subject.full_name == "José Peña"
    silent = message(order(), value(), pid=pid, letters="").decode().encode("latin-1")
    with pytest.raises(MessageRefused, match="character set"):
        read_message(silent)
    with pytest.raises(MessageRefused, match="nobody knows") as refused:
        read_message(message(order(), value(), letters="KLINGON"))
    assert refused.value.control_id == "C1"


def test_separators_are_those_the_message_names():
    content = message(order(), value()).decode()
    swapped = content.translate(str.maketrans("|^~&", "#@!%"))
    assert results(swapped.encode())[0].observations[0].id == results(content.encode())[0].observations[0].id


def test_escapes_are_undone_once_and_never_end_a_segment():
    found = first(value(r"a\F\b\S\c\T\d\R\e\E\f\X0D\PID\.br\g \H\bold\N\ \Zx\ C:\ ", kind="ST", units="", range=""))
    assert found["valueString"] == "a|b^c&d~e\\f\nPID\ng bold  C:\\"


def test_a_null_of_hl7_is_no_value():
    found = first(value('""', kind="ST", units="", range=""))
    assert "valueString" not in found
    assert found["dataAbsentReason"]


def test_control_characters_do_not_reach_the_chart():
    assert first(value("a\x00b\x07c", kind="ST", units="", range=""))["valueString"] == "abc"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("ORU^R01^ORU_R01", "ADT^A40"), "only ORU"),
        (("|P|2.5.1", "|T|2.5.1"), "testing"),
        (("|C1|", "||"), "control id"),
    ],
)
def test_what_is_no_result_for_a_patient_is_refused(change, why):
    content = message(order(), value()).decode().replace(*change).encode()
    with pytest.raises(MessageRefused, match=why):
        results(content)


def test_a_message_without_an_order_is_refused():
    with pytest.raises(MessageRefused, match="no OBR"):
        results(message())


def test_segments_nobody_knows_are_passed_over():
    plain = results(message(order(), value()))[0]
    found = results(message("ZZZ|1|x", order(), "ZDS|1^2", value(), "CTI|1"))[0]
    assert found.observations[0].document == plain.observations[0].document


def test_a_file_whose_lines_end_as_on_unix_is_read():
    assert results(message(order(), value()).replace(b"\r", b"\n"))[0].subject.family == "Reyes"


def test_a_document_in_a_broken_encoding_is_refused():
    with pytest.raises(MessageRefused, match="encoding"):
        results(message(order(), value("LIS^AP^PDF^Base64^JVBE*", kind="ED")))


# --- Acknowledgements ------------------------------------------------------------------------------------------
def answers(content, verdict="A", **said):
    found = acknowledgements(read_message(content), verdict, now=NOW, own_id="1", **said)
    return [one.decode().split("\r") for one in found]


def test_the_original_mode_answers_once_and_names_the_message():
    ((head, told, _),) = answers(message(order(), value()))
    assert told == "MSA|AA|C1"
    assert head.startswith("MSH|^~\\&|BEDSIDE|CLINIC|LIS|CEDARLAB|20261124150000+0000||ACK^R01^ACK|1|P|2.5.1")


def test_a_refusal_says_why():
    ((_, told, why, _),) = answers(message(order(), value()), "E", error="101", words="no | number")
    assert told == "MSA|AE|C1"
    assert why == "ERR|||101^Required field missing^HL70357|E||||no \\F\\ number"


@pytest.mark.parametrize(
    ("asked", "verdict", "codes"),
    [
        ("AL|AL", "A", ["CA", "AA"]),
        ("AL|NE", "A", ["CA"]),
        ("NE|AL", "A", ["AA"]),
        ("ER|ER", "A", []),
        ("ER|ER", "E", ["CE", "AE"]),
        ("AL|AL", "R", ["CR"]),
        ("SU|SU", "E", []),
    ],
)
def test_the_enhanced_mode_answers_as_the_sender_asked(asked, verdict, codes):
    found = answers(message(order(), value(), ack=asked), verdict)
    assert [told.split("|")[1] for _, told, *_ in found] == codes


def test_what_could_not_be_read_is_answered_with_what_could_be_seen_of_it():
    (answer,) = acknowledgements(None, "R", now=NOW, own_id="1", control_id="X^9", error="102", words="broken")
    assert b"MSA|AR|X\\S\\9" in answer

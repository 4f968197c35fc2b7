"""The line laboratories send over, with a sender at the other end; and five hundred messages in any order."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from bedside.fhir.models import Resource
from bedside.intake.hl7v2.frames import FrameReader, framed
from bedside.intake.hl7v2.tests.samples import PID, message, order, value
from bedside.intake.line import ResultLine
from bedside.intake.models import HeldResult, LabMessage, PatientNumber

from .imports import stored
from .test_results import receive, sent

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[Any]]


def over_the_line(talk: Talk, **patience: float) -> Any:
    """Open a line, talk over it as a laboratory, and close it."""

    async def run() -> Any:
        line = ResultLine("127.0.0.1", 0, **patience)
        await line.start()
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
            try:
                return await asyncio.wait_for(talk(reader, writer), 20)
            finally:
                writer.close()
        finally:
            await line.stop()

    return asyncio.run(run())


async def answers(reader: asyncio.StreamReader, count: int) -> list[str]:
    """Return the MSA segments of so many answers."""
    frames, found = FrameReader(), []
    while len(found) < count:
        piece = await reader.read(65536)
        if not piece:
            break
        found += [one.content.decode().split("\r")[1] for one in frames.feed(piece)]
    return found


@pytest.fixture
def known(transactional_db, cast, now):
    PatientNumber.objects.create(system="urn:bedside:numbers:cedar", value="4711", person=cast.ada, known_at=now)
    return cast


@pytest.mark.django_db(transaction=True)
def test_messages_are_answered_one_after_the_other_and_are_in_the_chart_by_then(known):
    async def talk(reader, writer):
        writer.write(framed(message(order(), value())) + framed(message(order(filler="F2"), value(), id="C2")))
        return await answers(reader, 2)

    assert over_the_line(talk) == ["MSA|AA|C1", "MSA|AA|C2"]
    assert len(stored("Observation")) == 2
    assert set(LabMessage.objects.values_list("door", "state")) == {("line", "filed")}


@pytest.mark.django_db(transaction=True)
def test_cut_nested_unreadable_and_too_long_messages_leave_the_line_usable(known):
    async def talk(reader, writer):
        writer.write(b"noise\x0bMSH|^~\\&|cut off here" + framed(b"MSH|junk"))
        first = await answers(reader, 1)
        writer.write(b"\x0bMSH|^~\\&|LIS|LAB|||1||ORU^R01|BIG|P|2.5.1\r")
        for _ in range(12):
            writer.write(b"x" * 1024 * 1024)
            await writer.drain()
        writer.write(b"\x1c\r" + framed(message(order(), value(), id="C9")))
        return first + await answers(reader, 2)

    assert over_the_line(talk) == ["MSA|AR|", "MSA|AR|BIG", "MSA|AA|C9"]
    assert len(stored("Observation")) == 1


@pytest.mark.django_db(transaction=True)
def test_a_sender_that_falls_silent_in_a_message_loses_its_line_and_nothing_is_filed(known):
    async def talk(reader, writer):
        writer.write(framed(message(order(), value()))[:-20])
        return await reader.read()

    assert over_the_line(talk, stall_seconds=0.2) == b""
    assert stored("Observation") == []


@pytest.mark.django_db(transaction=True)
def test_the_enhanced_mode_gets_both_answers(known):
    async def talk(reader, writer):
        writer.write(framed(message(order(), value(), ack="AL|AL")))
        return await answers(reader, 2)

    assert over_the_line(talk) == ["MSA|CA|C1", "MSA|AA|C1"]


# --- Five hundred ----------------------------------------------------------------------------------------------
class Model:
    """What should stand at the end: for every value of every order the one that was sent last."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], tuple[int, str]] = {}
        self.waiting: set[tuple[str, int]] = set()

    def take(self, filler: str, at: int, values: dict[str, tuple[str, str]], is_known: bool) -> None:
        if not is_known:
            self.waiting.add((filler, at))
            return
        for code, (number, _) in values.items():
            before = self.values.get((filler, code))
            if before is None or before[0] <= at:
                self.values[filler, code] = (at, number)


def make_messages(dice: random.Random, now) -> tuple[list[bytes], Model]:
    """Return 500 messages of 120 orders: firsts, corrections, additions and duplicates, and what they should leave."""
    model, made = Model(), []
    for number in range(380):
        filler, at = f"F{dice.randrange(120)}", number
        is_known = not filler.endswith("7")
        codes = dice.sample(["2345-7", "2160-0", "2951-2", "2823-3"], dice.randrange(1, 4))
        status = dice.choice(["F", "F", "C", "P"])
        values = {code: (str(dice.randrange(1, 500)), status) for code in codes}
        model.take(filler, at, values, is_known)
        lines = [value(said, code=f"{code}^x^LN", status=status) for code, (said, status) in values.items()]
        pid = PID if is_known else PID.replace("4711", "9999")
        at_once = now + timedelta(minutes=at)
        made.append(sent(at_once, order(filler=filler, status=status), *lines, id=f"M{number}", pid=pid))
    everything = made + dice.choices(made, k=120)
    dice.shuffle(everything)
    return everything, model


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2])
def test_of_five_hundred_messages_in_any_order_none_is_lost_and_none_doubled(cast, now, seed):
    PatientNumber.objects.create(system="urn:bedside:numbers:cedar", value="4711", person=cast.ada, known_at=now)
    everything, model = make_messages(random.Random(seed), now)
    assert len(everything) == 500
    cut = FrameReader()
    for content in everything:
        whole = framed(content)
        events = cut.feed(whole[: len(whole) // 3]) + cut.feed(whole)  # the line broke; the sender began again
        (frame,) = [one for one in events if hasattr(one, "content")]
        assert receive(frame.content, now).verdict == "A"
    found = {}
    for one in stored("Observation"):
        found[one["id"]] = str(one["valueQuantity"]["value"])
    by_order = {}
    for report in stored("DiagnosticReport"):
        filler = next(one["value"] for one in report["identifier"] if one["type"]["coding"][0]["code"] == "FILL")
        for link in report["result"]:
            by_order.setdefault(filler, []).append(found.pop(link["reference"].split("/")[1]))
    assert found == {}, "every observation stands in its report"
    expected = {}
    for (filler, _), (_, number) in model.values.items():
        expected.setdefault(filler, []).append(number)
    assert {key: sorted(numbers) for key, numbers in by_order.items()} == {
        key: sorted(numbers) for key, numbers in expected.items()
    }
    assert HeldResult.objects.count() == len(model.waiting)
    assert LabMessage.objects.count() == 380
    assert Resource.objects.filter(type="Observation").count() == len(model.values)

"""Acknowledgements: what a sender is told of its message, in the mode it asks for.

Original mode answers AA, AE or AR. Enhanced mode (MSH-15 or MSH-16 say something) first says that the message is kept
(CA, CE, CR), then what became of it. Source: HL7 v2.5.1, 2.9.2, 2.9.3, 2.14.8 (MSA), 2.14.5 (ERR).
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from bedside.kernel.time import UTC

from .reading import Message
from .terms import ERRORS

Verdict = Literal["A", "E", "R"]


def acknowledgements(
    message: Message | None,
    verdict: Verdict,
    *,
    now: datetime,
    own_id: str,
    control_id: str = "",
    error: str = "",
    words: str = "",
) -> list[bytes]:
    """Return the messages to answer with, in order; none when the sender asks for none.

    Shape: `message` is None for what could not be read; then only its control id is known. `own_id` is ours.
    """
    head = message.head if message else None
    known_id = message.control_id if message else control_id
    accept, application = (head.text(15).upper(), head.text(16).upper()) if head else ("", "")
    if not accept and not application:
        return [_answer(message, f"A{verdict}", now=now, own_id=own_id, control_id=known_id, error=error, words=words)]
    codes = []
    if _wants(accept, verdict):
        codes.append(f"C{verdict}")
    if _wants(application, verdict) and verdict != "R":
        codes.append(f"A{verdict}")
    return [
        _answer(message, code, now=now, own_id=f"{own_id}{at}", control_id=known_id, error=error, words=words)
        for at, code in enumerate(codes, start=1)
    ]


def _wants(condition: str, verdict: Verdict) -> bool:
    """Say whether table 0155 asks for an answer: always, on error, on success, never."""
    return {"AL": True, "ER": verdict != "A", "SU": verdict == "A"}.get(condition, False)


def _answer(
    message: Message | None, code: str, *, now: datetime, own_id: str, control_id: str, error: str, words: str
) -> bytes:
    head = message.head if message else None

    def sent(number: int) -> str:
        return _escaped(head.text(number)) if head else ""

    at = now.astimezone(UTC).strftime("%Y%m%d%H%M%S+0000")
    event = f"ACK^{sent_event}^ACK" if (sent_event := head.text(9, 2) if head else "") else "ACK"
    version = sent(12) or "2.5.1"
    lines = [
        f"MSH|^~\\&|{sent(5) or 'BEDSIDE'}|{sent(6)}|{sent(3)}|{sent(4)}|{at}||{event}|{own_id}|{sent(11) or 'P'}"
        f"|{version}||||||UNICODE UTF-8",
        f"MSA|{code}|{_escaped(control_id)}",
    ]
    if code[1] != "A":
        known = ERRORS.get(error, ERRORS["207"])
        number = error if error in ERRORS else "207"
        lines.append(f"ERR|||{number}^{known}^HL70357|E||||{_escaped(words)[:250]}")
    return ("\r".join(lines) + "\r").encode()


def _escaped(text: str) -> str:
    """Return a text as it may stand in a component: separators escaped, the escape itself first."""
    for mark, letter in (("\\", "E"), ("|", "F"), ("^", "S"), ("~", "R"), ("&", "T")):
        text = text.replace(mark, f"\\{letter}\\")
    return " ".join(text.split())

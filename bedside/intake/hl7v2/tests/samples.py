"""Messages of laboratories, made up here for the tests."""

from __future__ import annotations

from datetime import datetime

from bedside.intake.hl7v2.reading import read_message
from bedside.intake.hl7v2.results import results_of
from bedside.kernel.time import UTC

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
HEAD = "MSH|^~\\&|LIS|CEDARLAB|BEDSIDE|CLINIC|20261124083000-0600||ORU^R01^ORU_R01|{id}|P|2.5.1|||{ack}||{letters}"
PID = "PID|1||4711^^^CEDAR^MR||Reyes^Ada^M||19850309|F|||12 Cedar St^^Austin^TX||^PRN^PH^^1^512^5550100"


def message(*lines: str, id: str = "C1", pid: str = PID, letters: str = "UNICODE UTF-8", ack: str = "|") -> bytes:
    """Return a message of these lines under a head and a patient."""
    head = HEAD.format(id=id, letters=letters, ack=ack)
    return "\r".join([head, *([pid] if pid else []), *lines, ""]).encode()


def order(filler: str = "F100", code: str = "2345-7^Glucose^LN", status: str = "F", placer: str = "P9") -> str:
    """Return an OBR."""
    return (
        f"OBR|1|{placer}^CLINIC|{filler}^CEDARLAB|{code}|||20261124080000-0600|||||||||77^Chen^Lin^^^Dr||||||"
        f"20261124083000-0600||CH|{status}"
    )


def value(number: str = "105", **changed: str) -> str:
    """Return an OBX of a glucose, with some fields changed: kind, code, sub, units, range, flag, status."""
    said = {"kind": "NM", "code": "2345-7^Glucose^LN", "sub": "", "units": "mg/dL^^UCUM", "range": "70-99"}
    said |= {"flag": "H", "status": "F"} | changed
    return (
        f"OBX|1|{said['kind']}|{said['code']}|{said['sub']}|{number}|{said['units']}|{said['range']}|{said['flag']}"
        f"|||{said['status']}|||20261124080000-0600|||||||||Cedar Street Laboratory^L"
    )


def results(content: bytes):
    """Return what a message brings."""
    return results_of(read_message(content), zone_name="America/Chicago", received_at=NOW)


def first(*lines: str, **changed: str):
    """Return the first observation of an order with these lines."""
    return results(message(order(), *lines, **changed))[0].observations[0].document

"""`kill -9` at every step of a visit, from the first click to the signed note: what was confirmed is there afterwards.

The whole program, with its own PostgreSQL and the demo clinic, driven through the plain forms its pages have
without scripts. At each step the answer is still on its way when the server, or the database under it, is killed.
"""

from __future__ import annotations

import http.cookiejar
import os
import random
import re
import signal
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from bedside.config.tests.test_embedded_postgres import is_gone, one, wait_until
from bedside.config.tests.test_running import answers, bedside, folder, owner_address, postmaster, status
from bedside.kernel.ids import new_id

__all__ = ["folder"]  # the fixture is used by its name
pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="signals as Unix knows them")]


class House:
    """A running Bedside that can be killed and started again on the same data."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.stack = folder, stack
        self.start()

    def start(self) -> None:
        self.running = self.stack.enter_context(bedside(self.folder, BEDSIDE_DEMO="on"))

    def kill_server(self) -> None:
        """Kill the server with no warning, and start another."""
        database = postmaster(self.folder)
        self.running.kill()
        self.running.wait()
        wait_until(lambda: is_gone(database), 10)
        self.start()

    def kill_database(self) -> None:
        """Kill PostgreSQL with no warning. The server starts another by itself."""
        dead = postmaster(self.folder)
        os.kill(dead, signal.SIGKILL)
        wait_until(lambda: postmaster(self.folder) not in (0, dead), 20)
        wait_until(lambda: answers(self.folder), 30)
        wait_until(lambda: status(self.running) == 200, 30)


class Visitor:
    """Someone with a browser that runs no scripts."""

    def __init__(self, house: House, name: str) -> None:
        self.house = house
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), _NoRedirect())
        page = self.get(f"/accounts/step-in/?q={urllib.parse.quote(name)}")
        person = re.search(rf'name="person" value="([^"]+)"(?:(?!</button>).)*<b>{name}</b>', page, re.S)
        assert person, f"{name} is not in the demo clinic"
        assert self.post("/accounts/step-in/", person=person[1])

    def get(self, path: str) -> str:
        """Return a page, following where it leads."""
        for _ in range(5):
            code, where, page = self._ask(path, None)
            if code != 302:
                assert code == 200, f"{path}: {code}"
                return page
            path = where
        raise AssertionError(f"{path} leads nowhere")

    def post(self, path: str, **fields: str) -> str:
        """Send a form. Return where it leads when it was taken, else nothing. A lost connection is a no."""
        token = next((cookie.value for cookie in self.jar if cookie.name == "csrftoken"), "")
        sent = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token}).encode()
        try:
            code, where, _ = self._ask(path, sent)
        except (OSError, http.client.HTTPException):
            return ""
        return where if code == 302 else ""

    def _ask(self, path: str, sent: bytes | None) -> tuple[int, str, str]:
        request = urllib.request.Request(f"http://localhost:{self.house.running.port}{path}", data=sent)
        try:
            answer = self.opener.open(request, timeout=20)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            where = urllib.parse.urlsplit(answer.headers.get("Location", ""))
            return answer.status, where._replace(scheme="", netloc="").geturl(), answer.read().decode()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@pytest.fixture
def house(folder: Path) -> Iterator[House]:
    """The demo clinic, running."""
    with ExitStack() as stack:
        yield House(folder, stack)


class Trial:
    """Steps that are each cut short by a kill, first of the server, then of the database, and so on."""

    def __init__(self, house: House) -> None:
        self.house, self.dice = house, random.Random(20261124)
        self.kills = [house.kill_server, house.kill_database]
        self.steps = self.confirmed = 0

    def step(self, send: Callable[[], str], is_there: Callable[[], bool]) -> None:
        """Send, kill meanwhile, look; send again if it is not there. What was confirmed must be.

        Two steps in four are killed while the answer is on its way, two the moment it has come.
        """
        assert not is_there(), "the check for this step cannot fail"
        got: list[str] = []
        sender = threading.Thread(target=lambda: got.append(send()))
        sender.start()
        sender.join(20 if self.steps % 4 > 1 else self.dice.uniform(0, 0.08))
        self.kills[self.steps % 2]()
        self.steps += 1
        sender.join(30)
        assert got, "the sender still waits"
        if got[0]:
            self.confirmed += 1
            assert is_there(), "confirmed and then lost"
        elif not is_there():
            assert send(), f"the same click after the kill was refused:\n{self.house.running.log.read_text()[-4000:]}"
            assert is_there()


def test_nothing_that_was_confirmed_is_lost(house: House) -> None:
    ada, chen = Visitor(house, "Ada Reyes"), Visitor(house, "Lin Chen")
    trial = Trial(house)
    book(trial, ada)
    visit, patient = arrive(trial, ada)
    treat(trial, chen, f"/patients/{patient}/visits/{visit}", visit)
    trial.step(lambda: chen.post(f"/visits/{visit}/end"), lambda: "Your cheek is sore." in ada_summary(ada, visit))
    assert "oxycycline" in ada_summary(ada, visit)
    assert trial.confirmed >= trial.steps // 2
    for kind in ("MedicationRequest", "Condition", "Composition"):
        written = "SELECT count(*) FROM fhir_resource WHERE type = '{}' AND body::text LIKE '%{}%'"
        assert one(owner_address(house.folder), written.format(kind, visit)) == 1, f"{kind} was written once"
    lines = f"SELECT count(*) FROM visit_chat_message WHERE visit_id = '{visit}'"
    assert one(owner_address(house.folder), lines) == 1


def ada_summary(ada: Visitor, visit: str) -> str:
    """Return the summary, or nothing while there is none."""
    code, _, page = ada._ask(f"/visits/{visit}/summary/", None)
    return page if code == 200 else ""


def book(trial: Trial, ada: Visitor) -> None:
    """Hold a time and book it."""
    doctor = re.findall(r'href="(/find/[0-9a-f-]{36}/)', ada.get("/find/"))[0]
    page = ada.get(doctor)
    time_wanted = re.findall(r'name="time" value="([^"]+)"', page)[-1]
    region = (re.search(r'name="region" value="([^"]*)"', page) or ["", ""])[1]
    held: list[str] = []

    def hold() -> str:
        where = ada.post("/book/", time=time_wanted, how="video", region=region)
        held.append(where)
        return where

    def is_held() -> bool:
        return time_wanted not in Visitor(trial.house, "Ben Reyes").get(doctor)

    trial.step(hold, is_held)
    where = held[-1] or ada.post("/book/", time=time_wanted, how="video", region=region)
    appointment = where.split("/")[2]
    trial.step(
        lambda: ada.post(where, reason="Killed mid-way"),
        lambda: "Killed mid-way" in page_or_nothing(ada, f"/appointments/{appointment}/"),
    )
    assert ada.get("/appointments/").count(appointment) >= 1


def page_or_nothing(someone: Visitor, path: str) -> str:
    code, _, page = someone._ask(path, None)
    return page if code == 200 else ""


def arrive(trial: Trial, ada: Visitor) -> tuple[str, str]:
    """Check in for today's visit. Return the visit and the patient."""
    appointment = re.findall(r'href="(/visits/of/[0-9a-f-]{36})"', ada.get("/today/"))[0]
    _, where, _ = ada._ask(appointment, None)
    visit = where.split("/")[2]
    region = re.findall(r'<option value="([^"]*TX)"', ada.get(f"/visits/{visit}/check-in"))[0]
    trial.step(
        lambda: ada.post(
            f"/visits/{visit}/check-in", place="412 Juniper Street", region=region, callback_number="512 555 0182",
            consent="on", consent_language="en", device_test="",
        ),
        lambda: ada._ask(f"/visits/{visit}/waiting", None)[0] == 200,
    )  # fmt: skip
    ada.get(f"/visits/{visit}/waiting")
    patient = re.findall(
        r'href="/patients/([0-9a-f-]{36})', Visitor(trial.house, "Lin Chen").get(f"/visits/{visit}/room")
    )
    return visit, patient[0]


def treat(trial: Trial, chen: Visitor, chart: str, visit: str) -> None:
    """Let her in, write a line, diagnose, prescribe, give home care, write the note and sign it."""
    trial.step(
        lambda: chen.post(f"/visits/{visit}/admit"),
        lambda: f'action="/visits/{visit}/admit"' not in chen.get(f"/visits/{visit}/room"),
    )
    trial.step(
        lambda: chen.post(f"/visits/{visit}/chat", body="Can you hear me?", client_id=str(new_id())),
        lambda: "Can you hear me?" in chen.get(f"/visits/{visit}/room"),
    )
    trial.step(
        lambda: chen.post(f"{chart}/diagnoses/", code="J01.90", certainty="confirmed"),
        lambda: "J01.90" in chen.get(f"{chart}/diagnoses/").split('id="dx-q"')[0],
    )
    product = re.findall(r"\?product=([^\"&]+)", chen.get(f"{chart}/prescriptions/search/?q=doxycycline"))[0]
    usual = dict(re.findall(r'name="(\w+)" value="([^"]*)"', chen.get(f"{chart}/prescriptions/?product={product}")))
    dose = {"amount": "1", "frequency": "bid", "days": "5", "quantity": "10", "refills": "0"}
    trial.step(
        lambda: chen.post(f"{chart}/prescriptions/", **(usual | dose)),
        lambda: "oxycycline" in chen.get(f"{chart}/prescriptions/"),
    )
    plan = re.findall(r'href="\?plan=([^"]+)"', chen.get(f"{chart}/home-care/"))[0]
    trial.step(
        lambda: chen.post(f"{chart}/home-care/", plan=plan, check_back_on=""),
        lambda: "h-given" in chen.get(f"{chart}/home-care/"),
    )
    note = {"said": "Left cheek", "found": "Tender", "for_patient": "Your cheek is sore."}

    def form() -> dict[str, str]:
        page = chen.get(f"{chart}/note/")
        revision = re.findall(r'id="note-revision" value="(\d+)"', page)[0]
        template = re.findall(r'<option value="([^"]+)" selected', page)[0]
        return {**note, "revision": revision, "template": template}

    typed = form()
    trial.step(
        lambda: chen.post(f"{chart}/note/save/", **typed), lambda: "Your cheek is sore." in chen.get(f"{chart}/note/")
    )
    saved = form()
    trial.step(
        lambda: chen.post(f"{chart}/note/sign/", **saved), lambda: "note-revision" not in chen.get(f"{chart}/note/")
    )

"""Fifty patients race for the same time and for different times, through HTTP, on a running rehearsal clinic.

    .venv/bin/python bench/booking.py --url http://127.0.0.1:8000 --clients 50 --seconds 10

An answer counts when the clinic said yes (a time is held, a visit is booked) or no (taken, busy). With
DATABASE_URL the overlaps are counted in the database itself as well.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import sys
import time
from collections import Counter
from urllib.parse import urlencode, urlsplit

from figures import percentile, report, spread

GOAL_P99_MS = 150
GOAL_PER_SECOND = 200

CHOICE = re.compile(r'name="time" value="([^"]+)"')
PERSON = re.compile(r'name="person" value="([^"]+)"')
REGION = re.compile(r'name="region" value="([^"]*)"')
BOOKED = re.compile(r"^/appointments/([0-9a-f-]{36})/$")

OVERLAPS = """
SELECT count(*) FROM appointment AS one JOIN appointment AS other ON one.id < other.id
 AND one.during && other.during
 AND (one.practitioner_id = other.practitioner_id OR one.patient_id = other.patient_id)
WHERE one.status IN ('held', 'booked', 'arrived', 'in_visit')
  AND other.status IN ('held', 'booked', 'arrived', 'in_visit')
"""


class Browser:
    """One person's connection: HTTP/1.1, kept alive, with cookies. Small, so that the bench is not what is measured."""

    def __init__(self, url: str) -> None:
        at = urlsplit(url)
        self.host, self.port, self.origin = at.hostname or "127.0.0.1", at.port or 80, url
        self.cookies: dict[str, str] = {}
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def get(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """Ask for a page."""
        return await self._send("GET", path, b"")

    async def post(self, path: str, **fields: str) -> tuple[int, dict[str, str], bytes]:
        """Send a form."""
        fields["csrfmiddlewaretoken"] = self.cookies.get("csrftoken", "")
        return await self._send("POST", path, urlencode(fields).encode())

    async def _send(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        for attempt in (1, 2):
            try:
                return await self._once(method, path, body)
            except (ConnectionError, asyncio.IncompleteReadError) as error:
                # The server closed a connection that had been idle: a browser opens another one.
                self.writer = None
                if attempt == 2 or getattr(error, "partial", b""):
                    raise
        raise AssertionError("unreachable")

    async def _once(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nCookie: {cookie}\r\nAccept: text/html\r\n"
        if body:
            kind = "application/x-www-form-urlencoded"
            head += f"Origin: {self.origin}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        self.writer.write(head.encode() + b"\r\n" + body)
        assert self.reader is not None
        raw = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = raw.split("\r\n")
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(": ")
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key.strip()] = rest.split(";")[0]
            headers[name.lower()] = value
        if headers.get("transfer-encoding") == "chunked":
            content = b""
            while size := int(await self.reader.readuntil(b"\r\n"), 16):
                content += await self.reader.readexactly(size)
                await self.reader.readexactly(2)
            await self.reader.readexactly(2)
        else:
            content = await self.reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection") == "close":
            self.writer = None
        return int(first.split()[1]), headers, content


async def sign_in(url: str, count: int) -> list[Browser]:
    """Return that many browsers, each stepped in as another patient."""
    finder = Browser(url)
    ids: list[str] = []
    for letter in "aeiourslnt":
        _, _, page = await finder.get(f"/accounts/step-in/?role=patient&q={letter}")
        ids += [one for one in PERSON.findall(page.decode()) if one not in ids]
    if len(ids) < count:
        sys.exit(f"only {len(ids)} patients found on the step-in page; is this a rehearsal clinic?")
    browsers = []
    for person in ids[:count]:
        one = Browser(url)
        await one.get("/accounts/step-in/")
        status, _, _ = await one.post("/accounts/step-in/", person=person)
        if status != 302:
            sys.exit(f"could not step in as a patient: {status}")
        await one.get("/appointments/")
        browsers.append(one)
    return browsers


async def choices(browser: Browser, pages: int) -> tuple[list[str], str]:
    """Return free times off the search over so many pages of doctors, and the place they are shown for."""
    found: list[str] = []
    region = ""
    for page in range(1, pages + 1):
        _, _, html = await browser.get(f"/find/?page={page}")
        region = (REGION.search(html.decode()) or ["", region])[1]
        doctors = re.findall(r'href="(/find/[0-9a-f-]{36}/)\?', html.decode())
        for path in list(dict.fromkeys(doctors))[:4]:
            _, _, profile = await browser.get(path)
            found += CHOICE.findall(profile.decode())
    return list(dict.fromkeys(found)), region


class Tally:
    """What was answered, how fast, and what was confirmed."""

    def __init__(self, region: str) -> None:
        self.region = region
        self.ms: list[float] = []
        self.answers: Counter[str] = Counter()
        self.confirmed: list[tuple[Browser, str, str]] = []

    async def try_for(self, browser: Browser, choice: str) -> bool:
        """Hold a time and, when it is held, book it. Return whether it was."""
        status, headers, _ = await self._timed(browser.post("/book/", time=choice, how="video", region=self.region))
        if status != 302:
            self.answers[f"hold {status}"] += 1
            return False
        self.answers["held"] += 1
        status, headers, _ = await self._timed(browser.post(headers["location"], reason="bench"))
        booked = BOOKED.match(headers.get("location", ""))
        self.answers["booked" if booked else f"book {status}"] += 1
        if booked:
            self.confirmed.append((browser, booked[1], choice))
        return bool(booked)

    @property
    def settled(self) -> int:
        """How many tries ended: booked, or refused. A time that is held is not settled yet."""
        return self.answers.total() - self.answers["held"]

    async def _timed(self, answer):  # type: ignore[no-untyped-def]
        began = time.perf_counter()
        got = await answer
        self.ms.append((time.perf_counter() - began) * 1000)
        return got


async def race_same(browsers: list[Browser], times: list[str], region: str) -> tuple[Tally, int]:
    """Let everyone reach for one time at once, again and again. Return the tally and the rounds not won by one."""
    tally, wrong = Tally(region), 0
    for choice in times:
        won = await asyncio.gather(*(tally.try_for(one, choice) for one in browsers))
        wrong += sum(won) > 1
    return tally, wrong


async def race_different(browsers: list[Browser], times: list[str], region: str, seconds: float) -> tuple[Tally, float]:
    """Let everyone book times of their own choosing for so long. Return the tally and the seconds it took."""
    tally, until = Tally(region), time.perf_counter() + seconds

    async def life(number: int, browser: Browser) -> None:
        dice = random.Random(number)
        while time.perf_counter() < until:
            await tally.try_for(browser, dice.choice(times))

    began = time.perf_counter()
    await asyncio.gather(*(life(n, one) for n, one in enumerate(browsers)))
    return tally, time.perf_counter() - began


async def race_paced(
    browsers: list[Browser], times: list[str], region: str, seconds: float, per_second: float
) -> tuple[Tally, float]:
    """Let everyone come when they come: so many tries a second in all, whether or not earlier ones were answered.

    Every fifth try is for one of ten times that everyone wants. Return the tally and the seconds it took.
    """
    tally, until = Tally(region), time.perf_counter() + seconds

    async def life(number: int, browser: Browser) -> None:
        dice = random.Random(1000 + number)
        due = time.perf_counter()
        while True:
            due += dice.expovariate(per_second / len(browsers))
            if due > until:
                return
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            wanted = times[:10] if dice.random() < 0.2 else times
            await tally.try_for(browser, dice.choice(wanted))

    began = time.perf_counter()
    await asyncio.gather(*(life(n, one) for n, one in enumerate(browsers)))
    return tally, time.perf_counter() - began


async def lost(tally: Tally) -> int:
    """Return how many confirmed visits their patients cannot see afterwards."""
    gone = 0
    for browser, appointment, _ in tally.confirmed:
        status, _, page = await browser.get(f"/appointments/{appointment}/visit.ics")
        gone += status != 200 or b"STATUS:CONFIRMED" not in page
    return gone


def overlaps_in_database() -> int | None:
    """Count overlaps of live appointments where they are kept, when DATABASE_URL says where that is."""
    if not os.environ.get("DATABASE_URL"):
        return None
    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        return connection.execute(OVERLAPS).fetchone()[0]  # type: ignore[index]


async def measure(options: argparse.Namespace) -> int:
    """Measure and print; return 1 when a goal was missed."""
    browsers = await sign_in(options.url, options.clients)
    times, region = await choices(browsers[0], options.pages)
    random.Random(1).shuffle(times)
    print(f"{len(browsers)} patients, {len(times)} free times of {len({one.split('.')[0] for one in times})} doctors")
    same, wrong = await race_same(browsers, times[: options.rounds], region)
    different, took = await race_different(browsers, times[options.rounds :], region, options.seconds)
    paced, _ = await race_paced(browsers, times[options.rounds :][::-1], region, options.seconds, options.per_second)
    confirmed = same.confirmed + different.confirmed + paced.confirmed
    everything = [(choice.split(".")[0], choice.split(".")[1]) for _, _, choice in confirmed]
    twice = len(everything) - len(set(everything)) + wrong
    in_database = overlaps_in_database()
    print(f"same time:       {dict(same.answers)}; {spread(same.ms)}")
    print(f"different times: {dict(different.answers)}; {spread(different.ms)}")
    print(f"as they come:    {dict(paced.answers)}; {spread(paced.ms)}")
    print("overlaps in the database: " + ("not asked" if in_database is None else str(in_database)))
    good = [
        report("overlaps", twice + (in_database or 0), 0, ""),
        report("lost confirmations", await lost(same) + await lost(different) + await lost(paced), 0, ""),
        report("same time, p99", percentile(same.ms, 0.99), GOAL_P99_MS, "ms"),
        report("different times, p99", percentile(different.ms, 0.99), GOAL_P99_MS, "ms"),
        report(
            f"as they come, {options.per_second:g} tries a second, p99", percentile(paced.ms, 0.99), GOAL_P99_MS, "ms"
        ),
        report("booked or refused", different.settled / took, GOAL_PER_SECOND, "/s", more_is_better=True),
        report("held, booked or refused", len(different.ms) / took, GOAL_PER_SECOND, "/s", more_is_better=True),
    ]
    return 0 if all(good) else 1


def main() -> int:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=20, help="races for one time")
    parser.add_argument("--seconds", type=float, default=10, help="how long to race for different times")
    parser.add_argument("--per-second", type=float, default=200, help="tries a second of those who come as they come")
    parser.add_argument("--pages", type=int, default=6, help="pages of doctors to take times from")
    return asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())

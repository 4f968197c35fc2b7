"""Signed-in pages of a running rehearsal clinic: server time at 20 users at once, and first-load weight.

    .venv/bin/python bench/pages.py --url http://127.0.0.1:8000 --users 20 --rounds 15

The server says how long it took and how many queries it made in the Server-Timing header of a rehearsal clinic.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import threading
import time
from collections import defaultdict
from urllib.parse import urljoin

import httpx
from figures import percentile, report, spread

GOAL_P95_MS = 120
GOAL_FIRST_LOAD_KB = 200
GOAL_QUERIES = 12

#: Where each persona goes. Links in angle brackets are found on the page before.
WALKS = {
    "ada": ["/today/", "/find/", "/find/?language=es", "/appointments/", "/health/", "/record/looked/", "<summary>"],
    "chen": ["/board/", "/hours/", "<chart>"],
}
NAMES = {"ada": "Ada Reyes", "chen": "Lin Chen"}
FINDERS = {
    "<summary>": ("/appointments/", re.compile(r'href="(/visits/[0-9a-f-]+/summary/)"')),
    "<chart>": ("/board/", re.compile(r'href="(/patients/[0-9a-f-]+/chart/)"')),
}


def step_in(url: str, persona: str) -> httpx.Client:
    """Return a client signed in as a persona of the rehearsal clinic."""
    client = httpx.Client(base_url=url, follow_redirects=True, timeout=30)
    page = client.get("/accounts/step-in/")
    page.raise_for_status()
    form = re.search(rf'name="person" value="([^"]+)">(?:(?!</button>).)*<b>{NAMES[persona]}</b>', page.text, re.DOTALL)
    if form is None:
        sys.exit(f"no persona {persona} on the step-in page; is this a rehearsal clinic?")
    token = client.cookies.get("csrftoken") or ""
    client.post(
        "/accounts/step-in/", data={"person": form[1], "csrfmiddlewaretoken": token}, headers={"Referer": url}
    ).raise_for_status()
    return client


def resolve(client: httpx.Client, target: str) -> str | None:
    """Return a path, finding the ones that depend on what is in the clinic."""
    if not target.startswith("<"):
        return target
    at, pattern = FINDERS[target]
    found = pattern.search(client.get(at).text)
    return found[1] if found else None


def first_load_kb(client: httpx.Client, path: str) -> float:
    """Return the kilobytes over the wire of a page with everything it loads, none of it cached."""
    page = client.get(path)
    size = page.num_bytes_downloaded
    named = re.search(r'<script type="importmap"[^>]*>(.*?)</script>', page.text, re.DOTALL)
    modules = json.loads(named[1])["imports"] if named else {}
    waiting = {link.split("#")[0] for link in re.findall(r'(?:src|href)="((?:/static/|/faces/)[^"]+)', page.text)}
    loaded: set[str] = set()
    while waiting:
        link = waiting.pop()
        loaded.add(link)
        answer = client.get(urljoin(path, link))
        size += answer.num_bytes_downloaded
        if link.endswith(".css"):
            waiting |= {urljoin(link, font) for font in re.findall(r'url\("?([^")]+\.woff2)', answer.text)} - loaded
        elif link.endswith(".js"):
            names = re.findall(r'(?:from|import)\s*"([^"]+)"', answer.text)
            waiting |= {modules[name] for name in names if name in modules} - loaded
    return size / 1024


def main() -> int:
    """Measure and print; return 1 when a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--pause", type=float, default=1.0, help="seconds a user looks at a page, on average")
    options = parser.parse_args()

    walks: list[tuple[httpx.Client, list[str]]] = []
    paths: dict[str, str] = {}
    for n in range(options.users):
        persona = list(WALKS)[n % len(WALKS)]
        client = step_in(options.url, persona)
        own = []
        for target in WALKS[persona]:
            path = resolve(client, target)
            if path:
                own.append(path)
                paths[path] = target
        walks.append((client, own))

    times: dict[str, list[float]] = defaultdict(list)
    queries: dict[str, int] = defaultdict(int)
    walls: list[float] = []
    lock = threading.Lock()

    def walk(client: httpx.Client, own: list[str]) -> None:
        time.sleep(random.uniform(0, 2 * options.pause))
        for _ in range(options.rounds):
            for path in own:
                began = time.perf_counter()
                answer = client.get(path)
                wall = (time.perf_counter() - began) * 1000
                answer.raise_for_status()
                timing = answer.headers.get("Server-Timing", "")
                server = re.search(r"app;dur=([\d.]+)", timing)
                made = re.search(r'db;desc="(\d+)', timing)
                with lock:
                    walls.append(wall)
                    times[path].append(float(server[1]) if server else wall)
                    queries[path] = max(queries[path], int(made[1]) if made else 0)
                time.sleep(random.uniform(0, 2 * options.pause))

    threads = [threading.Thread(target=walk, args=each) for each in walks]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began

    reached = True
    for path, found in sorted(times.items()):
        name = paths[path] if paths[path].startswith("<") else path
        reached &= report(f"{name} server time p95", percentile(found, 0.95), GOAL_P95_MS, "ms")
        reached &= report(f"{name} queries", queries[path], GOAL_QUERIES, "")
    for path, target in sorted(paths.items()):
        client = next(client for client, own in walks if path in own)
        name = target if target.startswith("<") else path
        reached &= report(f"{name} first load", first_load_kb(client, path), GOAL_FIRST_LOAD_KB, "KB")
    print(f"      as the client sees it: {spread(walls)}; {len(walls) / took:.0f} pages/s at {options.users} users")
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())

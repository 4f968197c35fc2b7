"""One doctor's free times on a loaded rehearsal clinic: server-side time and queries, and the search beside it.

    DATABASE_URL=… .venv/bin/python bench/free_times.py --doctors 200

Goals: 50 ms at the median and six queries for one doctor's sixty days.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from datetime import timedelta
from pathlib import Path

from figures import percentile, report, spread

GOAL_P50_MS = 50
GOAL_QUERIES = 6


def main() -> int:
    """Measure and print; return 1 when a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--doctors", type=int, default=200, help="how many doctors to ask for")
    options = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).parents[1]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bedside.config.settings")
    import django

    django.setup()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from bedside.directory.models import Practitioner
    from bedside.directory.queries import search_practitioners
    from bedside.directory.terms import SPECIALTIES
    from bedside.kernel.time import utc_now
    from bedside.platform.access import Actor
    from bedside.scheduling.models import Appointment
    from bedside.scheduling.queries import free_times
    from bedside.scheduling.terms import BOOKING_HORIZON

    everyone = list(Practitioner.objects.values_list("pk", flat=True).order_by("pk"))
    print(f"{len(everyone)} doctors, {Appointment.objects.count()} appointments")
    dice, now = random.Random(1), utc_now()
    actor = Actor(person_id=everyone[0], name="bench", time_zone="America/Chicago")
    asked = dice.choices(everyone, k=options.doctors)
    first_on, last_on = now.date() - timedelta(days=1), now.date() + BOOKING_HORIZON

    def ask(practitioner_id):  # type: ignore[no-untyped-def]
        return free_times(actor=actor, practitioner_id=practitioner_id, first_on=first_on, last_on=last_on, now=now)

    def timed(work):  # type: ignore[no-untyped-def]
        began = time.perf_counter()
        got = work()
        return got, (time.perf_counter() - began) * 1000

    ask(everyone[0])
    ms, offered, queries = [], 0, 0
    for who in asked:
        found, took = timed(lambda who=who: ask(who))
        ms.append(took)
        offered += len(found)
    for who in asked[:10]:
        with CaptureQueriesContext(connection) as spent:
            ask(who)
        queries = max(queries, len(spent))
    searches = [
        timed(
            lambda: search_practitioners(actor=actor, now=now, specialty=dice.choice(list(SPECIALTIES)), region="TX")
        )[1]
        for _ in range(100)
    ]
    everywhere = [timed(lambda: search_practitioners(actor=actor, now=now, region="TX"))[1] for _ in range(50)]
    print(f"free times of one doctor, 60 days: {spread(ms)}; {offered / len(asked):.0f} times each")
    print(f"search, one specialty:             {spread(searches)}")
    print(f"search, anyone:                    {spread(everywhere)}")
    good = [
        report("one doctor's free times, median", percentile(ms, 0.5), GOAL_P50_MS, "ms"),
        report("one doctor's free times, queries", queries, GOAL_QUERIES, ""),
    ]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())

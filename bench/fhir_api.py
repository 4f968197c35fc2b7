"""The FHIR API under load: reads and searches a second, with authorisation and audit and without.

    .venv/bin/python bench/fhir_api.py --database postgresql://…/bench_fhir --patients 10000 --load
    .venv/bin/python bench/fhir_api.py --database postgresql://…/bench_fhir

`--load` migrates the database and fills it: for each patient 100 resources, in the care of one doctor, who asks. Then
one server process is started twice, as it is and as `bench/fhir_bare.py` has it, and asked by 16 connections. Client,
server and database share the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from figures import percentile, report  # noqa: E402

GOALS = {"read": 2_500.0, "search": 1_200.0}
GOAL_P99_MS = 40.0
GOAL_SHARE = 0.6
SPACE = UUID("5ad0b6e4-3f0e-4c4f-9d4b-2f4d3a1c7e00")
KINDS = {"Observation": 84, "Condition": 8, "Procedure": 8}
SERVERS = (("whole", "bedside.config.asgi:application", 8731), ("bare", "fhir_bare:application", 8732))
CODES = [f"{4000 + number}-{number % 10}" for number in range(42)]


def patient_id(number: int) -> UUID:
    """Return the id of one of the patients."""
    return uuid5(SPACE, f"patient {number}")


def resource(number: int, patient: int, dice: random.Random) -> dict[str, Any]:
    """Return one resource of a patient, about as long as Synthea's."""
    place = number % 100
    kind = "Observation" if place < 84 else "Condition" if place < 92 else "Procedure"
    code = {"coding": [{"system": "http://loinc.org", "code": CODES[place % 42], "display": "A value measured " * 3}]}
    day = f"20{dice.randrange(10, 26)}-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}"
    made: dict[str, Any] = {
        "resourceType": kind,
        "id": str(uuid5(SPACE, f"{patient}/{number}")),
        "code": code,
        "subject": {"reference": f"Patient/{patient_id(patient)}"},
        "encounter": {"reference": f"Encounter/{uuid5(SPACE, f'encounter {patient} {number // 10}')}"},
    }
    if kind == "Observation":
        category = "laboratory" if place % 3 == 0 else "vital-signs"
        system = "http://terminology.hl7.org/CodeSystem/observation-category"
        made |= {
            "status": "final",
            "category": [{"coding": [{"system": system, "code": category, "display": category}]}],
            "effectiveDateTime": f"{day}T10:00:00+00:00",
            "issued": f"{day}T10:00:00.000+00:00",
            "valueQuantity": {
                "value": dice.randrange(40, 200),
                "unit": "mmHg",
                "system": "http://unitsofmeasure.org",
                "code": "mm[Hg]",
            },
        }
    elif kind == "Condition":
        system = "http://terminology.hl7.org/CodeSystem/condition-clinical"
        made |= {"clinicalStatus": {"coding": [{"system": system, "code": "active"}]}, "recordedDate": day}
    else:
        made |= {"status": "completed", "performedDateTime": day}
    return made


def load(patients: int) -> str:
    """Fill the database, and return a token of the doctor of them all."""
    from django.db import connection, transaction

    from bedside.accounts import commands
    from bedside.accounts.models import Person, User
    from bedside.config.database import migrate
    from bedside.consent.models import CareRelationship
    from bedside.fhir.asking import answer
    from bedside.fhir.reach import EVERYTHING
    from bedside.fhir.store.actions import Writer as StoreWriter
    from bedside.fhir.store.actions import prepare_new
    from bedside.fhir.store.checking import check
    from bedside.fhir.store.writing import insert
    from bedside.kernel.time import utc_now
    from bedside.platform.access import system_actor

    migrate()
    now = utc_now()
    doctor = Person.objects.create(given_name="Bench", family_name="Doctor")
    User.objects.create_user(f"{doctor.id.hex}@example.org", person=doctor)
    setup = system_actor("grant-role")
    commands.grant_role(actor=setup, now=now - timedelta(days=1), person_id=doctor.id, role="physician")
    people = [Person(id=patient_id(n), given_name="P", family_name=str(n)) for n in range(patients)]
    Person.objects.bulk_create(people, batch_size=5_000)
    CareRelationship.objects.bulk_create(
        [
            CareRelationship(
                person=doctor, patient=one, reason="treating", starts_at=now - timedelta(days=1), source_id=one.id
            )
            for one in people
        ],
        batch_size=5_000,
    )
    writer = StoreWriter(None, now, EVERYTHING, lambda changes: iter(()))  # type: ignore[arg-type,return-value]
    began, stored, dice = time.perf_counter(), 0, random.Random(1)
    for first in range(0, patients, 10):
        rows = []
        for patient in range(first, min(first + 10, patients)):
            name = str(patient_id(patient))
            documents: list[dict[str, Any]] = [
                {"resourceType": "Patient", "id": name, "name": [{"family": str(patient)}]}
            ]
            documents += [resource(number, patient, dice) for number in range(100)]
            rows += [prepare_new(writer, one, one["id"], check(one)) for one in documents]
        with transaction.atomic():
            answer(insert(rows))
        stored += len(rows)
    took = time.perf_counter() - began
    print(f"loaded {stored:,} resources in {took:.0f} s: {stored / took:,.0f} a second", flush=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    _, secret = commands.make_access_token(
        actor=_as_doctor(doctor), now=now, name="bench", scopes="user/*.cruds", expires_at=now + timedelta(days=300)
    )
    return secret


def _as_doctor(doctor: Any) -> Any:
    from allauth.mfa.models import Authenticator

    from bedside.accounts.queries import actor_for

    Authenticator.objects.create(user=doctor.user, type="totp", data={"secret": "kept for nobody"})
    return actor_for(doctor)


# --- The client: as little as a client can be, so that it leaves the machine to the server ---------------------
async def _connection(port: int, paths: list[str], token: str, until: float, times: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"Host: localhost:{port}\r\nAuthorization: Bearer {token}\r\n\r\n"
    dice = random.Random()
    while (began := time.perf_counter()) < until:
        writer.write(f"GET {dice.choice(paths)} HTTP/1.1\r\n{head}".encode())
        said = await reader.readuntil(b"\r\n\r\n")
        if not said.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"the server said {said[:300]!r}")
        at = said.lower().index(b"content-length:") + 15
        await reader.readexactly(int(said[at : said.index(b"\r", at)]))
        times.append(time.perf_counter() - began)
    writer.close()


def cpu_seconds(pid: int) -> float:
    """Return the processor time a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measure(
    pid: int, port: int, paths: list[str], token: str, *, seconds: float, connections: int
) -> tuple[float, float, float]:
    """Return answers a second, their p99 in milliseconds, and the server's own processor time for one in µs."""
    times: list[float] = []
    await asyncio.gather(*(_connection(port, paths, token, time.perf_counter() + 1.0, []) for _ in range(connections)))
    until, used = time.perf_counter() + seconds, cpu_seconds(pid)
    await asyncio.gather(*(_connection(port, paths, token, until, times) for _ in range(connections)))
    used = cpu_seconds(pid) - used
    return len(times) / seconds, percentile(times, 0.99) * 1000, used / len(times) * 1_000_000


def serve(app: str, port: int, database: str) -> subprocess.Popen[bytes]:
    """Start one server process, and return it once it answers."""
    settings = {**os.environ, "DATABASE_URL": database, "BEDSIDE_RUN_JOBS": "off", "PYTHONPATH": f"{ROOT}:{ROOT}/bench"}
    settings["BEDSIDE_FHIR_REQUESTS_A_MINUTE"] = "0"  # all of it is asked with one token
    command = [sys.executable, "-m", "uvicorn", app, "--port", str(port), "--log-level", "error"]
    command += ["--no-access-log", "--no-server-header", "--no-proxy-headers"]  # as bedside.config.serve has it
    started = subprocess.Popen(command, env=settings, cwd=ROOT)
    import httpx

    for _ in range(200):
        try:
            if httpx.get(f"http://127.0.0.1:{port}/fhir/R4/metadata", headers={"host": "localhost"}).status_code == 200:
                return started
        except httpx.TransportError:
            time.sleep(0.2)
    started.kill()
    raise SystemExit("the server did not start")


def paths_of(patients: int) -> dict[str, list[str]]:
    """Return what is asked for: one resource by its id; about 30 values of one patient."""
    dice = random.Random(2)
    some = [dice.randrange(patients) for _ in range(5_000)]
    laboratory = "category=laboratory&_count=50"
    return {
        "read": [f"/fhir/R4/Observation/{uuid5(SPACE, f'{n}/{dice.randrange(84)}')}" for n in some],
        "search": [f"/fhir/R4/Observation?patient={patient_id(n)}&{laboratory}" for n in some],
    }


def main() -> None:
    """Load if asked to, then measure both servers, in turns."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--database", required=True)
    asked.add_argument("--patients", type=int, default=1_000)
    asked.add_argument("--load", action="store_true")
    asked.add_argument("--token-file", default="", help="where the token of the loaded database is kept")
    asked.add_argument("--seconds", type=float, default=8.0)
    asked.add_argument("--connections", type=int, default=16)
    asked.add_argument("--rounds", type=int, default=2)
    given = asked.parse_args()
    os.environ["DATABASE_URL"] = given.database
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bedside.config.settings")
    import django

    django.setup()
    kept = Path(given.token_file or ROOT / ".cache" / "bench-fhir-token")
    if given.load:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(load(given.patients))
    token, paths = kept.read_text(), paths_of(given.patients)
    found: dict[tuple[str, str], list[tuple[float, float, float]]] = {}
    for _ in range(given.rounds):
        for name, app, port in (
            ("whole", "bedside.config.asgi:application", 8731),
            ("bare", "fhir_bare:application", 8732),
        ):
            server = serve(app, port, given.database)
            try:
                for what in paths:
                    run = measure(
                        server.pid, port, paths[what], token, seconds=given.seconds, connections=given.connections
                    )
                    found.setdefault((name, what), []).append(asyncio.run(run))
            finally:
                server.terminate()
                server.wait(30)
    for what, goal in GOALS.items():
        rate, p99, cpu = max(found["whole", what])
        bare, bare_p99, bare_cpu = max(found["bare", what])
        report(f"{what}, authorised and audited", rate, goal, "/s", more_is_better=True)
        report(f"{what}, p99", p99, GOAL_P99_MS, "ms")
        report(f"{what}, share of the bare handler", rate / bare, GOAL_SHARE, "", more_is_better=True)
        print(f"      {what}: {cpu:.0f} µs of processor each; bare {bare_cpu:.0f} µs, {bare:.0f}/s, {bare_p99:.0f} ms")


if __name__ == "__main__":
    main()

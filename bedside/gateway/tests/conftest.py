"""The API as a program sees it: the real ASGI app on the real database, spoken to in this process."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from bedside.accounts import commands
from bedside.accounts.grants import Grant, find_grant
from bedside.accounts.scopes import parse_scopes
from bedside.config.asgi import conninfo
from bedside.consent.models import CareRelationship
from bedside.fhir.asking import Steps
from bedside.gateway.app import Gateway
from bedside.platform.access import system_actor
from tests.cast import NOW, Cast
from tests.database import TestDatabase

#: What the house's own programs say at the door in these tests.
HOUSE = "the-house"


@dataclass(frozen=True)
class Reply:
    """What was answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)

    @property
    def words(self) -> str:
        """What an OperationOutcome says, all of it."""
        return " ".join(issue["details"]["text"] for issue in self.json["issue"])

    @property
    def ids(self) -> list[str]:
        """The ids of a Bundle's resources, in order."""
        return [entry["resource"]["id"] for entry in self.json.get("entry", []) if "resource" in entry]

    def link(self, relation: str) -> str | None:
        """The address behind a link of a Bundle, from its path on."""
        found = [one["url"] for one in self.json.get("link", []) if one["relation"] == relation]
        return found[0].partition("/fhir/R4/")[2] if found else None


class Api:
    """A caller of the API. `api.chen.get("Observation/1")` asks as Dr Chen."""

    def __init__(self, gateway: Gateway, loop: asyncio.AbstractEventLoop, cast: Cast, now: datetime) -> None:
        self.gateway, self.loop, self.cast, self.now = gateway, loop, cast, now
        self.tokens: dict[tuple[str, str], str] = {}
        #: What the clock of the door shows; a test moves it.
        self.seconds = [0.0]

    def __getattr__(self, name: str) -> Caller:
        return self.caller(name)

    def caller(self, name: str, scopes: str = "user/*.cruds") -> Caller:
        """Somebody with a token of these scopes."""
        if name == "house":
            return Caller(self, HOUSE)
        if name == "lab":
            return self.program()
        if name == "nobody":
            return Caller(self, "")
        if (name, scopes) not in self.tokens:
            _, self.tokens[name, scopes] = commands.make_access_token(
                actor=self.cast.actor(name),
                now=self.now,
                name="test",
                scopes=scopes,
                expires_at=self.now + timedelta(days=30),
            )
        return Caller(self, self.tokens[name, scopes])

    def program(self, scopes: str = "system/*.cruds", name: str = "Lab of X, nightly export") -> Caller:
        """A program with a key of these scopes."""
        if (name, scopes) not in self.tokens:
            _, self.tokens[name, scopes] = commands.make_program_token(
                actor=system_actor("token"),
                now=self.now,
                name=name,
                scopes=scopes,
                expires_at=self.now + timedelta(days=30),
            )
        return Caller(self, self.tokens[name, scopes])

    def run(self, coroutine: Any) -> Any:
        """Run something where the gateway runs."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(30)


class Caller:
    """Asks as one person."""

    def __init__(self, api: Api, bearer: str) -> None:
        self._api, self._bearer = api, bearer

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """Ask. Shape: `body` is bytes, or a value sent as FHIR JSON; headers are `if_match="…"`."""
        return self._api.run(self.ask(method, path, body, **headers))  # type: ignore[no-any-return]

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """Ask, where the gateway runs."""
        sent = {"host": "localhost:8000", **{name.replace("_", "-"): value for name, value in headers.items()}}
        if self._bearer:
            sent.setdefault("authorization", f"Bearer {self._bearer}")
        if body is not None:
            sent.setdefault("content-type", "application/fhir+json")
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        where, _, query = path.partition("?")
        raw = f"/fhir/R4/{where}".rstrip("/") if not where.startswith("/") else where
        scope = {
            "type": "http",
            "method": method,
            "path": raw,
            "raw_path": raw.encode(),
            "query_string": query.encode(),
            "scheme": "http",
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in sent.items()],
        }
        parts = [data[at : at + 65536] for at in range(0, len(data), 65536)] or [b""]
        incoming = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
        incoming[-1]["more_body"] = False
        said: list[Any] = []

        async def receive() -> Any:
            return incoming.pop(0) if incoming else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            said.append(message)

        await self._api.gateway(scope, receive, send)
        found = {name.decode(): value.decode("latin-1") for name, value in said[0]["headers"]}
        return Reply(said[0]["status"], found, b"".join(part["body"] for part in said[1:]))

    def get(self, path: str, **headers: str) -> Reply:
        """Ask with GET."""
        return self("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> Reply:
        """Send with POST."""
        return self("POST", path, body, **headers)

    def put(self, path: str, body: Any, **headers: str) -> Reply:
        """Send with PUT."""
        return self("PUT", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Reply:
        """Ask with DELETE."""
        return self("DELETE", path, **headers)


def authenticate(bearer: str, now: datetime) -> Steps[Grant | None]:
    """Know tokens of people, and the house by its word."""
    if bearer == HOUSE:
        return Grant(system_actor("gateway.exchange"), parse_scopes("system/*.cruds"), None)
    return (yield from find_grant(bearer, now))


@pytest.fixture
def api(transactional_db: None, now: datetime) -> Iterator[Api]:
    """The API with the cast, in which Dr Chen and Gita treat Ada, and nobody else treats anyone."""
    with opened(now) as made:
        yield made


@pytest.fixture(scope="module")
def shared_api(django_db_setup: None, django_db_blocker: Any, test_database: TestDatabase) -> Iterator[Api]:
    """The same API for all tests of a module: for those that store much and hang on nothing another stored."""
    with django_db_blocker.unblock():
        try:
            with opened(NOW) as made:
                yield made
        finally:
            test_database.wipe()


@contextmanager
def opened(now: datetime) -> Iterator[Api]:
    """Assemble the cast and open the API at a time, on an event loop in a thread of its own."""
    from tests import cast as the_cast

    cast = the_cast.assemble()
    for name in ("chen", "gita"):
        treat(cast.id(name), cast.id("ada"), now)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    seconds = [0.0]
    gateway = Gateway(
        conninfo(), connections=4, authenticate=authenticate, clock=lambda: now, monotonic=lambda: seconds[0]
    )
    made = Api(gateway, loop, cast, now)
    made.seconds = seconds
    made.run(gateway.start())
    try:
        yield made
    finally:
        made.run(gateway.stop())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def treat(person: UUID, patient: UUID, now: datetime, **more: Any) -> None:
    """Let somebody treat somebody."""
    CareRelationship.objects.create(
        person_id=person,
        patient_id=patient,
        reason="treating",
        source_id=uuid4(),
        starts_at=now - timedelta(days=1),
        **more,
    )


def pressure(patient: UUID, **more: Any) -> dict[str, Any]:
    """An Observation of a systolic blood pressure."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [
            {
                "coding": [
                    {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}
                ]
            }
        ],
        "code": {"coding": [{"system": "http://loinc.org", "code": "8480-6"}]},
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": "2026-11-24T14:00:00Z",
        "valueQuantity": {
            "value": 120,
            "unit": "mmHg",
            "system": "http://unitsofmeasure.org",
            "code": "mm[Hg]",
        },
        **more,
    }

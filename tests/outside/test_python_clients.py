"""fhirpy and fhirclient, from PyPI: create, search, page, patch or update, and delete."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from fhirclient.client import FHIRClient
from fhirclient.models.observation import Observation
from fhirpy import AsyncFHIRClient, SyncFHIRClient
from fhirpy.base.exceptions import ResourceNotFound
from requests.exceptions import HTTPError

from .conftest import Door

pytestmark = pytest.mark.slow

WEIGHT = "http://loinc.org|29463-7"


def weight(door: Door, day: int) -> dict[str, Any]:
    """Return a weight of that day in November."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
        "subject": {"reference": f"Patient/{door.patient}"},
        "effectiveDateTime": f"2026-11-{day:02}T08:00:00Z",
        "valueQuantity": {"value": 60.5, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"},
    }


def test_fhirpy_does_its_daily_work(door: Door) -> None:
    client = SyncFHIRClient(door.base, authorization=f"Bearer {door.token}")
    made = []
    for day in range(1, 6):
        one = client.resource("Observation", **weight(door, day))
        one.save()
        made.append(one)
    search = client.resources("Observation").search(patient=door.patient, code=WEIGHT).limit(2)
    assert {one["id"] for one in search.fetch_all()} == {one["id"] for one in made}
    first = made[0]
    first["status"] = "amended"
    first.save()
    assert first["meta"]["versionId"] == "2"
    changed = client.patch("Observation", first["id"], status="corrected")
    assert (changed["status"], changed["meta"]["versionId"]) == ("corrected", "3")
    first.delete()
    with pytest.raises(ResourceNotFound):
        client.reference("Observation", first["id"]).to_resource()


def test_fhirpy_does_it_asynchronously(door: Door) -> None:
    async def work() -> list[str]:
        client = AsyncFHIRClient(door.base, authorization=f"Bearer {door.token}")
        for day in range(1, 4):
            await client.resource("Observation", **weight(door, day)).save()
        search = client.resources("Observation").search(patient=door.patient, code=WEIGHT)
        return [one["effectiveDateTime"][:10] for one in await search.sort("-date").limit(1).fetch_all()]

    assert asyncio.run(work()) == ["2026-11-03", "2026-11-02", "2026-11-01"]


def test_fhirclient_does_its_daily_work(door: Door) -> None:
    smart = FHIRClient(settings={"app_id": "bedside-tests", "api_base": door.base})
    smart.server.session.headers["Authorization"] = f"Bearer {door.token}"
    assert smart.server.capabilityStatement.fhirVersion == "4.0.1"
    ids = set()
    for day in range(1, 6):
        made = Observation(weight(door, day)).create(smart.server)
        ids.add(made["id"])
    search = Observation.where({"patient": door.patient, "code": WEIGHT, "_count": "2"})
    found = list(search.perform_resources_iter(smart.server))
    assert {one.id for one in found} == ids
    assert {one.valueQuantity.value for one in found} == {60.5}
    first = Observation.read(found[0].id, smart.server)
    first.status = "amended"
    assert first.update(smart.server)["meta"]["versionId"] == "2"
    first.delete(smart.server)
    with pytest.raises(HTTPError) as gone:
        Observation.read(first.id, smart.server)
    assert gone.value.response.status_code == 410

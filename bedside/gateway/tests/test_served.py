"""The API as it is served, beside the pages."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from bedside.accounts import commands
from bedside.kernel.time import utc_now
from tests.browser import LiveSite
from tests.cast import Cast


@pytest.mark.slow
def test_it_is_answered_at_its_path_and_the_pages_elsewhere(live_site: LiveSite, cast: Cast) -> None:
    now = utc_now()
    _, secret = commands.make_access_token(
        actor=cast.actor("ada"), now=now, name="x", scopes="patient/*.rs", expires_at=now + timedelta(days=1)
    )
    known = {"Authorization": f"Bearer {secret}"}
    assert httpx.get(live_site.url("/fhir/R4/metadata")).json()["resourceType"] == "CapabilityStatement"
    assert httpx.get(live_site.url("/fhir/R4/Observation")).status_code == 401
    found = httpx.get(live_site.url("/fhir/R4/Observation"), headers=known)
    assert (found.status_code, found.json()["type"]) == (200, "searchset")
    assert httpx.get(live_site.url("/fhir/R4x")).status_code == 404
    assert "text/html" in httpx.get(live_site.url("/accounts/login/")).headers["content-type"]

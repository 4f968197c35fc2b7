"""The corpus of bad input, byte by byte through the server; and fifty connections that race for one resource."""

from __future__ import annotations

import asyncio
import socket
from datetime import timedelta

import httpx
import pytest

from bedside.accounts import commands
from bedside.fhir.models import ResourceVersion
from bedside.kernel.time import utc_now
from tests.browser import LiveSite
from tests.cast import LONG_AGO, Cast

from .conftest import pressure, treat
from .corpus_cases import bytes_of, cases

pytestmark = pytest.mark.slow

CASES = cases(on_the_wire=True)


def token_of(cast: Cast, name: str) -> str:
    now = utc_now()
    _, secret = commands.make_access_token(
        actor=cast.actor(name), now=now, name="test", scopes="user/*.cruds", expires_at=now + timedelta(days=1)
    )
    return secret


def said(port: int, sent: bytes, *, hangs_up: bool) -> bytes:
    """Send bytes on a connection and return all that comes back until the server closes it."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(sent)
        if hangs_up:
            line.shutdown(socket.SHUT_WR)
        found = b""
        try:
            while part := line.recv(65536):
                found += part
        except ConnectionResetError:
            pass
        return found


def test_bytes_that_are_no_request_are_answered_as_the_corpus_says(
    live_site: LiveSite, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bedside.gateway.messages.STALL_SECONDS", 0.2)
    token, found = token_of(cast, "gita"), {}
    httpx.get(live_site.url("/fhir/R4/Patient"), headers={"Authorization": f"Bearer {token}"})  # every face is drawn
    before = ResourceVersion.objects.count()
    for name, case in CASES.items():
        answer = said(live_site.port, bytes_of(case["wire"], cast, token), hangs_up=case["expect"]["status"] == 0)
        status = int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0
        wanted = case["expect"]["status"]
        if status not in (wanted if isinstance(wanted, list) else [wanted]) or answer.count(b"HTTP/1.1 ") > 1:
            found[name] = answer[:300]
    assert found == {}
    assert ResourceVersion.objects.count() == before
    assert httpx.get(live_site.url("/fhir/R4/metadata")).status_code == 200, "and the server still answers"


def test_of_fifty_who_create_what_is_not_there_yet_one_does(live_site: LiveSite, cast: Cast) -> None:
    treat(cast.id("chen"), cast.id("ada"), LONG_AGO)
    body = pressure(cast.id("ada"), identifier=[{"system": "urn:lab", "value": "7"}])
    headers = {
        "Authorization": f"Bearer {token_of(cast, 'chen')}",
        "Content-Type": "application/fhir+json",
        "If-None-Exist": "identifier=urn:lab|7",
    }

    async def race() -> list[int]:
        limits = httpx.Limits(max_connections=50, max_keepalive_connections=0)
        async with httpx.AsyncClient(limits=limits, timeout=60) as client:
            asked = [client.post(live_site.url("/fhir/R4/Observation"), json=body, headers=headers) for _ in range(50)]
            return [answer.status_code for answer in await asyncio.gather(*asked)]

    statuses = asyncio.run(race())
    assert sorted(statuses) == [200] * 49 + [201]
    assert ResourceVersion.objects.filter(type="Observation").count() == 1

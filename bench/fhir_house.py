"""The FHIR API with one more bearer at its door: the house itself. Only for bench/fhir_writes.py; never served.

Why: a transaction of Synthea brings patients and encounters, which no person writes through the API.
"""

from __future__ import annotations

import gc
import os
from datetime import datetime
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bedside.config.settings")
import django

django.setup()

from bedside.accounts.grants import Grant, find_grant  # noqa: E402
from bedside.accounts.scopes import parse_scopes  # noqa: E402
from bedside.config.asgi import conninfo  # noqa: E402
from bedside.fhir.asking import Steps  # noqa: E402
from bedside.gateway.app import Gateway  # noqa: E402
from bedside.platform.access import system_actor  # noqa: E402

_HOUSE = Grant(system_actor("gateway.exchange"), parse_scopes("system/*.cruds"), None)


def _authenticate(bearer: str, now: datetime) -> Steps[Grant | None]:
    if bearer == os.environ["BENCH_HOUSE"]:
        return _HOUSE
    return (yield from find_grant(bearer, now))


_gateway = Gateway(conninfo(), authenticate=_authenticate)
gc.collect()
gc.freeze()  # as bedside.config.asgi does


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answer, after starting with the server."""
    if scope["type"] != "lifespan":
        await _gateway(scope, receive, send)
        return
    await receive()
    await _gateway.start()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await _gateway.stop()
    await send({"type": "lifespan.shutdown.complete"})

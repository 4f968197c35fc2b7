"""The FHIR API without its lock and its log, to measure what they cost. Only for bench/fhir_api.py; never served.

The same handler, asked by nobody in particular, who reaches everything, and whose looking leaves no row.
"""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bedside.config.settings")
import django

django.setup()

from bedside.accounts.grants import Grant  # noqa: E402
from bedside.accounts.scopes import parse_scopes  # noqa: E402
from bedside.config.asgi import conninfo  # noqa: E402
from bedside.fhir.reach import EVERYTHING  # noqa: E402
from bedside.gateway.answering import answer_call  # noqa: E402
from bedside.gateway.app import Gateway  # noqa: E402
from bedside.gateway.capability import capabilities  # noqa: E402
from bedside.gateway.desk import Desk  # noqa: E402
from bedside.gateway.messages import Answer, Receive, Request  # noqa: E402
from bedside.gateway.negotiation import Form  # noqa: E402
from bedside.gateway.routing import read_call  # noqa: E402
from bedside.gateway.trail import Trail  # noqa: E402
from bedside.platform.access import system_actor  # noqa: E402

_ANYONE = Grant(system_actor("bench"), parse_scopes("system/*.rs"), None)


class BareGateway(Gateway):
    """The gateway with nobody at the door and nobody at the log."""

    async def _answer(self, request: Request, form: Form, request_id: str, receive: Receive) -> Answer:
        call = read_call(request.method, request.segments)
        if call.interaction == "capabilities":
            return capabilities(request)
        trail = Trail(_ANYONE, request.now, request_id)
        return await answer_call(Desk(request, call, form, _ANYONE, EVERYTHING, trail), self.lines)


_gateway = BareGateway(conninfo())


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

"""Say in a header how long the server worked on a page and how many queries it made. Only in a rehearsal clinic."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import connection
from django.http import HttpRequest, HttpResponse


class ServerTimingMiddleware:
    """Add `Server-Timing: app;dur=…, db;desc="… queries"`. Source: W3C Server Timing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.IS_DEMO:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        count = 0

        def counted(execute: Callable[..., Any], *args: Any) -> Any:
            nonlocal count
            count += 1
            return execute(*args)

        began = time.perf_counter()
        with connection.execute_wrapper(counted):
            response = self.get_response(request)
        took = (time.perf_counter() - began) * 1000
        response["Server-Timing"] = f'app;dur={took:.1f}, db;desc="{count} queries"'
        return response

"""A WSGI app with every kind of awkward answer, for tests of the adapter and for bench/hangups.py."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from typing import Any

StartResponse = Callable[..., Any]


def app(environ: dict[str, Any], start_response: StartResponse) -> Any:
    """Answer by path."""
    return PAGES.get(environ["PATH_INFO"], _hello)(environ, start_response)


def _hello(environ: dict[str, Any], start_response: StartResponse) -> list[bytes]:
    body = b"hello"
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


def _slow(environ: dict[str, Any], start_response: StartResponse) -> list[bytes]:
    time.sleep(float(environ["QUERY_STRING"] or 5))
    return _hello(environ, start_response)


def _drip(environ: dict[str, Any], start_response: StartResponse) -> Iterator[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    for _ in range(200):
        yield b"drip"
        time.sleep(0.05)


def _flood(environ: dict[str, Any], start_response: StartResponse) -> Iterator[bytes]:
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    for _ in range(2000):
        yield b"x" * 65_536


def _echo(environ: dict[str, Any], start_response: StartResponse) -> list[bytes]:
    content = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    words = f"{len(content)} {hashlib.sha256(content).hexdigest()} {environ.get('HTTP_COOKIE', '')}".encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(words)))])
    return [words]


def _headers(environ: dict[str, Any], start_response: StartResponse) -> list[bytes]:
    start_response(
        "200 OK",
        [("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2; Path=/"), ("X-Path", repr(environ["PATH_INFO"]))],
    )
    named = sorted(k for k in environ if k.startswith("HTTP_X_"))
    return [",".join(f"{k}={environ[k]}" for k in named).encode()]


def _unchanged(environ: dict[str, Any], start_response: StartResponse) -> list[bytes]:
    start_response("304 Not Modified", [("ETag", '"1"')])
    return [b"this must not be sent"]


def _broken(environ: dict[str, Any], start_response: StartResponse) -> list[bytes]:
    raise ValueError("on purpose")


def _broken_late(environ: dict[str, Any], start_response: StartResponse) -> Iterator[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield b"so far so good"
    raise ValueError("on purpose")


PAGES: dict[str, Callable[[dict[str, Any], StartResponse], Any]] = {
    "/slow": _slow,
    "/drip": _drip,
    "/flood": _flood,
    "/echo": _echo,
    "/headers": _headers,
    "/unchanged": _unchanged,
    "/broken": _broken,
    "/broken-late": _broken_late,
}

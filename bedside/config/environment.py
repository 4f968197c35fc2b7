"""Typed readers of environment variables. A bad value stops start-up with one sentence that says how to mend it."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

T = TypeVar("T")

LEAST_SECRET_LETTERS = 32


class BadSetting(SystemExit):
    """A setting has a value Bedside cannot use."""

    def __init__(self, name: str, value: str, want: str) -> None:
        super().__init__(f"Bedside cannot start: {name} is {value!r}, but it must be {want}.")


def _read(name: str, default: T, parse: Callable[[str], T], want: str) -> T:
    raw = os.environ.get(name)
    if raw is None or raw == "":
        return default
    try:
        return parse(raw)
    except (ValueError, TypeError) as error:
        raise BadSetting(name, raw, want) from error


def text(name: str, default: str = "") -> str:
    """Read a setting as it stands."""
    return os.environ.get(name, default)


def integer(name: str, default: int, *, least: int = 0, most: int = 2**31) -> int:
    """Read a whole number between `least` and `most`."""

    def parse(raw: str) -> int:
        value = int(raw)
        if not least <= value <= most:
            raise ValueError(raw)
        return value

    return _read(name, default, parse, f"a whole number from {least} to {most}")


def switch(name: str, default: bool) -> bool:
    """Read on or off."""
    words = {
        "1": True,
        "true": True,
        "on": True,
        "yes": True,
        "0": False,
        "false": False,
        "off": False,
        "no": False,
    }

    def parse(raw: str) -> bool:
        if raw.lower() not in words:
            raise ValueError(raw)
        return words[raw.lower()]

    return _read(name, default, parse, "on or off")


def words(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Read a list separated by commas."""
    return [word.strip() for word in os.environ.get(name, ",".join(default)).split(",") if word.strip()]


def choice(name: str, default: str, among: tuple[str, ...]) -> str:
    """Read one of a few words."""

    def parse(raw: str) -> str:
        if raw not in among:
            raise ValueError(raw)
        return raw

    return _read(name, default, parse, f"one of {', '.join(among)}")


def url(name: str, default: str = "", *, schemes: tuple[str, ...] = ("http", "https")) -> str:
    """Read an address with one of these schemes and a host. A bad one is not repeated: it may hold a password."""
    raw = os.environ.get(name) or default
    at = urlsplit(raw)
    if raw and (at.scheme not in schemes or not at.hostname):
        raise BadSetting(name, "…", f"an address that begins with {' or '.join(f'{one}://' for one in schemes)}")
    return raw.rstrip("/")


def listener(name: str) -> tuple[str, int] | None:
    """Read where to listen, host:port or only a port of this machine. None when it is not said."""

    def parse(raw: str) -> tuple[str, int]:
        host, _, port = raw.rpartition(":")
        number = int(port)
        if not 0 <= number <= 65535:
            raise ValueError(raw)
        return host.strip("[]") or "127.0.0.1", number

    return _read(name, None, parse, "a host and a port, like 127.0.0.1:2575")


def secret_key(name: str, kept_in: Path) -> str:
    """Read the key that signs sessions and tickets: given, or kept beside the data, or for this process only.

    There is no fixed key to fall back on: one that stands in public code is as good as none.
    """
    given = os.environ.get(name, "")
    if given:
        if len(given) < LEAST_SECRET_LETTERS or len(set(given)) < LEAST_SECRET_LETTERS // 4:
            raise BadSetting(name, "…", f"at least {LEAST_SECRET_LETTERS} random letters and digits")
        return given
    try:
        return str(json.loads(kept_in.read_text())["secret_key"])
    except (OSError, ValueError, KeyError):
        return secrets.token_urlsafe(48)


def folder(name: str, default: Path) -> Path:
    """Read a folder's path. It need not exist yet."""
    return Path(os.environ.get(name) or default).expanduser().resolve()


def parse_database(address: str) -> dict[str, Any]:
    """Read a PostgreSQL address, postgres://user:password@host:port/name, as Django's settings for it.

    Raises: ValueError when it is not one.
    """
    url = urlsplit(address)
    options = dict(parse_qsl(url.query))
    if url.scheme not in {"postgres", "postgresql"} or not url.path.strip("/"):
        raise ValueError("not a PostgreSQL address")
    return {
        "ENGINE": "bedside.config.postgresql",
        "NAME": unquote(url.path.strip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": options.pop("host", None) or url.hostname or "",
        "PORT": str(url.port or ""),
        "OPTIONS": options,
    }


def database(name: str, default: Mapping[str, Any]) -> dict[str, Any]:
    """Read the address of a database. A bad one is not repeated: it may hold a password."""
    if not os.environ.get(name):
        return dict(default)
    try:
        return parse_database(os.environ[name])
    except ValueError:
        raise BadSetting(name, "…", "an address like postgres://user:password@host:5432/name") from None

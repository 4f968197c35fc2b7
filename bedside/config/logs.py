"""What Bedside writes to its log: one line of JSON for each event, made of allow-listed keys only.

A log is read by people who may not read a chart. So a line holds the fixed words of the event, codes, numbers
and the place in the code; never the values put into those words, nor what an exception says, for a database's
message repeats the row that was refused.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

#: What a line may hold beside its words, given as `extra={…}`: codes, counts and times, never a name or a value.
KEYS = ("action", "code", "job", "job_id", "attempts", "count", "ms", "port", "room", "signal", "status_code", "step")
#: These speak of the machine and not of people, so their words may be filled in.
SPEAK_OF_MACHINES = ("bedside.config", "uvicorn")
ROOT = Path(__file__).resolve().parents[2]


class LineFormatter(logging.Formatter):
    """Writes a record as one JSON line with allow-listed keys."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        is_of_machines = record.name.startswith(SPEAK_OF_MACHINES)
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage() if is_of_machines else str(record.msg),
        }
        for key in KEYS:
            value = getattr(record, key, None)
            if isinstance(value, (str, int, float)):
                line[key] = value
        route = getattr(getattr(getattr(record, "request", None), "resolver_match", None), "route", None)
        if route:
            line["route"] = route
        if record.exc_info and record.exc_info[0]:
            line["error"], line["where"] = record.exc_info[0].__qualname__, _where(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)


def _where(trace: TracebackType | None) -> list[str]:
    """Return the last places in the code an error passed, without the values it carried."""
    frames = traceback.extract_tb(trace)[-12:]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def _short(filename: str) -> str:
    path = Path(filename)
    if "site-packages" in path.parts:
        return "/".join(path.parts[path.parts.index("site-packages") + 1 :])
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name


def configuration(level: str) -> dict[str, Any]:
    """Return Django's LOGGING: everything to standard error, through the one formatter."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": LineFormatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django's own handlers would write the values of a request.
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            # A person who mistypes an address is no event.
            "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
            "uvicorn.access": {"handlers": [], "propagate": False},
        },
    }

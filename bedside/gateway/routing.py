"""Which interaction a method and a path mean. Pure; the entries of a batch are read by it as well.

Source: FHIR R4 4.0.1, 3.1.0.15 (summary of the RESTful API).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from bedside.fhir.definitions import registry

from .refusals import Refused

Interaction = Literal[
    "read",
    "vread",
    "update",
    "patch",
    "delete",
    "history-instance",
    "history-type",
    "history-system",
    "create",
    "search-type",
    "search-system",
    "search-compartment",
    "conditional-update",
    "conditional-patch",
    "conditional-delete",
    "capabilities",
    "batch",
    "operation",
]

#: Source: FHIR R4 4.0.1, 2.24.0.1, id.
ID = re.compile(r"[A-Za-z0-9\-.]{1,64}\Z")
#: A version's number: the column that holds it ends at two thousand million.
VERSION = re.compile(r"[1-9][0-9]{0,8}\Z", re.ASCII)
#: The compartments that are kept here.
COMPARTMENTS = frozenset({"Patient"})


@dataclass(frozen=True, slots=True)
class Call:
    """One interaction. Shape: `kind` is "" at the root; `within` is the compartment's (type, id) of its search."""

    interaction: Interaction
    kind: str = ""
    id: str = ""
    version: int = 0
    operation: str = ""
    within: tuple[str, str] = ("", "")


def read_call(method: str, segments: tuple[str, ...]) -> Call:
    """Return what a method and a path mean. Raises: Refused with 404 for no such path, 405 for no such method there."""
    method = "GET" if method == "HEAD" else method
    allowed = _calls(segments)
    if method not in allowed:
        listed = ", ".join(sorted({*allowed, "HEAD", "OPTIONS"} if "GET" in allowed else {*allowed, "OPTIONS"}))
        words = f"{method} is not done at this address. There is: {listed}."
        raise Refused(405, "not-supported", words, headers={"allow": listed})
    return allowed[method]


def _calls(segments: tuple[str, ...]) -> dict[str, Call]:
    match segments:
        case ():
            return {"GET": Call("search-system"), "POST": Call("batch")}
        case ("metadata",):
            return {"GET": Call("capabilities")}
        case ("_search",):
            return {"POST": Call("search-system")}
        case ("_history",):
            return {"GET": Call("history-system")}
        case (name,) if name.startswith("$"):
            return _both(Call("operation", operation=name[1:]))
        case (kind, *rest):
            return _of_type(_kind(kind), tuple(rest))
    raise AssertionError("a tuple is empty or begins with something")


def _of_type(kind: str, rest: tuple[str, ...]) -> dict[str, Call]:
    match rest:
        case ():
            return {
                "GET": Call("search-type", kind),
                "POST": Call("create", kind),
                "PUT": Call("conditional-update", kind),
                "PATCH": Call("conditional-patch", kind),
                "DELETE": Call("conditional-delete", kind),
            }
        case ("_search",):
            return {"POST": Call("search-type", kind)}
        case ("_history",):
            return {"GET": Call("history-type", kind)}
        case (name,) if name.startswith("$"):
            return _both(Call("operation", kind, operation=name[1:]))
        case (id, *inner):
            return _of_instance(kind, _id(id), tuple(inner))
    raise AssertionError("a tuple is empty or begins with something")


def _of_instance(kind: str, id: str, rest: tuple[str, ...]) -> dict[str, Call]:
    match rest:
        case ():
            return {
                "GET": Call("read", kind, id),
                "PUT": Call("update", kind, id),
                "PATCH": Call("patch", kind, id),
                "DELETE": Call("delete", kind, id),
            }
        case ("_history",):
            return {"GET": Call("history-instance", kind, id)}
        case ("_history", version):
            if not VERSION.match(version):
                raise Refused(404, "not-found", f"{kind}/{id} has no version “{version[:20]}”.")
            return {"GET": Call("vread", kind, id, int(version))}
        case (name,) if name.startswith("$"):
            return _both(Call("operation", kind, id, operation=name[1:]))
        case (inner,) if kind in COMPARTMENTS:
            return {"GET": Call("search-compartment", "" if inner == "*" else _kind(inner), within=(kind, id))}
        case (inner, "_search") if kind in COMPARTMENTS:
            return {"POST": Call("search-compartment", "" if inner == "*" else _kind(inner), within=(kind, id))}
    raise Refused(404, "not-found", "There is nothing at this address.")


def _both(call: Call) -> dict[str, Call]:
    return {"GET": call, "POST": call}


def _kind(name: str) -> str:
    if name not in registry().types or registry().types[name].kind != "resource":
        raise Refused(404, "not-supported", f"“{name[:64]}” is not a resource type of FHIR R4.")
    return name


def _id(name: str) -> str:
    if not ID.match(name) or name in (".", ".."):
        raise Refused(404, "not-found", f"“{name[:64]}” cannot be the id of a resource.")
    return name

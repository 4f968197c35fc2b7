"""Which addresses lead to resources of this server. Pure; `bedside.fhir.addresses` says what ours are.

Source: FHIR R4 4.0.1, 2.3.0.2: a reference may be relative, or the whole url of the same resource.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bedside.fhir.paths import literal_reference


class OwnAddresses:
    """The hosts this server is known by, and where on them its resources are."""

    def __init__(self, hosts: Iterable[str], path: str) -> None:
        """Keep them. Shape: ".example.org" stands for a domain and all below it; `path` begins and ends with "/".

        Why: with or without TLS and at any port it is the same server to those who know it by its name; a proxy
        changes both. "*" names nobody, so it makes nothing ours.
        """
        names = [re.escape(host.lstrip(".")) for host in hosts if host.strip(".*")]
        below = [rf"[a-z0-9.-]+\.{re.escape(host[1:])}" for host in hosts if host.startswith(".") and host.strip(".*")]
        anywhere = "|".join([*names, *below]) or r"(?!)"
        self._begins = re.compile(rf"(?i:https?://(?:{anywhere}))(?::\d{{1,5}})?{re.escape(path)}")

    def local(self, text: str) -> str:
        """Return a reference as it is said here, "Type/id", where it leads to a resource of ours; else as it stands."""
        found = self._begins.match(text) if "://" in text else None
        if found is None:
            return text
        rest = text[found.end() :]
        return rest if (literal := literal_reference(rest)) is not None and not literal.base else text


#: Nothing is ours but what is relative.
NOWHERE = OwnAddresses((), "/")

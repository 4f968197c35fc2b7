"""Only the house loads code systems: from the command line, or by a job."""

from __future__ import annotations

from bedside.platform.access import Audience, register

register("fhir.load_terminology", audience=Audience.HOUSE)

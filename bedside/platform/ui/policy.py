"""Who may open the pages that belong to the house itself. None shows anything about a person."""

from __future__ import annotations

from bedside.platform.access import Audience, register

register("ui.see_patterns", audience=Audience.ANYONE)
register("ui.see_face", audience=Audience.ANYONE)
register("ui.see_offline", audience=Audience.ANYONE)
register("ui.read_manifest", audience=Audience.ANYONE)

"""The room's verbs: what may be asked of the FHIR API, and by whom. Everything is settled by `rules`."""

from __future__ import annotations

from bedside.platform.access import Audience, register

from . import rules

register("gateway.read_resource", audience=Audience.SIGNED_IN, rule=rules.may_read)
register("gateway.search_resources", audience=Audience.SIGNED_IN, rule=rules.may_read)
register("gateway.create_resource", audience=Audience.SIGNED_IN, rule=rules.may_write)
register("gateway.update_resource", audience=Audience.SIGNED_IN, rule=rules.may_write)
register("gateway.delete_resource", audience=Audience.SIGNED_IN, rule=rules.may_write)
register("gateway.exchange_resources", audience=Audience.HOUSE, rule=rules.may_import)
register("gateway.draw_faces", audience=Audience.HOUSE)

"""The room's verbs. Everything is settled by the relations in `rules`."""

from __future__ import annotations

from bedside.platform.access import Audience, register

from . import rules

register("consent.begin_care", audience=Audience.ANYONE, rule=rules.may_begin_care)
register("consent.end_care", audience=Audience.ANYONE, rule=rules.may_end_care)
register("consent.give_consent", audience=Audience.SIGNED_IN, rule=rules.may_act_for)
register(
    "consent.break_glass",
    audience=Audience.STAFF,
    rule=rules.may_break_glass,
    roles=frozenset({"physician", "nurse"}),
)
register("consent.choose_results", audience=Audience.SIGNED_IN, rule=rules.may_choose_results)
register("consent.open_result", audience=Audience.SIGNED_IN, rule=rules.may_choose_results)

"""The room's verbs. Who may see a chart is settled by `consent.rules`; docs/rules/results.md is the table."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from bedside.consent import rules
from bedside.platform.access import Actor, Audience, Context, Decision, register

INBOX = "results.view_inbox"
SEE = "results.see_result"
ACKNOWLEDGE = "results.acknowledge_result"
TAKE = "results.take_result"
GIVE = "results.give_result"
WATCH = "results.watch_results"
SETTLE = "results.settle_orphan"
MINE = "results.view_own"
FILE = "results.file_report"
FILE_NEW = "results.file_new"
ESCALATE = "results.escalate_late"
PROVE = "results.prove_seen"

_PHYSICIAN = frozenset({"physician"})
_ADMINISTRATOR = frozenset({"administrator"})


@dataclass(frozen=True, slots=True)
class PoolFacts:
    """Where a result lies: whose it is (None: a pool's) and of which clinic (None: of every administrator)."""

    owner_id: UUID | None
    clinic_id: UUID | None


def _works_there(organization_ids: Collection[UUID], facts: PoolFacts) -> bool:
    return facts.clinic_id is None or facts.clinic_id in organization_ids


def may_take(actor: Actor, facts: PoolFacts, context: Context) -> Decision:
    """Let a physician of the clinic take what lies in its pool. What someone has cannot be taken."""
    if not _works_there(actor.organization_ids, facts):
        return Decision.hide()
    return Decision.yes("pool") if facts.owner_id is None else Decision.no("taken")


def may_give(actor: Actor, facts: PoolFacts, context: Context) -> Decision:
    """Let an administrator of the clinic give a result to a physician, whoever has it."""
    return Decision.yes("administrator") if _works_there(actor.organization_ids, facts) else Decision.hide()


register(INBOX, audience=Audience.STAFF, roles=_PHYSICIAN)
register(SEE, audience=Audience.STAFF, roles=_PHYSICIAN, rule=rules.may_diagnose)
register(ACKNOWLEDGE, audience=Audience.STAFF, roles=_PHYSICIAN, rule=rules.may_diagnose)
register(TAKE, audience=Audience.STAFF, roles=_PHYSICIAN, rule=may_take)
register(GIVE, audience=Audience.STAFF, roles=_ADMINISTRATOR, rule=may_give)
register(WATCH, audience=Audience.STAFF, roles=_ADMINISTRATOR)
register(SETTLE, audience=Audience.STAFF, roles=_ADMINISTRATOR)
register(MINE, audience=Audience.SIGNED_IN, rule=rules.may_choose_results)
register(FILE, audience=Audience.HOUSE)
register(FILE_NEW, audience=Audience.HOUSE)
register(ESCALATE, audience=Audience.HOUSE)
register(PROVE, audience=Audience.HOUSE)

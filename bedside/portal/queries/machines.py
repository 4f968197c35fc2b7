"""The operator's page: what the house owes and what got stuck. Nobody's health is on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Min, Q

from bedside.accounts.models import User
from bedside.platform.access import Actor, authorise
from bedside.platform.audit.models import AuditSeal
from bedside.platform.audit.queries import chain_head
from bedside.platform.audit.write import record_view
from bedside.platform.notify.models import OutboxMail
from bedside.visits.models import Visit

_JOBS = "SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY status"
_SIZE = "SELECT pg_database_size(current_database()), current_setting('server_version')"


@dataclass(frozen=True, slots=True)
class Machines:
    """How things run, in numbers."""

    mails_owed: int
    mails_late: int
    mails_failed: int
    oldest_mail_at: datetime | None
    jobs: dict[str, int]
    visits_live: int
    logins: int
    database_megabytes: int
    database_version: str
    head: AuditSeal | None
    is_sealing: bool


def machines(*, actor: Actor, now: datetime) -> Machines:
    """Return how the house runs. Six queries."""
    authorise(actor, "portal.run_machines")
    open_mail = Q(sent_at__isnull=True, dropped_at__isnull=True, failed_at__isnull=True)
    mail = OutboxMail.objects.aggregate(
        owed=Count("id", filter=open_mail),
        late=Count("id", filter=open_mail & Q(next_try_at__lt=now - timedelta(minutes=5))),
        failed=Count("id", filter=Q(failed_at__isnull=False)),
        oldest=Min("created_at", filter=open_mail),
    )
    with connection.cursor() as cursor:
        cursor.execute(_JOBS)
        jobs = dict(cursor.fetchall())
        cursor.execute(_SIZE)
        size, version = cursor.fetchone()
    head = chain_head()
    record_view(actor=actor, action="portal.run_machines", now=now, reason="operator")
    return Machines(
        mails_owed=mail["owed"],
        mails_late=mail["late"],
        mails_failed=mail["failed"],
        oldest_mail_at=mail["oldest"],
        jobs=jobs,
        visits_live=Visit.objects.filter(state__in=["waiting", "in_call", "on_hold"]).count(),
        logins=User.objects.filter(is_active=True).count(),
        database_megabytes=size // 1_000_000,
        database_version=version.split(" ")[0],
        head=head,
        is_sealing=head is not None and now - head.sealed_at < timedelta(minutes=10),
    )

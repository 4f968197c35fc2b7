"""`verify_audit`: check the whole audit log, name every row that was touched, and end with 1 if there is one."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bedside.kernel.time import utc_now
from bedside.platform.access import Actor
from bedside.platform.audit.queries import verify_log

#: Whoever can run this holds the machine; they act as its operator.
OPERATOR = Actor(person_id=None, name="operator", roles=frozenset({"operator"}))


class Command(BaseCommand):
    """Check the sealed audit log against what was witnessed."""

    help = "Check that no audit row was changed, removed or put in after it was sealed."
    policy_action = "audit.verify_log"

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was found."""
        report = verify_log(actor=OPERATOR, now=utc_now())
        for finding in report.findings:
            self.stdout.write(finding.message)
        if not report.is_whole:
            raise CommandError(f"The audit log is not whole: {len(report.findings)} findings.")
        self.stdout.write(f"The audit log is whole: {report.events} rows in {report.seals} seals. Head {report.head}")

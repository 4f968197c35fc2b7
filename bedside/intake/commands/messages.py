"""Files of HL7 v2 messages: looked through, and received one by one as from a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from bedside.intake.brought import Untaken
from bedside.intake.events import RecordsImported
from bedside.intake.hl7v2.files import digest_of, messages_in
from bedside.intake.hl7v2.reading import read_message
from bedside.intake.hl7v2.refusals import MessageRefused
from bedside.intake.hl7v2.results import results_of
from bedside.intake.models import ImportRun, LabMessage
from bedside.intake.zone import clinic_zone
from bedside.platform.events import announce

from .filing import HOUSE, order_fault, whose
from .receiving import receive_message
from .rows import content_of, fail, locked_run, note_untaken


def look_through_messages(run: ImportRun, now: datetime) -> ImportRun:
    """Find out what is in a file of messages: how many results, for whom, what waits and what is refused."""
    found = messages_in(content_of(run))
    if not found:
        fail(run, now, "empty", "there is no message in it")
        return run
    kinds, outcomes, reasons = Counter[str](), Counter[str](), Counter[str]()
    zone = clinic_zone()
    known = set(
        LabMessage.objects.filter(sha256__in=[digest_of(one) for one in found]).values_list("sha256", flat=True)
    )
    for raw in found:
        kinds["message"] += 1
        if digest_of(raw) in known:
            outcomes["same"] += 1
            continue
        try:
            results = results_of(read_message(raw), zone_name=zone, received_at=now)
        except MessageRefused:
            reasons["rejected"] += 1
            continue
        outcomes["new"] += 1
        for one in results:
            kinds["DiagnosticReport"] += 1
            kinds["Observation"] += len(one.observations)
            person, reason = whose(one.subject)
            outcomes["held"] += bool(reason or (person and order_fault(one, person.pk)))
    run.inside = {
        "kinds": dict(kinds),
        "outcomes": {name: outcomes[name] for name in ("new", "changed", "same", "held")}
        | {"refused": reasons.total()},
        "reasons": dict(reasons),
    }
    run.total, run.state, run.looked_at = len(found), "looked", now
    run.save(update_fields=["inside", "total", "state", "looked_at"])
    return run


def store_messages(run_id: UUID, now: datetime, progress: Callable[[ImportRun], None] | None) -> ImportRun:
    """Receive every message of a file, from where it was left off. What was received before is the same again."""
    with transaction.atomic():
        run = locked_run(run_id)
        if run.state == "asked":
            run.state = "storing"
            run.save(update_fields=["state"])
    found = messages_in(content_of(run))
    while run.state == "storing":
        place = run.place
        untaken: list[Untaken] = []
        done = "same"
        if place < len(found):
            receipt = receive_message(actor=HOUSE, now=now, raw=found[place], door="file")
            if receipt.verdict != "A":
                untaken = [Untaken(f"message {place + 1}", "message", "rejected", receipt.words)]
            done = "same" if receipt.is_duplicate else "held" if receipt.held else "new"
        run = _go_on(run_id, place, len(found), done, untaken, now)
        if progress:
            progress(run)
    return run


@transaction.atomic
def _go_on(run_id: UUID, place: int, total: int, done: str, untaken: list[Untaken], now: datetime) -> ImportRun:
    run = locked_run(run_id)
    if run.state != "storing" or run.place != place:
        return run
    if place < total:
        if untaken:
            run.refused += note_untaken(run, untaken)
        else:
            setattr(run, done, getattr(run, done) + 1)
        run.place = place + 1
    if run.place >= total:
        run.state, run.ended_at = "done", now
        announce(RecordsImported(run.id))
    run.save(update_fields=["new", "same", "held", "refused", "place", "state", "ended_at"])
    return run

"""The mail on the day a patient was told we would ask how it went. It says nothing of their health."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from bedside.accounts.models import User
from bedside.fhir.queries import find_dated
from bedside.fhir.terms import HOME_CARE
from bedside.kernel.time import zone
from bedside.platform.access import Actor, authorise
from bedside.platform.notify.commands import send_email
from bedside.record import policy
from bedside.record.terms.home_care import PLANS

#: The hour of the patient's day from which we ask, and the hour after which it waits no longer. Source: our own choice.
FROM_HOUR, UNTIL_HOUR = 9, 20


def send_check_backs(*, actor: Actor, now: datetime) -> int:
    """Owe a mail for every check-back whose day it is where the patient lives. Return how many.

    The mail is keyed by the task: however often this runs, each is sent once; none for a task already ticked off.
    """
    authorise(actor, policy.CHECK_BACK)
    codes = [f"{HOME_CARE}|{plan}.check-back" for plan in PLANS]
    around = timedelta(hours=30)
    tasks = find_dated(type="Task", codes=codes, first_at=now - around, last_at=now + around)
    waiting = [task for task in tasks if task["status"] == "requested"]
    patients = {UUID(task["for"]["reference"].split("/")[1]) for task in waiting}
    logins = User.objects.filter(person_id__in=patients, is_active=True).select_related("person")
    login_of = {str(login.person_id): login for login in logins}
    pairs = [(login_of.get(task["for"]["reference"].split("/")[1]), task) for task in waiting]
    return sum(_ask(login, task, now) for login, task in pairs if login)


def _ask(login: User, task: dict[str, Any], now: datetime) -> bool:
    person = login.person
    here = now.astimezone(zone(person.time_zone))
    if here.date() != date.fromisoformat(task["restriction"]["period"]["end"]):
        return False
    if not FROM_HOUR <= here.hour < UNTIL_HOUR:
        return False
    with transaction.atomic():
        return send_email(
            now=now,
            dedupe_key=f"record:check-back:{task['id']}",
            to=login.email,
            template="record/mail/check_back",
            language=person.language,
            time_zone=person.time_zone,
            context={"path": "/health/"},
        )

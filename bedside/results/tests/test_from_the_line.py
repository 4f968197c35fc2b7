"""From a laboratory's message to eyes: the job asked for with the filing puts it in an inbox; its patient reads it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from bedside.intake.commands import receive_message
from bedside.intake.hl7v2.tests.samples import message, order, value
from bedside.intake.models import PatientNumber
from bedside.platform.access import system_actor
from bedside.platform.jobs import run_job
from bedside.results.models import InboxItem
from bedside.results.queries import inbox, my_results

from .conftest import again

LINE = system_actor("intake.line")


@pytest.fixture
def known(care, now):
    """Ada, in care of Dr Chen, known to the laboratory by her number."""
    PatientNumber.objects.create(system="urn:bedside:numbers:cedar", value="4711", person=care.ada, known_at=now)
    return care


def asked_for():
    """Return the arguments of the jobs that were asked for, in order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT args::text FROM procrastinate_jobs WHERE task_name = 'results.file_report' ORDER BY id")
        return [json.loads(row[0]) for row in cursor.fetchall()]


def send(raw, now):
    receive_message(actor=LINE, now=now, raw=raw, door="line")
    run_job("results.file_report", asked_for()[-1])
    return InboxItem.objects.get()


def test_a_message_reaches_the_inbox_and_its_patient_at_once(known, now):
    item = send(message(order(), value()), now)
    assert (item.owner_id, item.state) == (known.chen.id, "open")
    (mine,) = my_results(actor=known.actor("ada"), now=now).results
    assert mine.report.id == item.report_id
    assert mine.sheet.lines[0].result.amount is not None


def test_the_same_message_again_asks_nobody_again(known, now):
    raw = message(order(), value())
    item = send(raw, now)
    receive_message(actor=LINE, now=now + timedelta(minutes=1), raw=raw, door="line")
    assert len(asked_for()) == 1
    assert again(item).version == 1


def test_a_patient_can_open_the_page_of_a_result_from_the_line(known, now):
    item = send(message(order(), value()), now)
    client = Client()
    client.force_login(known.ada.user)
    assert client.get(reverse("results:one", args=[item.report_id])).status_code == 200


def test_the_physicians_list_names_it(known, now):
    item = send(message(order(), value()), now)
    page = inbox(actor=known.actor("chen"), now=now + timedelta(minutes=1))
    assert [one.id for group in page.groups for one in group.items] == [item.id]

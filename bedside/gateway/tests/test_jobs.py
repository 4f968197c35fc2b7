"""Drawing by the clock: little by little, so that other jobs have their turn."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from bedside.gateway.faces.drawing import BATCH
from bedside.gateway.jobs import BATCHES_MOST, NAME, draw_faces
from bedside.gateway.models import FaceDue
from bedside.platform.access import system_actor
from bedside.platform.jobs import defer
from bedside.platform.jobs.inline import run_waiting

HOUSE = system_actor(NAME)
ONE_RUN = BATCH * BATCHES_MOST


def note(count: int) -> None:
    """Note so many changes of one place that is not there, which takes no time to draw."""
    nowhere = uuid4()
    FaceDue.objects.bulk_create(FaceDue(kind="Location", source_id=nowhere) for _ in range(count))


def waiting() -> list[str]:
    return list(ProcrastinateJob.objects.filter(status="todo").order_by("id").values_list("task_name", flat=True))


@pytest.mark.django_db
def test_what_one_run_does_not_draw_goes_to_the_end_of_the_line(now: datetime) -> None:
    note(ONE_RUN * 2 + 1)
    assert draw_faces(actor=HOUSE, now=now) > 0
    assert FaceDue.objects.count() == ONE_RUN + 1
    assert waiting() == [NAME]
    assert run_waiting(now=now) == [NAME, NAME]
    assert not FaceDue.objects.exists()


@pytest.mark.django_db
def test_when_all_is_drawn_nothing_more_is_asked_for(now: datetime) -> None:
    note(ONE_RUN)
    assert draw_faces(actor=HOUSE, now=now) == 0
    assert waiting() == []


@pytest.mark.django_db
def test_a_run_that_waits_already_is_enough(now: datetime) -> None:
    note(ONE_RUN + 1)
    defer(NAME)
    assert draw_faces(actor=HOUSE, now=now) == 1
    assert waiting() == [NAME]

"""Live visits: who came, in what state they are, what was said in the chat."""

from __future__ import annotations

from django.db import models

from bedside.accounts.models import Person
from bedside.consent.models import ConsentGiven
from bedside.directory.models import Practitioner
from bedside.kernel.ids import new_id
from bedside.scheduling.models import Appointment
from bedside.scheduling.terms import MODES

from .terms import PARTICIPANT_ROLES, PARTICIPANT_STATES, VISIT_STATES


class Visit(models.Model):
    """One live encounter. It begins with the check-in of a booked appointment and has no time limit."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, related_name="visit")
    patient = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="visits")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="visits")
    state = models.CharField(max_length=12, choices=VISIT_STATES)
    mode = models.CharField(max_length=8, choices=MODES)
    created_at = models.DateTimeField()
    waiting_since = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=24, blank=True)
    #: How many arrivals in the room there have been; the newest of two people makes the offers.
    join_count = models.PositiveIntegerField(default=0)
    #: The number of the last line of the chat. Moved under the row's lock, so the chat has no holes.
    chat_seq = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "visit"
        indexes = [
            models.Index(fields=["practitioner", "state"], name="visit_by_practitioner"),
            models.Index(fields=["patient", "-created_at"], name="visit_by_patient"),
        ]


class CheckIn(models.Model):
    """What must be known before any clinician joins: where the patient is, how to call back, consent."""

    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, primary_key=True, related_name="check_in")
    place = models.CharField(max_length=200)
    region = models.CharField(max_length=10)
    country = models.CharField(max_length=2)
    callback_number = models.CharField(max_length=32)
    consent = models.ForeignKey(ConsentGiven, on_delete=models.PROTECT, related_name="+")
    #: Figures of the device and network test: {camera, microphone, speaker: ok|fail|skipped, rtt_ms, loss, advice}.
    device_test = models.JSONField(default=dict)
    checked_in_at = models.DateTimeField()

    class Meta:
        db_table = "visit_check_in"


class VisitStep(models.Model):
    """One step of a visit: a state or a mode it moved to, when, by whom and why."""

    id = models.BigAutoField(primary_key=True)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=8)
    from_value = models.CharField(max_length=12, blank=True)
    to_value = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "visit_step"


class Participant(models.Model):
    """One person's place in one visit."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="participants")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16, choices=PARTICIPANT_ROLES)
    state = models.CharField(max_length=12, choices=PARTICIPANT_STATES)
    admitted_at = models.DateTimeField(null=True, blank=True)
    #: The number of this person's last arrival (`Visit.join_count` at that moment).
    join_no = models.PositiveIntegerField(default=0)
    #: The number under which this person last came into the room itself: at arrival if let in, else when let in.
    #: Of two people the one with the higher number is the newcomer, who makes the offers.
    entry_no = models.PositiveIntegerField(default=0)
    #: When the socket was last known to live; the sweeper reads it when a whole process has died.
    seen_at = models.DateTimeField(null=True, blank=True)
    #: Figures of this person's own device test, as in `CheckIn.device_test`.
    device_test = models.JSONField(default=dict)

    class Meta:
        db_table = "visit_participant"
        constraints = [models.UniqueConstraint(fields=["visit", "person"], name="participant_once")]
        indexes = [
            models.Index(
                fields=["seen_at"],
                name="participant_on_line",
                condition=models.Q(state__in=["lobby", "connected", "reconnecting"]),
            )
        ]


class Ticket(models.Model):
    """A single-use pass to the visit's live socket, valid for a minute. Only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    token_sha256 = models.CharField(max_length=64, unique=True)
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="tickets")
    session_key_sha256 = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "visit_ticket"


class ChatMessage(models.Model):
    """A line of the visit's chat. `seq` orders it; `client_id` lets a resend be recognised."""

    id = models.BigAutoField(primary_key=True)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="chat_messages")
    seq = models.PositiveIntegerField()
    sender = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    client_id = models.UUIDField()
    body = models.TextField(max_length=4000)
    attachment_id = models.UUIDField(null=True, blank=True)
    sent_at = models.DateTimeField()

    class Meta:
        db_table = "visit_chat_message"
        constraints = [
            models.UniqueConstraint(fields=["visit", "seq"], name="chat_seq_once"),
            models.UniqueConstraint(fields=["visit", "sender", "client_id"], name="chat_client_id_once"),
        ]


class ChatReceipt(models.Model):
    """How far one person has read a visit's chat."""

    id = models.BigAutoField(primary_key=True)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="chat_receipts")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    read_up_to_seq = models.PositiveIntegerField()
    read_at = models.DateTimeField()

    class Meta:
        db_table = "visit_chat_receipt"
        constraints = [models.UniqueConstraint(fields=["visit", "person"], name="receipt_once")]

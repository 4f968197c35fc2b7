"""Working hours, booked times and what happened to them.

The database itself refuses two live appointments of one practitioner, or of one patient, that overlap
(exclusion constraints over `during`, added in the first migration).
"""

from __future__ import annotations

from django.contrib.postgres.fields import DateTimeRangeField
from django.contrib.postgres.indexes import GistIndex
from django.db import models

from bedside.accounts.models import Person
from bedside.directory.models import Organization, Practitioner
from bedside.kernel.ids import new_id

from .terms import MODES, REMINDER_KINDS, STATUSES, WEEKDAYS


class AvailabilityRule(models.Model):
    """A practitioner works from one wall-clock time to another, on one weekday, in their own zone.

    Units: `weekday` is 0 (Monday) to 6; `starts`/`ends` are wall times in `time_zone`; `slot_minutes` is the
    step between offered starts.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="availability_rules")
    weekday = models.PositiveSmallIntegerField()
    starts = models.TimeField()
    ends = models.TimeField()
    slot_minutes = models.PositiveSmallIntegerField(default=20)
    time_zone = models.CharField(max_length=64)
    valid_from_on = models.DateField()
    valid_until_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "availability_rule"
        constraints = [
            models.CheckConstraint(condition=models.Q(ends__gt=models.F("starts")), name="rule_ends_after_start"),
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="rule_weekday"),
            models.CheckConstraint(
                condition=models.Q(slot_minutes__gte=5, slot_minutes__lte=240), name="rule_slot_minutes"
            ),
        ]

    @property
    def day_name(self) -> str:
        """The weekday's name in English, to be translated."""
        return WEEKDAYS[self.weekday]


class TimeOff(models.Model):
    """A stretch in which a practitioner does not see patients."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="times_off")
    during = DateTimeRangeField()
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "time_off"
        indexes = [GistIndex(fields=["during"], name="time_off_during")]


class Appointment(models.Model):
    """A time held or booked by one patient with one practitioner.

    `during` is [starts_at, ends_at). `fee_minor` is the price shown before booking, and so the price after.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    patient = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="appointments")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    during = DateTimeRangeField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    practitioner_zone = models.CharField(max_length=64)
    status = models.CharField(max_length=12, choices=STATUSES)
    mode = models.CharField(max_length=8, choices=MODES, default="video")
    #: Why the patient comes, in their words. Health content: it never leaves the database in a mail or a log.
    reason = models.CharField(max_length=2000, blank=True)
    #: Where the patient said they will be: the licence was checked for this place.
    region = models.CharField(max_length=10, blank=True)
    country = models.CharField(max_length=2, blank=True)
    fee_minor = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    hold_expires_at = models.DateTimeField(null=True, blank=True)
    #: Set while the row is one of the times a clinician offered for a follow-up.
    offered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    offer_id = models.UUIDField(null=True, blank=True)
    moved_from = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="moved_to")
    version = models.PositiveIntegerField(default=1)
    #: The same through every move, so that a calendar follows along: the id of the first of them.
    calendar_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "appointment"
        indexes = [
            models.Index(fields=["practitioner", "starts_at"], name="appointment_by_practitioner"),
            models.Index(fields=["patient", "starts_at"], name="appointment_by_patient"),
            models.Index(fields=["offer_id"], name="appointment_by_offer"),
            models.Index(fields=["hold_expires_at"], name="appointment_held", condition=models.Q(status="held")),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="appointment_order"),
            models.CheckConstraint(
                condition=~models.Q(status="held") | models.Q(hold_expires_at__isnull=False),
                name="appointment_hold_expires",
            ),
        ]

    @property
    def minutes(self) -> int:
        """How long the visit is booked for."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60


class AppointmentMove(models.Model):
    """One step in an appointment's life: from, to, when, by whom and why."""

    id = models.BigAutoField(primary_key=True)
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="moves")
    from_status = models.CharField(max_length=12, blank=True)
    to_status = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    why = models.CharField(max_length=400, blank=True)

    class Meta:
        db_table = "appointment_move"


class Reminder(models.Model):
    """A reminder owed for one version of an appointment, sent once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="reminders")
    appointment_version = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=REMINDER_KINDS)
    channel = models.CharField(max_length=8, default="email")
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "reminder"
        constraints = [
            models.UniqueConstraint(
                fields=["appointment", "appointment_version", "kind", "channel"], name="reminder_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="reminder_due",
                condition=models.Q(sent_at__isnull=True, dropped_at__isnull=True),
            )
        ]

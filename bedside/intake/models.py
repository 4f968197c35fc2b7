"""What was imported, by whom and how far it got; who a sender's patients are; messages of laboratories as they came."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from bedside.accounts.models import Person
from bedside.kernel.ids import new_id

from .terms import FILE_NAME_MOST, HELD_REASONS, KINDS, REASONS, SOURCE_MOST, STATES, SUBJECTS, WORDS_MOST


class ImportRun(models.Model):
    """One file on its way in. The bytes lie in the file store under `sha256`.

    Shape: `group_id` joins the files that were given together, in the order of their `number`; `inside` counts what is
    in the file by type, and what would become of it; `place` is how many of its `total` things have been gone through,
    so that a run which was killed goes on where its last transaction ended.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    group_id = models.UUIDField()
    number = models.PositiveIntegerField(default=1)
    source = models.CharField(max_length=SOURCE_MOST)
    file_name = models.CharField(max_length=FILE_NAME_MOST)
    sha256 = models.CharField(max_length=64)
    bytes = models.BigIntegerField()
    kind = models.CharField(max_length=8, choices=KINDS)
    state = models.CharField(max_length=8, choices=STATES, default="given")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=200)
    #: Someone who runs the clinic gave it: they may import for patients in anyone's care.
    is_by_administrator = models.BooleanField(default=False)
    treating = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    inside = models.JSONField(default=dict)
    total = models.PositiveIntegerField(default=0)
    place = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=16, choices=REASONS, blank=True)
    words = models.CharField(max_length=WORDS_MOST, blank=True)

    class Meta:
        db_table = "import_run"
        indexes = [
            models.Index(fields=["-given_at"], name="import_run_newest"),
            models.Index(fields=["group_id", "number"], name="import_run_group"),
        ]


class ImportPatient(models.Model):
    """A patient of a file, and who that is here.

    Shape: `keys` are the names the file knows them by; `person` is decided, `proposed` only looks like them.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="patients")
    number = models.PositiveIntegerField()
    keys = ArrayField(models.TextField())
    name = models.CharField(max_length=220)
    birth_on = models.DateField(null=True)
    sex = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=8, choices=SUBJECTS)
    proposed = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    #: Without a foreign key: a patient who is new is here only once the run is stored.
    person_id = models.UUIDField(null=True)
    is_left_out = models.BooleanField(default=False)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "import_patient"
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="import_patient_once")]

    @property
    def is_decided(self) -> bool:
        """Say whether it is known what becomes of them."""
        return self.is_left_out or self.person_id is not None


class ImportUntaken(models.Model):
    """Something of a file that was not stored: what, where in the file, and why."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="untaken")
    place = models.CharField(max_length=120)
    kind = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=16, choices=REASONS)
    words = models.CharField(max_length=WORDS_MOST, blank=True)

    class Meta:
        db_table = "import_untaken"


class PatientAlias(models.Model):
    """What a source calls a person: the Patient of a bundle, of a document."""

    source = models.CharField(max_length=SOURCE_MOST)
    key = models.TextField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    known_at = models.DateTimeField()

    class Meta:
        db_table = "patient_alias"
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="patient_alias_once")]


class PatientNumber(models.Model):
    """A number a person is known by elsewhere: a medical record number and who gave it."""

    system = models.CharField(max_length=200)
    value = models.CharField(max_length=64)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    known_at = models.DateTimeField()

    class Meta:
        db_table = "patient_number"
        constraints = [models.UniqueConstraint(fields=["system", "value"], name="patient_number_once")]


class LabMessage(models.Model):
    """A message of a laboratory exactly as it came, kept before anything else is done with it.

    Shape: `state` is received, filed, held (a part of it), refused; `sent_at` is the sender's time.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    facility = models.CharField(max_length=200)
    control_id = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    raw = models.BinaryField()
    door = models.CharField(max_length=8, choices=[("line", "line"), ("file", "file")])
    received_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    state = models.CharField(
        max_length=8,
        choices=[("received", "received"), ("filed", "filed"), ("held", "held"), ("refused", "refused")],
        default="received",
    )
    words = models.CharField(max_length=WORDS_MOST, blank=True)

    class Meta:
        db_table = "lab_message"
        constraints = [
            models.UniqueConstraint(fields=["facility", "control_id", "sha256"], name="lab_message_once"),
        ]
        indexes = [models.Index(fields=["-received_at"], name="lab_message_newest")]


class FiledResult(models.Model):
    """When what stands of one part of a result was sent, so that an older message never overwrites a newer one."""

    part_id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    message = models.ForeignKey(LabMessage, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "filed_result"


class HeldResult(models.Model):
    """A result nobody can be told of yet: its patient or its order is not known. It waits, with an owner.

    Shape: `report_id` is which order of the message; the rest is what people need to tell whose it is.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    message = models.ForeignKey(LabMessage, on_delete=models.PROTECT, related_name="held")
    report_id = models.UUIDField()
    reason = models.CharField(max_length=16, choices=HELD_REASONS)
    words = models.CharField(max_length=WORDS_MOST, blank=True)
    title = models.CharField(max_length=200)
    patient_name = models.CharField(max_length=220)
    patient_number = models.CharField(max_length=64, blank=True)
    number_system = models.CharField(max_length=200, blank=True)
    birth_on = models.DateField(null=True)
    sex = models.CharField(max_length=10, blank=True)
    held_at = models.DateTimeField()
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        db_table = "held_result"
        constraints = [models.UniqueConstraint(fields=["message", "report_id"], name="held_result_once")]
        indexes = [
            models.Index(fields=["held_at"], name="held_result_waiting", condition=Q(settled_at__isnull=True)),
        ]

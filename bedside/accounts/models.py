"""People, how they sign in, and the roles they hold."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from bedside.kernel.ids import new_id

from .terms import (
    LANGUAGES,
    PASSWORD_LENGTH_ALONE,
    PHONE_MOST,
    PROGRAM_NAME_MOST,
    ROLES,
    SEXES,
    TOKEN_LIFE_MOST,
    TOKEN_NAME_MOST,
)


class Person(models.Model):
    """A human being, with or without a login: patient, family member, clinician, staff."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100)
    birth_on = models.DateField(null=True, blank=True)
    sex = models.CharField(max_length=10, choices=SEXES, blank=True)
    language = models.CharField(max_length=8, choices=LANGUAGES, default="en")
    time_zone = models.CharField(max_length=64, default="America/Chicago")
    phone = models.CharField(max_length=PHONE_MOST, blank=True)
    portrait_seed = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "person"

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """Given and family name, as people say it."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def initials(self) -> str:
        """Two letters for where there is no face."""
        return (self.given_name[:1] + self.family_name[:1]).upper()


class UserManager(BaseUserManager["User"]):
    """Makes logins; e-mail addresses are compared in lower case."""

    def create_user(self, email: str, password: str | None = None, *, person: Person) -> User:
        """Create the login of a person. Without a password it cannot be used to sign in by password."""
        user = self.model(email=email.strip().lower(), person=person)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """Find a login by e-mail, whatever its case."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A login. One person has at most one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(unique=True)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="user")
    is_active = models.BooleanField(default=True)
    #: The password is long enough to stand alone, without a second factor.
    has_long_password = models.BooleanField(default=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        db_table = "login"

    def set_password(self, raw_password: str | None) -> None:
        """Set the password, and remember whether it may stand alone."""
        super().set_password(raw_password)
        self.has_long_password = len(raw_password or "") >= PASSWORD_LENGTH_ALONE


class RoleGrant(models.Model):
    """A role a person holds, from when until when."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField(max_length=24, choices=ROLES)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "role_grant"
        indexes = [models.Index(fields=["person"], name="role_grant_person")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=models.F("starts_at")),
                name="role_grant_ends_after_start",
            )
        ]


class DemoClinic(models.Model):
    """The one row that says this database holds invented people only, so that anyone may step in as any of them."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    opened_at = models.DateTimeField()
    #: The people to begin with, in the order they are shown.
    guides = ArrayField(models.UUIDField(), default=list)

    class Meta:
        db_table = "demo_clinic"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="demo_clinic_is_one_row")]


class RateBucket(models.Model):
    """How many tries are left for one key. Unlogged: after a crash every bucket is full again."""

    key = models.CharField(max_length=64, primary_key=True)
    tokens = models.FloatField()
    is_allowed = models.BooleanField()
    taken_at = models.DateTimeField()

    class Meta:
        db_table = "rate_bucket"


class SpentCode(models.Model):
    """An authenticator code that opened the door. It opens it once, whichever server is asked again."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="spent_codes")
    code = models.CharField(max_length=12)
    spent_at = models.DateTimeField()

    class Meta:
        db_table = "spent_code"
        constraints = [models.UniqueConstraint(fields=["user", "code"], name="spent_code_once")]


class AccessToken(models.Model):
    """A key to the FHIR API that a person made for a program of theirs. Only its digest is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="access_tokens")
    name = models.CharField(max_length=TOKEN_NAME_MOST)
    #: SHA-256 of the token.
    digest = models.BinaryField(max_length=32, unique=True)
    #: Its last letters, to tell tokens apart by.
    ending = models.CharField(max_length=4)
    scopes = models.TextField()
    is_stepped_in = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "access_token"
        indexes = [models.Index(fields=["person", "-made_at"], name="access_token_of")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("made_at"))
                & models.Q(expires_at__lte=models.F("made_at") + TOKEN_LIFE_MOST),
                name="access_token_ends_within_a_year",
            )
        ]


class Program(models.Model):
    """Another program that is let in under its own name: a laboratory's export, a hospital's interface engine.

    It stands for nobody. Its id signs what it writes, so it is never removed; its tokens are revoked instead.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=PROGRAM_NAME_MOST, unique=True)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "program"

    def __str__(self) -> str:
        return self.name


class ProgramToken(models.Model):
    """A key of a program to the FHIR API, made by the operator. Only its digest is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="tokens")
    #: SHA-256 of the token.
    digest = models.BinaryField(max_length=32, unique=True)
    #: Its last letters, to tell tokens apart by.
    ending = models.CharField(max_length=4)
    scopes = models.TextField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "program_token"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("made_at"))
                & models.Q(expires_at__lte=models.F("made_at") + TOKEN_LIFE_MOST),
                name="program_token_ends_within_a_year",
            )
        ]

"""From the text after `Bearer` to who asks and what they may do: tokens of people, and of programs let in by name.

A token is 256 random bits behind a prefix that secret scanners can look for. Only its SHA-256 is kept: there is
nothing to guess, so nothing slow is needed to guard it.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef

from bedside.fhir.asking import Ask, Steps
from bedside.kernel.time import UTC
from bedside.platform.access import Actor

from .models import AccessToken, DemoClinic
from .queries import actor_facts
from .scopes import Scopes, parse_scopes

PREFIX = "bedside_pat_"
PROGRAM_PREFIX = "bedside_sys_"
#: What the house does for a program that is let in. It stands in the log beside the program's name.
EXCHANGE = "gateway.exchange"
#: 32 bytes in base64url. Source: RFC 4648, section 5; OWASP ASVS 5.0, 7.2.3 asks for 128 bits or more.
_SHAPE = re.compile(f"(?:{PREFIX}|{PROGRAM_PREFIX})" + r"[A-Za-z0-9_-]{43}\Z")


@dataclass(frozen=True, slots=True)
class Grant:
    """What a bearer may do: as whom, within which scopes, and for `patient/` scopes about which patient."""

    actor: Actor
    scopes: Scopes
    patient_id: UUID | None
    #: What the audit log calls it: never the secret.
    token_id: UUID | None = None


class Authenticate(Protocol):
    """Turns a bearer's text into a grant. SMART on FHIR will be another of these.

    SMART backend services end in `grant_of_program` too: what differs is how the program proves who it is.
    """

    def __call__(self, bearer: str, now: datetime) -> Steps[Grant | None]:
        """Return the grant, or None for whatever is unknown, ended or closed."""
        ...


def new_secret(prefix: str = PREFIX) -> str:
    """Return a fresh token. Shape: the prefix and 43 letters of base64url."""
    return prefix + secrets.token_urlsafe(32)


def digest_of(bearer: str) -> bytes:
    """Return what a token is kept as."""
    return hashlib.sha256(bearer.encode()).digest()


def find_grant(bearer: str, now: datetime) -> Steps[Grant | None]:
    """Return the grant of an access token in force, and note the day it was used on, once a day.

    Why: the roles are those held now, so that a role that ended, a closed login or a second factor that is gone
    ends what its tokens can do at once. A token made while stepped in is worth nothing outside the demo clinic.
    """
    if not _SHAPE.match(bearer):
        return None
    if bearer.startswith(PROGRAM_PREFIX):
        return (yield from _find_program_grant(bearer, now))
    known = _question()
    wanted = {_SOME_TIME: now, _SOME_DIGEST: digest_of(bearer)}
    rows = yield Ask(known.sql, [wanted.get(value, value) for value in known.values], prepare=True)
    if not rows:
        return None
    row = dict(zip(known.names, rows[0], strict=True))
    if row["last_used_on"] is None or row["last_used_on"] < now.date():
        yield Ask(_USED, {"id": row["id"], "on": now.date()}, prepare=True)
    return _grant(row)


_USED = """
UPDATE access_token SET last_used_on = %(on)s
WHERE id = %(id)s AND (last_used_on IS NULL OR last_used_on < %(on)s)
"""

#: Stand in for the time and the digest in the statement that Django works out once.
_SOME_TIME, _SOME_DIGEST = datetime(1002, 1, 1, tzinfo=UTC), b"\x00" * 32


@dataclass(frozen=True, slots=True)
class _Question:
    sql: str
    values: Sequence[Any]
    names: tuple[str, ...]


@cache
def _question() -> _Question:
    facts = {**actor_facts(_SOME_TIME, OuterRef("person_id")), "in_demo": Exists(DemoClinic.objects.all())}
    fields = (
        "id",
        "person_id",
        "scopes",
        "is_stepped_in",
        "last_used_on",
        "person__given_name",
        "person__family_name",
        "person__language",
        "person__time_zone",
    )
    rows = AccessToken.objects.filter(
        digest=_SOME_DIGEST,
        revoked_at__isnull=True,
        expires_at__gt=_SOME_TIME,
        person__user__is_active=True,
    ).annotate(**facts)
    sql, values = rows.values_list(*fields, *facts).query.sql_with_params()
    # psycopg's wrapper around bytes is taken off, so that they can be told apart and replaced.
    return _Question(sql, tuple(getattr(value, "obj", value) for value in values), (*fields, *facts))


def _grant(row: dict[str, Any]) -> Grant | None:
    if row["is_stepped_in"] and not (settings.IS_DEMO and row["in_demo"]):
        return None
    actor = Actor(
        person_id=row["person_id"],
        name=f"{row['person__given_name']} {row['person__family_name']}".strip(),
        roles=frozenset(row["actor_roles"]),
        organization_ids=frozenset(row.get("actor_organizations") or ()),
        language=row["person__language"],
        time_zone=row["person__time_zone"],
        has_second_factor=row["actor_has_factor"] or row["is_stepped_in"],
        is_stepped_in=row["is_stepped_in"],
    )
    scopes = parse_scopes(row["scopes"])
    patient_id = actor.person_id if "patient" in scopes.holders else None
    return Grant(actor, scopes, patient_id, row["id"])


_PROGRAM = """
SELECT t.id, t.scopes, t.last_used_on, p.id, p.name FROM program_token t JOIN program p ON p.id = t.program_id
WHERE t.digest = %(digest)s AND t.revoked_at IS NULL AND t.expires_at > %(now)s
"""
_PROGRAM_USED = """
UPDATE program_token SET last_used_on = %(on)s
WHERE id = %(id)s AND (last_used_on IS NULL OR last_used_on < %(on)s)
"""


def _find_program_grant(bearer: str, now: datetime) -> Steps[Grant | None]:
    rows = yield Ask(_PROGRAM, {"digest": digest_of(bearer), "now": now}, prepare=True)
    if not rows:
        return None
    token_id, scopes, last_used_on, program_id, name = rows[0]
    if last_used_on is None or last_used_on < now.date():
        yield Ask(_PROGRAM_USED, {"id": token_id, "on": now.date()}, prepare=True)
    return grant_of_program(program_id, name, scopes, token_id)


def grant_of_program(program_id: UUID, name: str, scopes: str, token_id: UUID | None = None) -> Grant:
    """Return what a program may do that has proved who it is: as itself, within its `system/` scopes."""
    actor = Actor(person_id=None, name=name, job=EXCHANGE, program_id=program_id)
    return Grant(actor, parse_scopes(scopes), None, token_id)


def programs_among(ids: Collection[UUID]) -> Steps[frozenset[UUID]]:
    """Return which of these ids are those of programs: what they signed came from elsewhere."""
    if not ids:
        return frozenset()
    rows = yield Ask("SELECT id FROM program WHERE id = ANY(%s)", (sorted(ids),), prepare=True)
    return frozenset(program_id for (program_id,) in rows)

"""Loading code systems, and taking them out again. All or nothing: a release is in use whole, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from bedside.kernel.errors import NotFound
from bedside.platform.access import Actor, authorise
from bedside.platform.audit.write import record_change

from .loading.copying import Say, copy_pack, delete_rows
from .loading.shapes import Pack


class PackUnknown(NotFound):
    """No code system of that name is loaded in that version. See what is loaded, and try again."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a loading came to."""

    url: str
    version: str
    concept_count: int
    was_there: bool


_FIND = "SELECT id, digest, is_in_use, concept_count FROM fhir_code_system WHERE url = %s AND version = %s"
_ADD = """INSERT INTO fhir_code_system (url, version, name, copyright, digest, concept_count, loaded_at, is_in_use)
    VALUES (%(url)s, %(version)s, %(name)s, %(copyright)s, %(digest)s, 0, %(now)s, false) RETURNING id"""


def _lock(url: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 10))", [url])


def _use(system: int, url: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE fhir_code_system SET is_in_use = false WHERE url = %s AND is_in_use", [url])
        cursor.execute("UPDATE fhir_code_system SET is_in_use = true WHERE id = %s", [system])


@transaction.atomic
def load_pack(*, actor: Actor, now: datetime, pack: Pack, say: Say = lambda words: None) -> Loaded:
    """Load a release and put it into use. One that is loaded already is only put into use again.

    Shape: another version of the same code system stays, out of use, until it is removed.
    Locks: one loading of a code system at a time; readers see the version before until this commits.
    Raises: PackMalformed.
    """
    authorise(actor, "fhir.load_terminology")
    facts, digest = pack.facts, pack.digest()
    _lock(facts.url)
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [facts.url, facts.version])
        held = cursor.fetchone()
        if held and held[1] == digest:
            if not held[2]:
                _use(held[0], facts.url)
                _note(actor, now, facts.url, facts.version, "in_use")
            return Loaded(facts.url, facts.version, held[3], was_there=True)
        if held:
            _remove(held[0])
        cursor.execute(
            _ADD,
            {
                "url": facts.url,
                "version": facts.version,
                "name": facts.name,
                "copyright": facts.copyright,
                "digest": digest,
                "now": now,
            },
        )
        system = cursor.fetchone()[0]
        count = copy_pack(pack, system, say=say)
        cursor.execute("UPDATE fhir_code_system SET concept_count = %s WHERE id = %s", [count, system])
    _use(system, facts.url)
    _note(actor, now, facts.url, facts.version, "loaded")
    return Loaded(facts.url, facts.version, count, was_there=False)


def _note(actor: Actor, now: datetime, url: str, version: str, what: str) -> None:
    said = {"url": url, "version": version}
    record_change(actor=actor, action="fhir.load_terminology", now=now, reason=what, detail=said)


def _remove(system: int) -> None:
    delete_rows(system)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM fhir_code_system WHERE id = %s", [system])


@transaction.atomic
def remove_pack(*, actor: Actor, now: datetime, url: str, version: str) -> None:
    """Take a loaded version of a code system out, in use or not.

    Raises: PackUnknown.
    """
    authorise(actor, "fhir.load_terminology")
    _lock(url)
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [url, version])
        held = cursor.fetchone()
    if held is None:
        raise PackUnknown()
    _remove(held[0])
    _note(actor, now, url, version, "removed")

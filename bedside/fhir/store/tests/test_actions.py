"""One resource is created, changed, deleted, brought back; every version stays and no update is lost."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, transaction

from bedside.fhir.asking import answer
from bedside.fhir.documents import read_document
from bedside.fhir.faults import DocumentRefused
from bedside.fhir.reach import EVERYTHING, Fragment
from bedside.fhir.store import (
    IdMismatch,
    RequestUnclear,
    ResourceMissing,
    ResourceRemoved,
    VersionMismatch,
    create,
    delete,
    patch,
    read_body,
    read_version,
    update,
)
from bedside.kernel.errors import Refusal

from .conftest import patient

pytestmark = pytest.mark.django_db


class Nothing:
    """Whoever reaches nothing at all."""

    def condition(self, alias, kind, patients=""):
        return Fragment(f"{alias}.type = %({alias}_none)s", {f"{alias}_none": "None"})


def test_what_is_created_is_read_back_with_its_digits_and_its_order(writer):
    code = '"code":{"text":"ü"}'
    numbers = '"extension":[{"url":"http://b","valueDecimal":1.10},{"url":"http://a","valueDecimal":1E+2}]'
    text = f'{{"resourceType":"Basic",{numbers},"meta":{{"tag":[{{"code":"t"}}],"versionId":"9"}},{code}}}'
    made = answer(create(writer, read_document(text)))
    found = answer(read_body("Basic", made.id, EVERYTHING))
    assert found.body == made.body
    assert found.body == (
        f'{{"resourceType":"Basic","id":"{made.id}","meta":{{"versionId":"1","lastUpdated":"2026-11-24T15:00:00.000Z",'
        f'"tag":[{{"code":"t"}}]}},{numbers},{code}}}'
    )
    assert (made.done, made.version, found.version) == ("created", 1, 1)


def test_every_version_stays_as_it_was(writer, now):
    made = answer(create(writer, patient("1")))
    later = replace(writer, now=now + timedelta(minutes=1))
    changed = answer(update(later, patient("2"), kind="Patient", id=made.id, if_match=1))
    assert (changed.done, changed.version) == ("updated", 2)
    assert answer(read_version("Patient", made.id, 1, EVERYTHING)).body == made.body
    assert answer(read_version("Patient", made.id, 2, EVERYTHING)).body == changed.body
    with pytest.raises(ResourceMissing):
        answer(read_version("Patient", made.id, 3, EVERYTHING))


def test_a_version_is_never_older_than_the_one_before_it(writer, now):
    made = answer(create(writer, patient()))
    early = replace(writer, now=now - timedelta(hours=1))
    assert answer(update(early, patient("2"), kind="Patient", id=made.id)).stored_at == now


def test_an_update_for_another_version_is_refused(writer):
    made = answer(create(writer, patient()))
    answer(update(writer, patient("2"), kind="Patient", id=made.id))
    for action in (
        update(writer, patient("3"), kind="Patient", id=made.id, if_match=1),
        delete(writer, kind="Patient", id=made.id, if_match=1),
        patch(writer, lambda document: document, kind="Patient", id=made.id, if_match=1),
        update(writer, patient("3"), kind="Patient", id=made.id, must_be_new=True),
        update(writer, patient("3"), kind="Patient", id="new-one", if_match=1),
    ):
        with pytest.raises(VersionMismatch):
            answer(action)
    assert answer(read_body("Patient", made.id, EVERYTHING)).version == 2


def test_an_update_creates_under_the_id_the_client_chose(writer):
    made = answer(update(writer, patient(id="chosen.by-client"), kind="Patient", id="chosen.by-client"))
    assert (made.done, made.version, made.id) == ("created", 1, "chosen.by-client")
    with pytest.raises(IdMismatch):
        answer(update(writer, patient(id="other"), kind="Patient", id="chosen.by-client"))
    with pytest.raises(IdMismatch):
        answer(update(writer, patient(), kind="Observation", id="chosen.by-client"))


def test_a_deleted_resource_is_gone_its_versions_stay_and_it_can_come_back(writer):
    made = answer(create(writer, patient()))
    gone = answer(delete(writer, kind="Patient", id=made.id))
    assert (gone.done, gone.version) == ("deleted", 2)
    assert answer(delete(writer, kind="Patient", id=made.id)).version == 2
    with pytest.raises(ResourceRemoved):
        answer(read_body("Patient", made.id, EVERYTHING))
    with pytest.raises(ResourceRemoved):
        answer(read_version("Patient", made.id, 2, EVERYTHING))
    with pytest.raises(ResourceRemoved):
        answer(patch(writer, lambda document: document, kind="Patient", id=made.id))
    assert answer(read_version("Patient", made.id, 1, EVERYTHING)).body == made.body
    back = answer(update(writer, patient("back"), kind="Patient", id=made.id, must_be_new=True))
    assert back.version == 3
    assert answer(read_body("Patient", made.id, EVERYTHING)).body == back.body


def test_what_never_was_is_missing(writer):
    for action in (
        read_body("Patient", "none", EVERYTHING),
        delete(writer, kind="Patient", id="none"),
        patch(writer, lambda document: document, kind="Patient", id="none"),
    ):
        with pytest.raises(ResourceMissing):
            answer(action)


def test_what_is_out_of_reach_is_missing_too(writer):
    made = answer(create(writer, patient()))
    blind = replace(writer, reach=Nothing())
    for action in (
        read_body("Patient", made.id, Nothing()),
        read_version("Patient", made.id, 1, Nothing()),
        delete(blind, kind="Patient", id=made.id),
        patch(blind, lambda document: document, kind="Patient", id=made.id),
        update(blind, patient(), kind="Patient", id=made.id),
    ):
        with pytest.raises(ResourceMissing):
            answer(action)
    assert answer(read_body("Patient", made.id, EVERYTHING)).version == 1


def test_what_may_not_be_changed_stays(writer, forbidding):
    made = answer(create(writer, patient()))
    reader = forbidding(lambda change: False)
    for action in (
        create(reader, patient()),
        update(reader, patient("2"), kind="Patient", id=made.id),
        delete(reader, kind="Patient", id=made.id),
        patch(reader, lambda document: document | {"active": True}, kind="Patient", id=made.id),
    ):
        with pytest.raises(Refusal):
            answer(action)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM fhir_version")
        assert cursor.fetchone() == (1,)


def test_a_patch_is_an_edit_of_what_stands(writer):
    digits = '{"resourceType":"Patient","extension":[{"url":"http://x","valueDecimal":1.50}]}'
    made = answer(create(writer, read_document(digits)))
    done = answer(patch(writer, lambda document: document | {"active": True}, kind="Patient", id=made.id))
    assert done.version == 2
    assert done.body.endswith('"extension":[{"url":"http://x","valueDecimal":1.50}],"active":true}')
    with pytest.raises(IdMismatch):
        answer(patch(writer, lambda document: document | {"id": "other"}, kind="Patient", id=made.id))


def test_a_document_of_no_known_type_or_not_unicode_is_refused(writer):
    for document in ({"resourceType": "Spaceship"}, {}, patient("half \ud800 a pair")):
        with pytest.raises(DocumentRefused):
            answer(create(writer, document))


def test_a_resource_nobody_could_load_is_refused(writer):
    with pytest.raises(DocumentRefused, match="valid"):
        answer(create(writer, patient("x" * 5_000_000)))


@pytest.mark.django_db(transaction=True)
def test_of_two_updates_of_one_version_exactly_one_wins(writer):
    made = answer(create(writer, patient()))
    results = in_threads(
        4, lambda number: answer(update(writer, patient(str(number)), kind="Patient", id=made.id, if_match=1)).version
    )
    assert sorted(map(str, results)) == ["2", "VersionMismatch", "VersionMismatch", "VersionMismatch"]


@pytest.mark.django_db(transaction=True)
def test_of_first_versions_under_one_name_each_becomes_a_version(writer):
    results = in_threads(4, lambda number: answer(update(writer, patient(str(number)), kind="Patient", id="a")).version)
    assert sorted(results) == [1, 2, 3, 4]


def in_threads(count, work):
    """Do the work in so many threads at one time, each in a transaction, and return what came of each."""
    ready, results = threading.Barrier(count), []

    def one(number):
        try:
            connection.ensure_connection()
            ready.wait(10)
            with transaction.atomic():
                results.append(work(number))
        except (Refusal, RequestUnclear) as refusal:
            results.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results

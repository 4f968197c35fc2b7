"""The database tests run in: what the app may do there, and that a test leaves nothing behind."""

import psycopg
import pytest
from django.db import connection, transaction

from bedside.accounts.models import Person
from bedside.platform.audit.models import AuditEvent


def _one(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_a_test_is_the_app_and_the_app_is_nobody_special(test_database):
    assert _one("SELECT current_user") == test_database.app["USER"] != test_database.owner["USER"]
    assert (
        _one(
            "SELECT rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
        )
        is False
    )
    assert _one("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user") == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET action = 'x'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "DROP TABLE audit_event",
        "CREATE TABLE public.mine (id int)",
        "DELETE FROM django_migrations",
        "ALTER TABLE person DISABLE TRIGGER ALL",
    ],
)
def test_the_app_may_not(statement):
    with pytest.raises(Exception, match=r"permission denied|must be owner"), transaction.atomic():
        _one(statement)


@pytest.mark.django_db(transaction=True)
def test_what_a_committing_test_wrote_is_wiped_and_what_migrations_wrote_is_kept(test_database, now):
    kept = _one("SELECT count(*) FROM django_content_type")
    Person.objects.create(given_name="Left", family_name="Behind")
    AuditEvent.objects.create(at=now, kind="view", action="test.look", actor_name="Nobody")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM auth_permission")
    test_database.wipe()
    assert not Person.objects.exists()
    assert not AuditEvent.objects.exists()
    assert _one("SELECT count(*) FROM django_content_type") == kept > 0
    assert _one("SELECT count(*) FROM auth_permission") > 0


@pytest.mark.django_db
def test_another_process_can_be_given_the_same_database(test_database):
    with psycopg.connect(test_database.app_address) as app, psycopg.connect(test_database.owner_address) as owner:
        asked = "SELECT current_database(), current_user"
        assert app.execute(asked).fetchone() == (test_database.name, test_database.app["USER"])
        assert owner.execute(asked).fetchone() == (test_database.name, test_database.owner["USER"])

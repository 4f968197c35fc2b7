"""The database engine: a quiet connection stands, one whose server ended it does not."""

import psycopg
import pytest
from django.db import connection, connections

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mine():
    """A connection of its own, closed after."""
    one = connections["default"].copy()
    one.ensure_connection()
    yield one
    one.close()


def test_a_quiet_connection_stands_without_being_asked(mine, monkeypatch):
    monkeypatch.setattr(psycopg.Connection, "execute", None)
    assert mine.is_usable()


def test_a_connection_the_server_ended_is_noticed(mine, test_database):
    with psycopg.connect(test_database.app_address, autocommit=True) as other:
        ended = other.execute("SELECT pg_terminate_backend(%s, 5000)", [mine.connection.info.backend_pid]).fetchone()
    assert ended == (True,)
    assert not mine.is_usable()


def test_a_closed_connection_does_not_stand(mine):
    mine.close()
    assert not mine.is_usable()
    assert connection.settings_dict["ENGINE"] == "bedside.config.postgresql"

"""Django's one connection, and how to be the owner of the tables for a moment. Knows nothing of rooms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

#: What tells a role and where it signs in.
_WHO = ("USER", "PASSWORD", "HOST", "PORT", "NAME", "OPTIONS")


def owner_settings() -> dict[str, Any]:
    """Return how the owner of the tables connects: BEDSIDE_OWNER_DATABASE_URL, or else as the app does."""
    return dict(settings.OWNER_DATABASE)


@contextmanager
def connected_as(who: dict[str, Any]) -> Iterator[None]:
    """Make Django's connection somebody else's for a moment, in every thread that opens one meanwhile.

    Only for start-up, commands and tests, where there is one thread. Closes the connection on both sides.
    """
    before = {key: connection.settings_dict[key] for key in _WHO}
    connection.close()
    connection.settings_dict.update({key: who.get(key, "") for key in _WHO} | {"OPTIONS": who.get("OPTIONS") or {}})
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


def migrate(*, say: bool = False) -> int:
    """Bring the tables up to date as their owner, and give the app's role its rights. Return how many ran.

    The rights are given even when nothing ran: an earlier start may have been cut off between the two.
    """
    from django.core.management import call_command
    from django.db.migrations.executor import MigrationExecutor

    from .bootstrap_roles import close_public_schema, grant

    app = connection.settings_dict["USER"]
    with connected_as(owner_settings()):
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            call_command("migrate", interactive=False, verbosity=1 if say else 0)
        connection.ensure_connection()
        raw = connection.connection
        if isinstance(raw, psycopg.Connection):
            close_public_schema(raw)
            grant(raw, app)
    return len(plan)


def missing_migrations() -> list[str]:
    """Return the migrations this program has and the database has not, as room.name."""
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]

"""What every test may ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import cast as the_cast
from tests import tools
from tests.database import TestDatabase, make_test_database

pytest_plugins = ["tests.browser"]

# A test says what is true, not how fast: on a busy machine every example is slow, and none of them is wrong for it.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    """Compile the words, so that Spanish pages can be asked for."""
    from bedside.config.messages import compile_stale

    compile_stale()


@pytest.fixture
def now() -> datetime:
    """Tuesday 24 November 2026, 9:00 in Austin. Tests are given the time; none reads a clock."""
    return the_cast.NOW


@pytest.fixture
def cast(db: None) -> the_cast.Cast:
    """Everyone in the house, in the database."""
    return the_cast.assemble()


@pytest.fixture(scope="session")
def test_database(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[TestDatabase]:
    """The database of this test process, and the addresses its owner and the app know it by."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "")
    with django_db_blocker.unblock(), make_test_database(worker) as made:
        yield made


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, test_database: TestDatabase, django_db_blocker: Any
) -> Iterator[None]:
    """Have every test connect as the app's own role; a test that really commits is wiped up after by the owner."""
    from django.db import connection
    from django.test import TransactionTestCase

    from bedside.config.database import connected_as

    patched = pytest.MonkeyPatch()
    patched.setattr(TransactionTestCase, "_fixture_teardown", lambda _: test_database.wipe())
    # Argon2 is slow on purpose, and every test makes ten people who can sign in.
    patched.setattr("django.conf.settings.PASSWORD_HASHERS", ["django.contrib.auth.hashers.MD5PasswordHasher"])
    patched.setenv("DATABASE_URL", test_database.app_address)
    patched.setattr("django.conf.settings.OWNER_DATABASE", test_database.owner)
    patched.setenv("BEDSIDE_OWNER_DATABASE_URL", test_database.owner_address)
    with django_db_blocker.unblock(), connected_as(test_database.app):
        yield
        connection.close()
    patched.undo()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose tool is missing, saying how to get it."""
    for tool in tools.needed_by(item):
        if not tools.find(tool):
            pytest.skip(tools.how_to_get(tool))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Turn a skip for want of a tool named in BEDSIDE_FORBID_SKIPS into a failure."""
    report = yield
    forbidden = [word for word in os.environ.get("BEDSIDE_FORBID_SKIPS", "").split(",") if word]
    if report.skipped and not hasattr(report, "wasxfail") and any(word in str(report.longrepr) for word in forbidden):
        report.outcome = "failed"
        report.longrepr = f"skipped, which BEDSIDE_FORBID_SKIPS forbids: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say loudly what was not tested."""
    skipped = terminalreporter.stats.get("skipped", [])
    if not skipped:
        return
    terminalreporter.section(f"NOT TESTED: {len(skipped)} skipped", sep="!", yellow=True, bold=True)
    for report in skipped:
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        terminalreporter.line(f"{report.nodeid}: {why.removeprefix('Skipped: ')}", yellow=True)

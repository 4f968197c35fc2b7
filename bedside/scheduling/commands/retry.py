"""One transaction per command, begun again when PostgreSQL picked it as the victim of a deadlock."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected

P = ParamSpec("P")
R = TypeVar("R")

TRIES = 3


def in_one_transaction(command: Callable[P, R]) -> Callable[P, R]:
    """Run a command in a transaction; up to three times when it only lost a deadlock.

    Why: two people who swap times at the same moment may wait for each other. One of them is asked again.
    """

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        is_outermost = not connection.in_atomic_block
        for left in reversed(range(TRIES)):
            try:
                with transaction.atomic():
                    return command(*args, **kwargs)
            except OperationalError as error:
                if not isinstance(error.__cause__, DeadlockDetected) or not left or not is_outermost:
                    raise
        raise AssertionError("unreachable")

    return run

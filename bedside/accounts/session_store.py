"""Sessions in the database, found by a statement that is planned once: every page asks for one."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session

from bedside.kernel.time import utc_now
from bedside.platform.statements import first_row

_FIND = """
SELECT session_data, expire_date FROM django_session WHERE session_key = %s AND expire_date > %s
"""


class SessionStore(DatabaseStore):
    """Django's sessions in the database. Only the finding is ours."""

    def _get_session_from_db(self) -> Session | None:
        found = first_row(_FIND, [self.session_key, utc_now()]) if self.session_key else None
        if found is None:
            self._session_key = None
            return None
        return Session(session_key=self.session_key, session_data=found[0], expire_date=found[1])

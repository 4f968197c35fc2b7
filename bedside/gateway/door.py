"""Who asks: the bearer's text turned into a grant, and the first question whether they may come in at all."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from bedside.accounts.grants import Authenticate, Grant, digest_of
from bedside.fhir.asking import answer_async
from bedside.platform.access import decide
from bedside.platform.statements.borrowing import Borrowed, Lines

from .pace import Pace
from .refusals import Refused
from .terms import BELIEF_SECONDS

#: Bearers whose grants are remembered at a time.
_REMEMBERED_MOST = 5_000
_LONGEST_BEARER = 8_192
_CHALLENGE = 'Bearer realm="Bedside FHIR"'
_WRONG = "That access token is not known, or it has ended. Make a new one under Your account, Access tokens."


class Door:
    """Turns bearers into grants, and believes each for a second."""

    def __init__(
        self,
        lines: Lines,
        authenticate: Authenticate,
        monotonic: Callable[[], float] = time.monotonic,
        pace: Pace | None = None,
    ) -> None:
        """Ask `authenticate` on connections of this pool. `monotonic` counts the second of belief, and the pace."""
        self._lines = lines
        self._monotonic = monotonic
        self._authenticate = authenticate
        self._pace = pace or Pace(0)
        self._believed: dict[bytes, tuple[float, Grant]] = {}

    async def grant_for(self, authorization: str, now: datetime) -> Grant:
        """Return the grant behind an Authorization header.

        Why: it is remembered by the digest of the bearer, so that a dump of memory names no secret, and for a second
        only, so that what is revoked ends within one.
        Raises: Refused with 401 for nobody, 403 for staff without their second factor, 429 for one that asks too fast.
        """
        scheme, _, bearer = authorization.partition(" ")
        bearer = bearer.strip()
        if not bearer or scheme.lower() != "bearer":
            words = "Say who asks: Authorization: Bearer and an access token."
            raise Refused(401, "login", words, headers={"www-authenticate": _CHALLENGE})
        if len(bearer) > _LONGEST_BEARER:
            raise _unknown()
        digest, clock = digest_of(bearer), self._monotonic()
        known = self._believed.get(digest)
        if known is not None and known[0] > clock:
            self._pace.take(digest, clock)
            return known[1]
        async with Borrowed(self._lines) as connection:
            grant = await answer_async(self._authenticate(bearer, now), connection)
        if grant is None:
            self._believed.pop(digest, None)
            raise _unknown()
        _check_in(grant)
        self._pace.take(digest, clock)
        if len(self._believed) >= _REMEMBERED_MOST:
            self._believed = {key: kept for key, kept in self._believed.items() if kept[0] > clock}
        if len(self._believed) < _REMEMBERED_MOST:
            self._believed[digest] = (clock + BELIEF_SECONDS, grant)
        return grant


def _unknown() -> Refused:
    return Refused(401, "login", _WRONG, headers={"www-authenticate": f'{_CHALLENGE}, error="invalid_token"'})


def _check_in(grant: Grant) -> None:
    """Ask whether this actor may use the API at all: staff only with their second factor."""
    verb = "gateway.exchange_resources" if grant.actor.job else "gateway.read_resource"
    if not decide(grant.actor, verb).allowed:
        words = "Set up your second step first: on Bedside's pages, under Signing in."
        raise Refused(403, "forbidden", words)


def insufficient_scope(kind: str, letters: str, *, is_program: bool = False) -> Refused:
    """Return the refusal of what the token's scopes leave out. It says nothing of what there is.

    Source: RFC 6750, section 3.1.
    """
    scope = f"{'system' if is_program else 'user'}/{kind or '*'}.{letters}"
    words = f"The access token has no scope for this: {scope} would be one."
    challenge = f'{_CHALLENGE}, error="insufficient_scope", scope="{scope}"'
    return Refused(403, "forbidden", words, headers={"www-authenticate": challenge})

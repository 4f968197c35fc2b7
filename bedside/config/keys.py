"""What `bedside token` does: let another program in under its own name, list such keys, revoke one."""

from __future__ import annotations

import argparse
from datetime import timedelta
from uuid import UUID

from .trouble import Trouble


def make(words: argparse.Namespace) -> None:
    """Make a key for a program, and show it once."""
    from bedside.accounts.commands import make_program_token
    from bedside.kernel.errors import Refusal
    from bedside.kernel.time import utc_now
    from bedside.platform.access import system_actor

    if not words.name or not words.scopes:
        raise Trouble("""Say who and what: bedside token make "Lab of X, nightly export" --scopes 'system/*.cruds'.""")
    now = utc_now()
    ends = now + timedelta(days=words.days)
    try:
        token, secret = make_program_token(
            actor=system_actor("token"), now=now, name=words.name, scopes=words.scopes, expires_at=ends
        )
    except Refusal as refusal:
        raise Trouble(str(refusal)) from None
    print(f"{token.program} may come in until {ends:%Y-%m-%d}, as: {token.scopes}.")
    print("This is its key. Keep it now: it is never shown again.")
    print(secret)


def list_tokens(words: argparse.Namespace) -> None:
    """Say which programs may come in, and as what."""
    from bedside.accounts.queries import list_program_tokens
    from bedside.kernel.time import utc_now
    from bedside.platform.access import system_actor

    found = list(list_program_tokens(actor=system_actor("token"), now=utc_now()))
    for one in found:
        used = f"last used {one.last_used_on:%Y-%m-%d}" if one.last_used_on else "never used"
        print(f"{one.program}: {one.id} (ends in {one.ending}), until {one.expires_at:%Y-%m-%d}, {used}")
        print(f"    {one.scopes}")
    if not found:
        print("No program may come in. `bedside token make` lets one in.")


def revoke(words: argparse.Namespace) -> None:
    """Make a key worth nothing."""
    from bedside.accounts.commands import revoke_program_token
    from bedside.kernel.errors import NotFound
    from bedside.kernel.time import utc_now
    from bedside.platform.access import system_actor

    try:
        token = revoke_program_token(actor=system_actor("token"), now=utc_now(), token_id=UUID(words.name or ""))
    except (ValueError, NotFound):
        raise Trouble("No key in force has that id. `bedside token list` shows those that have one.") from None
    print(f"{token.program} cannot come in with that key any more.")

"""What may be a name, how long a session lasts, what a client's address counts as. Values in, answers out."""

from __future__ import annotations

import ipaddress
import unicodedata
from datetime import date, datetime

from .terms import OLDEST_AGE_YEARS, SessionLimit

NAME_LENGTH_MOST = 100

#: Joiners that Persian, Hindi and others need inside a name. Source: Unicode 16, section 23.2.
_JOINERS = {"\u200c", "\u200d"}


def tidy_name(raw: str) -> str:
    """Return a name in one form: composed, with single spaces.

    Why: the same name typed on two keyboards must be the same name.
    Source: Unicode Standard Annex 15 (NFC).
    """
    return " ".join(unicodedata.normalize("NFC", raw).split())


def name_fault(name: str) -> str:
    """Return why this cannot be a name, or nothing: empty, long, hidden (invisible marks), or wordless.

    Right-to-left scripts are names like any other; marks that turn the direction of what follows are not,
    because they make one name look like another.
    Source: Unicode Technical Report 36, 2.5 (bidirectional spoofing).
    """
    if not name:
        return "empty"
    if len(name) > NAME_LENGTH_MOST:
        return "long"
    if any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn"} and c not in _JOINERS for c in name):
        return "hidden"
    return "" if any(unicodedata.category(c).startswith("L") for c in name) else "wordless"


def cleared_name(raw: str) -> str:
    """Return a name that comes from elsewhere as it is kept here: without hidden marks, and cut where ours end.

    Why: it was not typed here, so nobody can be asked to type it again; the document keeps it as it came.
    """
    seen = (c for c in raw if c.isspace() or c in _JOINERS or unicodedata.category(c)[0] != "C")
    return tidy_name("".join(seen))[:NAME_LENGTH_MOST].strip()


def birth_fault(birth_on: date, today: date) -> str:
    """Return why this cannot be a birthday, or nothing: still to come, or longer ago than anyone has lived."""
    if birth_on > today:
        return "future"
    return "past" if today.year - birth_on.year > OLDEST_AGE_YEARS else ""


def session_end(*, signed_in_at: datetime, seen_at: datetime, now: datetime, limit: SessionLimit) -> str:
    """Return what ended a session: `absolute` (it lasted long enough), `idle` (nobody was there), or nothing.

    Source: OWASP ASVS 5.0, 7.3.1 and 7.3.2; NIST SP 800-63B-4, 2.2.3.
    """
    if now - signed_in_at >= limit.absolute:
        return "absolute"
    return "idle" if now - seen_at >= limit.idle else ""


def address_key(raw: str) -> str:
    """Return what a client's address counts as: itself, or its /64 for IPv6.

    Source: RFC 6177: one site holds at least a /64, so single IPv6 addresses cost nothing.
    """
    try:
        address = ipaddress.ip_address(raw)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(address) >> 64 << 64, 64)))


#: Signs of a browser and of a system in what browsers say of themselves, the more telling first.
#: Source: MDN, "User-Agent header" (browser detection order).
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> tuple[str, str]:
    """Return the browser and the system a session runs on, in words people know; "" for one nobody knows."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return browser, system

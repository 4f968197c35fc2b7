"""The keys that words are looked up by: 64 bits of a hash, as PostgreSQL's bigint.

Two different words meet in one key with a chance of about one in 10^19; a key never decides what someone may see.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from uuid import NAMESPACE_URL, UUID, uuid5


@lru_cache(maxsize=50_000)
def key_of(words: str) -> int:
    """Return the key of some words. Units: a signed 64-bit integer."""
    return int.from_bytes(blake2b(words.encode(errors="surrogatepass"), digest_size=8).digest(), signed=True)


def token_key(kind: str, param: str, words: str) -> int:
    """Return the key of a token or uri in a parameter.

    Shape: `words` is "system|code", "|code" (no system), "code" (any system), "system|" (any code), a uri, or "" to
    say only that the parameter has a value at all.
    """
    return key_of(f"{kind}.{param}={words}")


def reference_key(kind: str, id: str) -> int:
    """Return the key of a resource, as it stands in the column `key` of its own row."""
    return key_of(f"{kind}/{id}")


@lru_cache(maxsize=5_000)
def param_key(kind: str, param: str) -> int:
    """Return what a reference in this parameter is mixed with.

    Why: a reference to a resource stands among the tokens as `target.key # param_key` (exclusive or), so that SQL can
    go from a resource to whatever refers to it, and back, without a table of references.
    """
    return key_of(f"{kind}.{param}=>")


@lru_cache(maxsize=5_000)
def param_number(kind: str, param: str) -> int:
    """Return the number of a parameter of a type in the side tables. Units: a signed 32-bit integer."""
    return int.from_bytes(blake2b(f"{kind}.{param}".encode(), digest_size=4).digest(), signed=True)


@lru_cache(maxsize=50_000)
def patient_uuid(id: str) -> UUID:
    """Return the key of a patient in the house, from the id of their Patient: the same, where the id is a UUID."""
    found: UUID | None
    try:
        found = UUID(id)
    except ValueError:
        found = None
    if found is not None and str(found) == id:
        return found
    named = f"Patient/{id}".encode(errors="replace").decode()  # half a letter is no id: validation refuses it
    return uuid5(NAMESPACE_URL, named)

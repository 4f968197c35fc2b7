"""By which addresses this server's own resources are known. Decided in docs/decisions/0033-own-addresses.md."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from .indexing.own import OwnAddresses
from .terms import BASE_PATH


def own_addresses() -> OwnAddresses:
    """Return the addresses that are ours: every host that is answered, as the settings name them."""
    return _of_hosts(tuple(settings.ALLOWED_HOSTS))


@lru_cache(maxsize=8)
def _of_hosts(hosts: tuple[str, ...]) -> OwnAddresses:
    return OwnAddresses(hosts, f"{BASE_PATH}/")

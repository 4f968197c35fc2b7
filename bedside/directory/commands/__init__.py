"""Every write of the directory."""

from .free_times import forget_past_times, lock_search_rows, store_free_times, take_free_time
from .papers import (
    BadPaper,
    BadPractice,
    LicenseKnown,
    SourceMissing,
    register_certificate,
    register_license,
    register_location,
    register_organization,
    register_practitioner,
    verify_certificate,
    verify_license,
)

__all__ = [
    "BadPaper",
    "BadPractice",
    "LicenseKnown",
    "SourceMissing",
    "forget_past_times",
    "lock_search_rows",
    "register_certificate",
    "register_license",
    "register_location",
    "register_organization",
    "register_practitioner",
    "store_free_times",
    "take_free_time",
    "verify_certificate",
    "verify_license",
]

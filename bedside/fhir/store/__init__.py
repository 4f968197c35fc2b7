"""Where documents are kept: every version of each, and what the current one is found by.

Steps only (see `asking`): whoever runs them opens the transaction, and rolls it back on a Refusal. A `Writer` says who
writes, when, what they reach and what they may change; what is out of reach is as if it were not there.
"""

from .actions import Change, Edit, Outcome, Permit, Writer, create, delete, patch, update
from .batches import batch_bundle
from .conditions import Match, conditional_match, create_if_none, delete_where, patch_where, update_where
from .fhirpath_patch import fhirpath_patch
from .history import HistoryPage, Place, history_page
from .items import Item, version_of
from .json_patch import json_patch
from .patches import edit_of, json_patch_of
from .reading import Found, read_body, read_version
from .refusals import (
    EntryRefused,
    IdMismatch,
    ManyMatches,
    RequestUnclear,
    ResourceBusy,
    ResourceMissing,
    ResourceRemoved,
    ResourceSealed,
    VersionMismatch,
    status_of,
)
from .transactions import Fetch, Results, transaction_bundle

__all__ = [
    "Change",
    "Edit",
    "EntryRefused",
    "Fetch",
    "Found",
    "HistoryPage",
    "IdMismatch",
    "Item",
    "ManyMatches",
    "Match",
    "Outcome",
    "Permit",
    "Place",
    "RequestUnclear",
    "ResourceBusy",
    "ResourceMissing",
    "ResourceRemoved",
    "ResourceSealed",
    "Results",
    "VersionMismatch",
    "Writer",
    "batch_bundle",
    "conditional_match",
    "create",
    "create_if_none",
    "delete",
    "delete_where",
    "edit_of",
    "fhirpath_patch",
    "history_page",
    "json_patch",
    "json_patch_of",
    "patch",
    "patch_where",
    "read_body",
    "read_version",
    "status_of",
    "transaction_bundle",
    "update",
    "update_where",
    "version_of",
]

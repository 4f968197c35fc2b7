"""What a document is found by: its entries in the search tables, worked out from the search parameters of R4."""

from .entries import DateEntry, Entries, NumberEntry, StringEntry
from .extract import entries_of
from .keys import param_key, param_number, reference_key, token_key

__all__ = [
    "DateEntry",
    "Entries",
    "NumberEntry",
    "StringEntry",
    "entries_of",
    "param_key",
    "param_number",
    "reference_key",
    "token_key",
]

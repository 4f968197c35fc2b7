"""ICD-10-CM: every code and its words, searched in memory. See docs/decisions on where the list lives."""

from .search import Code, find_code, search_codes, warm

__all__ = ["Code", "find_code", "search_codes", "warm"]

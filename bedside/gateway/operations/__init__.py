"""The operations of the API, by name and by where they may be asked."""

from .table import OPERATIONS, Operation, operate

__all__ = ["OPERATIONS", "Operation", "operate"]

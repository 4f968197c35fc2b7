"""FHIRPath compiled to Python: for search parameters, invariants and patches. Pure: no clock, no database, no network.

born = compile_path("Patient.birthDate", kind="Patient")
born(document)                                             # ["1970-01-01"]
rule = compile_path("start.empty() or end.empty() or start <= end", kind="Period")
rule.holds(period, resource=document)                      # True, False, or None when it cannot be told
"""

from .path import Path, compile_path, values_at
from .places import Place, compile_places
from .references import LiteralReference, literal_reference, referred_kind
from .syntax import UnsupportedPath
from .values import Typed

__all__ = [
    "LiteralReference",
    "Path",
    "Place",
    "Typed",
    "UnsupportedPath",
    "compile_path",
    "compile_places",
    "literal_reference",
    "referred_kind",
    "values_at",
]

"""The functions of FHIRPath, by name. Source: FHIRPath N1, section 5; FHIR R4 4.0.1, 2.9.1.6 (additional functions)."""

from . import choosing, existence, navigation, numbers, texts
from .shapes import Function

FUNCTIONS: dict[str, Function] = {
    **existence.FUNCTIONS,
    **choosing.FUNCTIONS,
    **navigation.FUNCTIONS,
    **texts.FUNCTIONS,
    **numbers.FUNCTIONS,
}

__all__ = ["FUNCTIONS", "Function"]

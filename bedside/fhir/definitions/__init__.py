"""What FHIR R4 4.0.1 and US Core 6.1 define, generated from the official definitions and read in one go.

    definition = registry().types["Observation"]
    definition.elements["valueQuantity"].type              # "Quantity"
    registry().search["Observation"]["code"].expression    # "Observation.code"
    registry().codes("http://hl7.org/fhir/ValueSet/observation-status")

`python -m bedside.fhir.definitions.build --help` makes the data again. Nobody else reads or writes `data/`.
"""

from .registry import Registry, registry
from .shapes import (
    Binding,
    Element,
    Invariant,
    Profile,
    ProfileElement,
    ProfileType,
    SearchParameter,
    SearchRule,
    Slicing,
    TypeDefinition,
)

__all__ = [
    "Binding",
    "Element",
    "Invariant",
    "Profile",
    "ProfileElement",
    "ProfileType",
    "Registry",
    "SearchParameter",
    "SearchRule",
    "Slicing",
    "TypeDefinition",
    "registry",
]

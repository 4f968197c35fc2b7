"""Says whether a document is FHIR R4, and where and why it is not.

    faults = validate(document)                # [] when it is valid
    faults[0].path, faults[0].words            # "Observation.status", "Observation.status is required."

Numbers are int or Decimal, as `documents.read_document` reads them. It never raises, whatever it is given.
"""

from .profiles import validate_profile
from .validate import validate

__all__ = ["validate", "validate_profile"]

"""Which release is in a file, and who reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bedside.fhir.terminology.faults import ICD_10_CM, LOINC, RXNORM, SNOMED

from .icd_10_cm import Icd10CmPack
from .loinc import LoincPack
from .rows import Release
from .rxnorm import RxnormPack
from .shapes import Pack
from .snomed import SnomedPack

_READERS: dict[str, Callable[[Release, str], Pack]] = {"loinc": LoincPack, "snomed": SnomedPack, "rxnorm": RxnormPack}
#: What can be loaded, by the name it goes by on the command line, and the url of its codes.
URLS = {"icd-10-cm": ICD_10_CM, "loinc": LOINC, "snomed": SNOMED, "rxnorm": RXNORM}
NAMES = tuple(URLS)


@contextmanager
def opened(name: str, path: Path | None, version: str = "") -> Iterator[Pack]:
    """Open a release by its name. Shape: `path` is the zip, or the folder it was unfolded to; ICD-10-CM needs none.

    Raises: PackMalformed.
    """
    if path is None:
        yield Icd10CmPack(version)
        return
    release = Release(path)
    try:
        yield _READERS[name](release, version)
    finally:
        release.close()

"""Write the list of ICD-10-CM codes as one flat file, in a process of its own.

Why: the package that holds the codes builds a tree of 170 MB and 2 s on import. Run apart and once, it costs the
server nothing; the flat file is read in a tenth of a second.
Shape: a line per code, `code<TAB>1 when billable<TAB>description`, in the order of the classification.
Run as `python -m bedside.record.codes.build PATH`.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

_CATEGORY = re.compile(r"[A-Z][0-9][0-9A-Z]")


def write_list(target: Path) -> None:
    """Write the list beside its place and move it there whole, so that a reader never sees half of it."""
    import simple_icd_10_cm

    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(f".{os.getpid()}.part")
    with part.open("w", encoding="utf-8") as out:
        for code in simple_icd_10_cm.get_all_codes(True):
            if _CATEGORY.match(code) and "-" not in code:
                leaf = int(simple_icd_10_cm.is_leaf(code))
                words = " ".join(simple_icd_10_cm.get_description(code).split())
                out.write(f"{code}\t{leaf}\t{words}\n")
    part.replace(target)


if __name__ == "__main__":
    write_list(Path(sys.argv[1]))

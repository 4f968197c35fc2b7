"""Writes ICD-10-CM as one flat list, in a process of its own.

Why: the package that holds it builds a tree of 170 MB on import, which a server had better not keep.
Shape: a line per code: code, parent or nothing, 1 when it is chosen itself, 1 when it can be billed, words; with tabs
between.
Run as `python -m bedside.fhir.terminology.loading.icd_10_cm_list`.
"""

from __future__ import annotations

import re
import sys

#: A chapter is a bare number; it is no code.
_CHAPTER = re.compile(r"[0-9]+")


def write_list() -> None:
    """Write every block, category and code to the standard output."""
    import simple_icd_10_cm as book

    for code in dict.fromkeys(book.get_all_codes(True)):
        if _CHAPTER.fullmatch(code):
            continue
        parent = book.get_parent(code)
        above = "" if parent == code or _CHAPTER.fullmatch(parent) else parent
        words = " ".join(book.get_description(code).split())
        sys.stdout.write(f"{code}\t{above}\t{int('-' not in code)}\t{int(book.is_leaf(code))}\t{words}\n")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    write_list()

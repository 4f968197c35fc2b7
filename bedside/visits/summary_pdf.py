"""The letter after a visit as a tagged PDF (PDF/UA-1), set by Typst inside this process.

The template is a program with no access to the network or to any file but its own folder and the fonts; what
stands on the page reaches it as data, so nothing a person typed can become markup.
"""

from __future__ import annotations

import json
import threading
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import typst

from .letter import Letter

HERE = Path(__file__).parent
TEMPLATE = HERE / "templates" / "visits" / "summary.typ"
FONTS = HERE / "fonts"

_compilers = threading.local()


def _compiler() -> typst.Compiler:
    """Return this thread's compiler. Why: one that has run before has its fonts and its template in memory."""
    if not hasattr(_compilers, "summary"):
        _compilers.summary = typst.Compiler(
            str(TEMPLATE), root=str(TEMPLATE.parent), font_paths=[str(FONTS)], ignore_system_fonts=True
        )
    found: typst.Compiler = _compilers.summary
    return found


def set_letter(letter: Letter, *, now: datetime) -> bytes:
    """Return the letter as a PDF. The same letter at the same time is the same bytes."""
    data = json.dumps(asdict(letter), ensure_ascii=False)
    made = _compiler().compile(
        format="pdf", sys_inputs={"letter": data}, pdf_standards=["ua-1"], timestamp=int(now.timestamp())
    )
    if not isinstance(made, bytes):
        raise TypeError("typst made more than one file")
    return made

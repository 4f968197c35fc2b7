"""The letter after a visit as a tagged PDF (PDF/UA-1), set by Typst inside this process.

The template is a program with no access to the network or to any file but its own folder and the fonts; what
stands on the page reaches it as data, so nothing a person typed can become markup.
"""

from __future__ import annotations

import json
import threading
import unicodedata
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from .letter import Letter

HERE = Path(__file__).parent
TEMPLATE = HERE / "templates" / "visits" / "summary.typ"
FONTS = HERE / "fonts"

#: What our fonts can draw: Latin, Greek, Cyrillic, and the signs of ordinary text. Anything else would break the
#: PDF/UA promise, and some of it breaks Typst 0.15 itself, so it is shown as a box with a line that says why.
DRAWABLE = frozenset(
    chr(code)
    for first, last in ((0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0x17F), (0x384, 0x3CF), (0x400, 0x45F))
    for code in range(first, last + 1)
    if unicodedata.category(chr(code)) != "Cn"
) | frozenset("\n–—‘’“”„…•€→←≤≥□™⅓⅔‰†№")
BOX = "□"

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
    shown, is_whole = _drawable(asdict(letter))
    shown["footnote"] = "" if is_whole else shown["labels"]["box"]
    data = json.dumps(shown, ensure_ascii=False)
    made = _compiler().compile(
        format="pdf", sys_inputs={"letter": data}, pdf_standards=["ua-1"], timestamp=int(now.timestamp())
    )
    if not isinstance(made, bytes):
        raise TypeError("typst made more than one file")
    return made


def _drawable(value: Any) -> tuple[Any, bool]:
    """Return the value with every sign that cannot be drawn as a box, and whether there was none."""
    if isinstance(value, str):
        text = unicodedata.normalize("NFC", value)
        seen = [c for c in text if c in DRAWABLE or unicodedata.category(c) not in {"Cf", "Cc"}]
        kept = "".join(c if c in DRAWABLE else BOX for c in seen)
        return kept, kept.count(BOX) == text.count(BOX)
    if isinstance(value, dict):
        parts = {key: _drawable(part) for key, part in value.items()}
        return {key: part for key, (part, _) in parts.items()}, all(whole for _, whole in parts.values())
    if isinstance(value, list | tuple):
        items = [_drawable(part) for part in value]
        return [part for part, _ in items], all(whole for _, whole in items)
    return value, True

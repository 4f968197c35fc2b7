"""Documents with one thing wrong each, in the text for people: what it is, where, and words the message must have."""

from __future__ import annotations

from typing import Any

from .documents import (
    XHTML,
    div,
    narrative,
    patient,
)

#: What is wrong: (the document, the place as FHIRPath, words of the message).
OF_NARRATIVE: dict[str, tuple[Any, str, str]] = {
    # Narrative
    "a script": (div("a<script>alert(1)</script>"), "Patient.text.div", "not allowed: “<script>”"),
    "an event handler": (div('<p onclick="x()">a</p>'), "Patient.text.div", "“<p onclick>”"),
    "a link that runs something": (div('<a href=" java\tscript:x()">a</a>'), "Patient.text.div", "may run something"),
    "a form": (div("<form>a</form>"), "Patient.text.div", "“<form>”"),
    "a frame": (div('<iframe src="http://x.org"/>'), "Patient.text.div", "“<iframe>”"),
    "a style that runs something": (
        div('<p style="width: expression(alert(1))">a</p>'), "Patient.text.div", "style that runs"
    ),
    "a picture that is a program": (div('<img src="data:text/html;base64,AAAA"/>'), "Patient.text.div", "may run"),
    "a drawing with a script": (
        div('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'), "Patient.text.div", "outside XHTML"
    ),
    "an entity of HTML": (div("a&nbsp;b"), "Patient.text.div", "is not XHTML: undefined entity"),
    "entities that grow": (
        narrative(f'<!DOCTYPE div [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><div xmlns="{XHTML}">&b;</div>'),
        "Patient.text.div", "has a document type",
    ),
    "a file of ours": (
        narrative(f'<!DOCTYPE div [<!ENTITY a SYSTEM "file:///etc/passwd">]><div xmlns="{XHTML}">&a;</div>'),
        "Patient.text.div", "has a document type",
    ),
    "a style sheet from elsewhere": (
        narrative(f'<?xml-stylesheet href="x.css"?><div xmlns="{XHTML}">a</div>'), "Patient.text.div", "instruction"
    ),
    "a narrative that does not end": (div("<p>a"), "Patient.text.div", "is not XHTML: mismatched tag"),
    "a narrative that is no div": (narrative(f'<p xmlns="{XHTML}">a</p>'), "Patient.text.div", "is one <div>"),
    "a narrative of no namespace": (narrative("<div>a</div>"), "Patient.text.div", f"xmlns=“{XHTML}”"),
    "a narrative that says nothing": (div("<p> </p>"), "Patient.text.div", "says nothing"),
    "a narrative without a status": (
        patient(text={"div": f'<div xmlns="{XHTML}">a</div>'}), "Patient.text.status", "is required"
    ),
}  # fmt: skip

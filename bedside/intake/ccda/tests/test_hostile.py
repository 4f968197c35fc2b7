"""XML that asks for more than to be read."""

from __future__ import annotations

import time

import pytest

from bedside.intake.ccda.document import read_document
from bedside.intake.opening import FileNotTaken

from .samples import document, section

ROOT = '<ClinicalDocument xmlns="urn:hl7-org:v3">'
LAUGHS = "".join('<!ENTITY l{} "{}">'.format(n, f"&l{n - 1};" * 10) for n in range(1, 10))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "why"),
    [
        (
            f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>{ROOT}<title>&e;</title></ClinicalDocument>',
            "DOCTYPE",
        ),
        (f'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">{ROOT}</ClinicalDocument>', "DOCTYPE"),
        (f'<!DOCTYPE x [<!ENTITY l0 "lol">{LAUGHS}]>{ROOT}<title>&l9;</title></ClinicalDocument>', "DOCTYPE"),
        (f'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]>{ROOT}</ClinicalDocument>', "DOCTYPE"),
        (f"{ROOT}<title>&undefined;</title></ClinicalDocument>", "well-formed"),
        (f"{ROOT}<title>", "well-formed"),
        (ROOT + "<a>" * 200 + "</a>" * 200 + "</ClinicalDocument>", "deeply"),
        (ROOT + "<a/>" * 200_001 + "</ClinicalDocument>", "elements"),
        ("<html/>", "ClinicalDocument"),
        ('<?xml version="1.0" encoding="KLINGON"?><ClinicalDocument/>', "well-formed"),
        ("\x00", "well-formed"),
    ],
    ids=range(11),
)
def test_what_is_no_plain_document_is_refused_at_once(content, why):
    began = time.process_time()
    with pytest.raises(FileNotTaken, match=why):
        read_document(content.encode())
    assert time.process_time() - began < 3


def test_letters_of_a_wrong_character_set_are_refused():
    broken = document(section("18776-5", "Plan", text="caf\u00e9")).decode().encode("latin-1")
    with pytest.raises(FileNotTaken, match="well-formed"):
        read_document(broken)


def test_a_document_about_two_patients_is_refused_whole():
    content = document().decode()
    target = content[content.index("<recordTarget>") : content.index("</recordTarget>") + len("</recordTarget>")]
    contents = read_document(content.replace(target, target * 2).encode())
    assert contents.brought == []
    assert [one.reason for one in contents.refused] == ["no_patient"]

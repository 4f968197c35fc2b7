"""What R4 defines is in the data file, whole, as it was built."""

from __future__ import annotations

import hashlib
import re
import zlib
from pathlib import Path

import orjson

from bedside.fhir.terminology import library
from bedside.fhir.terminology.build.__main__ import SOURCES, lines_of, main
from bedside.fhir.terminology.build.trimming import trimmed


def test_the_data_is_what_the_notice_says_it_is() -> None:
    notice = (library.DATA.parent / "NOTICE.txt").read_text()
    told = re.search(r"\b[0-9a-f]{64}\b", notice)
    assert told is not None
    assert hashlib.sha256(zlib.decompress(library.DATA.read_bytes())).hexdigest() == told[0]
    for kind, count in (("CodeSystem", "1,062"), ("ValueSet", "1,317"), ("ConceptMap", "19")):
        assert f"{len(library.urls(kind)):,}" == count


def test_a_code_system_in_two_versions_is_found_by_each() -> None:
    url = "http://terminology.hl7.org/CodeSystem/v2-0360"
    assert library.find_held(url, "2.7") is not None
    assert library.find_held(url, "2.3.1") is not None
    assert library.find_held(url, "1.0") is None


def test_a_system_without_its_concepts_is_not_held() -> None:
    assert library.find_document("CodeSystem", "http://snomed.info/sct") is not None
    assert library.find_held("http://snomed.info/sct") is None


def test_building_keeps_the_codes_and_leaves_the_story(tmp_path: Path) -> None:
    concept = {"code": "a", "display": "A", "definition": "A", "extension": [{"url": "x"}], "concept": [{"code": "b"}]}
    system = {
        "resourceType": "CodeSystem", "url": "http://example.org/s", "version": "1", "text": {"div": "…"},
        "concept": [concept], "contact": [{}], "status": "active", "content": "complete",
    }  # fmt: skip
    assert trimmed({"resourceType": "Patient"}) is None
    assert trimmed(system) == {
        "resourceType": "CodeSystem", "url": "http://example.org/s", "version": "1", "status": "active",
        "content": "complete", "concept": [{"code": "a", "display": "A", "concept": [{"code": "b"}]}],
    }  # fmt: skip
    folder = tmp_path / "dist" / "fhir" / "r4"
    folder.mkdir(parents=True)
    for name in SOURCES:
        (folder / name).write_bytes(orjson.dumps({"entry": [{"resource": system}]}))
    assert len(lines_of(folder).split(b"\n")) == len(SOURCES)
    for into in ("one", "two"):
        assert main(["--source", str(tmp_path), "--into", str(tmp_path / into)]) == 0
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()

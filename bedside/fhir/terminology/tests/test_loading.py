"""Releases are loaded whole or not at all, and twice is once."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from django.db import connection

from bedside.fhir.asking import answer
from bedside.fhir.terminology.commands import PackUnknown, load_pack, remove_pack
from bedside.fhir.terminology.faults import ICD_10_CM, LOINC, RXNORM, SNOMED
from bedside.fhir.terminology.loading import rows
from bedside.fhir.terminology.loading.opening import opened
from bedside.fhir.terminology.loading.rows import PackMalformed
from bedside.fhir.terminology.packs import find_pack
from bedside.fhir.terminology.queries import loaded_packs
from bedside.fhir.terminology.shapes import Concept, Designation, Property
from bedside.kernel.errors import NotAllowed, NotFound
from bedside.platform.access import ANONYMOUS, system_actor

from .conftest import NOW, Load
from .made import loinc_files, snomed_files, zipped

INT_2024 = f"{SNOMED}/900000000000207008/version/20240801"


def found(url: str, code: str) -> Concept:
    pack = answer(find_pack(url))
    assert pack is not None
    return answer(pack.find([code]))[code]


def test_loinc_comes_in_with_its_names_axes_parts_and_spanish(load: Load) -> None:
    loaded = load("loinc")
    assert (loaded.url, loaded.version, loaded.concept_count, loaded.was_there) == (LOINC, "2.78", 6, False)
    term = found(LOINC, "90001-1")
    assert term.display == 'Zuckerine [Mass/volume] in "Serum", or Plasma'
    assert term.parents == ("LP90001-9",)
    assert Property("SYSTEM", "valueString", "Ser/Plas") in term.properties
    assert Property("CLASSTYPE", "valueString", "Laboratory class") in term.properties
    assert Designation("es-MX", f"{LOINC}|LONG_COMMON_NAME", "Zuckerina en suero") in term.designations
    assert found(LOINC, "90003-7").display == "How is your mood today\nand tomorrow"
    assert not found(LOINC, "90004-5").is_active
    assert found(LOINC, "LP90001-9").display == "Sugars"


def test_snomed_comes_in_with_preferred_names_and_inferred_relations(load: Load) -> None:
    loaded = load("snomed")
    assert (loaded.url, loaded.version, loaded.concept_count) == (SNOMED, INT_2024, 6)
    assert found(SNOMED, "1002").display == "Tired of play"
    assert found(SNOMED, "1004").display == "Fatigue of both (disorder)"
    assert found(SNOMED, "1004").parents == ("1002", "1003")
    assert found(SNOMED, "1005").parents == ()
    assert Property("363698007", "valueCode", "1005") in found(SNOMED, "1003").properties
    assert "A word no longer used" not in [one.value for one in found(SNOMED, "1004").designations]
    assert not found(SNOMED, "1006").is_active


def test_rxnorm_comes_in_without_what_others_say(load: Load) -> None:
    loaded = load("rxnorm")
    assert (loaded.url, loaded.version, loaded.concept_count) == (RXNORM, "08052024", 4)
    drug = found(RXNORM, "501")
    assert drug.display == "zuckerine 5 MG Oral Tablet"
    assert set(drug.properties) == {
        Property("TTY", "valueCode", "SCD"),
        Property("NDC", "valueString", "00000000001"),
        Property("RXN_STRENGTH", "valueString", "5 MG"),
    }
    assert [one.value for one in drug.designations if one.use.endswith("|PSN")] == ["Zuckerine 5 mg tablet"]
    assert found(RXNORM, "502").parents == ("501",)
    assert Property("ingredient_of", "valueCode", "501") in found(RXNORM, "500").properties
    assert not found(RXNORM, "503").is_active


@pytest.mark.slow
@pytest.mark.django_db
def test_icd_10_cm_comes_from_the_installed_package() -> None:
    with opened("icd-10-cm", None) as pack:
        loaded = load_pack(actor=system_actor("test"), now=NOW, pack=pack)
    assert loaded.concept_count > 90_000
    assert loaded.version == "2026-04"
    held = answer(find_pack(ICD_10_CM))
    assert held is not None
    leaf = found(ICD_10_CM, "E11.65")
    assert leaf.display == "Type 2 diabetes mellitus with hyperglycemia"
    assert Property("billable", "valueBoolean", True) in leaf.properties
    assert answer(held.is_under("E11.65", "E08-E13"))
    assert found(ICD_10_CM, "E08-E13").is_abstract
    assert found(ICD_10_CM, "C7A").parents == ()
    assert len(answer(held.below("E11", limit=1_000))) > 80


def test_a_folder_is_as_good_as_a_zip(tmp_path: Path, db: None) -> None:
    for name, text in snomed_files().items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(text.encode())
    with opened("snomed", tmp_path) as pack:
        assert load_pack(actor=system_actor("test"), now=NOW, pack=pack).concept_count == 6


def test_the_same_release_twice_is_loaded_once(load: Load) -> None:
    first, second = load("loinc"), load("loinc")
    assert (first.was_there, second.was_there) == (False, True)
    assert second.concept_count == 6
    assert _count("fhir_concept") == 6


def test_a_changed_file_of_the_same_version_takes_the_place_of_the_old(load: Load) -> None:
    load("loinc")
    text = loinc_files()["LoincTable/Loinc.csv"].replace("Zuckerine, Blood", "Zuckerine of the blood")
    assert not load("loinc", {"Loinc.csv": text}).was_there
    assert "Zuckerine of the blood" in [one.value for one in found(LOINC, "90001-1").designations]
    assert _count("fhir_concept") == 6
    assert _count("fhir_code_system") == 1


def test_a_new_version_is_used_and_the_old_one_stays_until_it_is_removed(load: Load) -> None:
    load("snomed", version="first")
    load("snomed", version="second")
    assert [(one.version, one.is_in_use) for one in answer(loaded_packs())] == [("first", False), ("second", True)]
    assert answer(find_pack(SNOMED)).facts.version == "second"  # type: ignore[union-attr]
    assert answer(find_pack(SNOMED, "first")) is not None
    remove_pack(actor=system_actor("test"), now=NOW, url=SNOMED, version="first")
    assert answer(find_pack(SNOMED, "first")) is None
    assert _count("fhir_concept") == 6


def test_going_back_to_a_version_that_is_there_takes_no_loading(load: Load) -> None:
    load("snomed", version="first")
    load("snomed", version="second")
    assert load("snomed", version="first").was_there
    assert answer(find_pack(SNOMED)).facts.version == "first"  # type: ignore[union-attr]


def test_what_is_not_loaded_cannot_be_removed(db: None) -> None:
    with pytest.raises(PackUnknown):
        remove_pack(actor=system_actor("test"), now=NOW, url=SNOMED, version="none")


def test_only_the_house_loads(load: Load, tmp_path: Path) -> None:
    with opened("loinc", zipped(tmp_path / "Loinc.zip", loinc_files())) as pack, pytest.raises((NotFound, NotAllowed)):
        load_pack(actor=ANONYMOUS, now=NOW, pack=pack)


def test_a_loading_leaves_a_row_in_the_log(load: Load) -> None:
    load("loinc")
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason, detail->>'url' FROM audit_event WHERE action = 'fhir.load_terminology'")
        assert cursor.fetchall() == [("loaded", LOINC)]


CONCEPT, NAMES = "sct2_Concept_Snapshot_INT_20240801.txt", "sct2_Description_Snapshot-en_INT_20240801.txt"


@pytest.mark.parametrize(
    ("name", "file", "change", "said"),
    [
        ("loinc", "Loinc.csv", None, "There is no Loinc.csv in it."),
        ("loinc", "Loinc.csv", "", "The file is empty."),
        (
            "loinc",
            "Loinc.csv",
            "LOINC_NUM,STATUS\n1-1,ACTIVE\n",
            "line 1: The heading has no column VersionLastChanged.",
        ),
        ("loinc", "Loinc.csv", b"LOINC_NUM,VersionLastChanged\n\xe9,2\n", "line 2: This line is not UTF-8 text."),
        (
            "loinc",
            "Loinc.csv",
            "LOINC_NUM,VersionLastChanged\n1-1,2\n1-2\n",
            "line 3: The line has 1 columns and not 2.",
        ),
        ("loinc", "Loinc.csv", 'LOINC_NUM,VersionLastChanged\n"1-1,2\n', "line 2: The line cannot be read"),
        ("loinc", "Loinc.csv", loinc_files()["LoincTable/Loinc.csv"].split("\r\n")[0] + "\r\n", "not one code in it"),
        ("snomed", CONCEPT, None, "There is no sct2_Concept_Snapshot in it."),
        ("snomed", NAMES, None, "There is no sct2_Description_Snapshot in it."),
        ("snomed", CONCEPT, "id\teffectiveTime\n1\t2\n", "line 1: The heading has no column active."),
        ("snomed", CONCEPT, "id\tactive\n1\t1\n2\n", "line 3: The line has 1 columns and not 2."),
        ("snomed", NAMES, "id\tactive\n", "The heading has no column conceptId, languageCode, typeId, term."),
        ("rxnorm", "RXNREL.RRF", None, "There is no RXNREL.RRF in it."),
        ("rxnorm", "RXNCONSO.RRF", "500|ENG|\n", "line 1: The line has 2 columns and not 18."),
        (
            "rxnorm",
            "RXNSAT.RRF",
            "501|||12|AUI|501|A1||NDC|RXNORM|00000000001|N|4096",
            "line 1: The line has 13 columns and no end.",
        ),
        ("rxnorm", "RXNCONSO.RRF", "x" * 2_000_000, "It is longer than any release."),
    ],
)
def test_a_bad_release_is_refused_with_its_place_and_nothing_of_it_stays(
    load: Load, name: str, file: str, change: str | bytes | None, said: str
) -> None:
    with pytest.raises(PackMalformed) as caught:
        load(name, {file: change})
    assert said in str(caught.value)
    assert str(caught.value).endswith("Nothing was loaded.")
    assert _count("fhir_code_system") == _count("fhir_concept") == 0


def test_an_edition_we_do_not_know_asks_for_its_version(load: Load, tmp_path: Path) -> None:
    files = {name.replace("_INT_", "_XX1234567_"): text for name, text in snomed_files().items()}
    with pytest.raises(PackMalformed, match="--version"), opened("snomed", zipped(tmp_path / "a.zip", files)):
        pass


def test_what_is_no_zip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 no more")
    with pytest.raises(PackMalformed, match="not a zip"), opened("loinc", tmp_path / "a.zip"):
        pass
    with pytest.raises(PackMalformed, match="no such file"), opened("loinc", tmp_path / "b.zip"):
        pass


def test_a_zip_that_unfolds_to_more_than_any_release_is_refused(tmp_path: Path) -> None:
    bomb = zipped(tmp_path / "Loinc_1.0.zip", {"Loinc.csv": "LOINC_NUM," * 1_000_000})
    with pytest.raises(PackMalformed, match="unfolds to 10,000,000 bytes"), opened("loinc", bomb):
        pass


def test_a_zip_that_lies_about_its_size_is_stopped_as_it_unfolds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "LARGEST_FILE", 1_000)
    path = tmp_path / "folder"
    path.mkdir()
    (path / "Loinc.csv").write_text("LOINC_NUM,VersionLastChanged\n" + "1-1,2\n" * 1_000)
    with pytest.raises(PackMalformed, match="longer than any release"), opened("loinc", path):
        pass


def test_a_damaged_zip_is_refused(tmp_path: Path, db: None) -> None:
    path = zipped(tmp_path / "Loinc_2.78.zip", loinc_files())
    with zipfile.ZipFile(path) as made:
        start = made.getinfo("LoincTable/Loinc.csv").header_offset + 60
    data = bytearray(path.read_bytes())
    data[start : start + 40] = bytes(40)
    path.write_bytes(data)
    with pytest.raises(PackMalformed, match="cannot be unfolded"), opened("loinc", path):
        pass


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])

"""Tiny releases in the layout of the real ones. Every row is invented; the columns are those of the publishers."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

_LOINC_COLUMNS = """
    LOINC_NUM COMPONENT PROPERTY TIME_ASPCT SYSTEM SCALE_TYP METHOD_TYP CLASS VersionLastChanged CHNG_TYPE
    DefinitionDescription STATUS CONSUMER_NAME CLASSTYPE FORMULA EXMPL_ANSWERS SURVEY_QUEST_TEXT SURVEY_QUEST_SRC
    UNITSREQUIRED RELATEDNAMES2 SHORTNAME ORDER_OBS HL7_FIELD_SUBFIELD_ID EXTERNAL_COPYRIGHT_NOTICE EXAMPLE_UNITS
    LONG_COMMON_NAME EXAMPLE_UCUM_UNITS STATUS_REASON STATUS_TEXT CHANGE_REASON_PUBLIC COMMON_TEST_RANK
    COMMON_ORDER_RANK HL7_ATTACHMENT_STRUCTURE EXTERNAL_COPYRIGHT_LINK PanelType AskAtOrderEntry
    AssociatedObservations VersionFirstReleased ValidHL7AttachmentRequest DisplayName
""".split()  # noqa: SIM905  (as the release writes them)


def _csv(cells: list[str]) -> str:
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)


def _loinc(**cells: str) -> str:
    return _csv([cells.get(name, "") for name in _LOINC_COLUMNS])


def loinc_files() -> dict[str, str]:
    """Return the files of a LOINC of four terms, with a hierarchy and two names in Spanish."""
    rows = [
        _loinc(
            LOINC_NUM="90001-1", COMPONENT="Zuckerine", PROPERTY="MCnc", TIME_ASPCT="Pt", SYSTEM="Ser/Plas",
            SCALE_TYP="Qn", CLASS="CHEM", CLASSTYPE="1", STATUS="ACTIVE", VersionLastChanged="2.64",
            LONG_COMMON_NAME='Zuckerine [Mass/volume] in "Serum", or Plasma', SHORTNAME="Zuck SerPl-mCnc",
            CONSUMER_NAME="Zuckerine, Blood", RELATEDNAMES2="Sweetness; Lévulose", EXAMPLE_UCUM_UNITS="mg/dL",
            ORDER_OBS="Both",
        ),
        _loinc(
            LOINC_NUM="90002-9", COMPONENT="Zuckerine", PROPERTY="SCnc", SYSTEM="Urine", SCALE_TYP="Qn", CLASS="CHEM",
            CLASSTYPE="1", STATUS="ACTIVE", VersionLastChanged="2.78",
            LONG_COMMON_NAME="Zuckerine [Moles/volume] in Urine",
        ),
        _loinc(
            LOINC_NUM="90003-7", COMPONENT="Mood today", SCALE_TYP="Ord", CLASS="SURVEY", CLASSTYPE="4", STATUS="TRIAL",
            VersionLastChanged="2.9", LONG_COMMON_NAME="How is your mood today\nand tomorrow",
        ),
        _loinc(
            LOINC_NUM="90004-5", COMPONENT="Zuckerine old", SCALE_TYP="Qn", CLASS="CHEM", CLASSTYPE="1",
            STATUS="DEPRECATED", VersionLastChanged="2.10", LONG_COMMON_NAME="Zuckerine, by an old method",
        ),
    ]  # fmt: skip
    tree = [
        "PATH_TO_ROOT,SEQUENCE,IMMEDIATE_PARENT,CODE,CODE_TEXT",
        ',1,,LP90000-1,"Laboratory"',
        'LP90000-1,1,LP90000-1,LP90001-9,"Sugars"',
        'LP90000-1.LP90001-9,1,LP90001-9,90001-1,"Zuck SerPl-mCnc"',
        'LP90000-1.LP90001-9,2,LP90001-9,90002-9,"Zuck Ur-sCnc"',
    ]
    spanish = [
        "LOINC_NUM,COMPONENT,PROPERTY,TIME_ASPCT,SYSTEM,SCALE_TYP,METHOD_TYP,CLASS,SHORTNAME,LONG_COMMON_NAME,RELATEDNAMES2,"
        "LinguisticVariantDisplayName",
        "90001-1,Zuckerina,,,,,,,,Zuckerina en suero,,",
        "90002-9,Zuckerina,,,,,,,,Zuckerina en orina,,",
    ]
    return {
        "LoincTable/Loinc.csv": "\r\n".join([_csv(list(_LOINC_COLUMNS)), *rows]) + "\r\n",
        "AccessoryFiles/ComponentHierarchyBySystem/ComponentHierarchyBySystem.csv": "\n".join(tree) + "\n",
        "AccessoryFiles/LinguisticVariants/esMX28LinguisticVariant.csv": "\n".join(spanish) + "\n",
    }


def _tabs(*rows: str) -> str:
    return "".join("\t".join(row.split("|")) + "\r\n" for row in rows)


def snomed_files() -> dict[str, str]:
    """Return the files of a SNOMED CT of six concepts: a tree with one that has two parents, and one retired."""
    folder, core = "SnomedCT_International/Snapshot", "900000000000207008"
    named, synonym = "900000000000003001", "900000000000013009"
    when = f"20240801|1|{core}"
    return {
        f"{folder}/Terminology/sct2_Concept_Snapshot_INT_20240801.txt": _tabs(
            "id|effectiveTime|active|moduleId|definitionStatusId",
            *(f"{code}|{when}|900000000000074008" for code in ("1001", "1002", "1003", "1004", "1005")),
            f"1006|20240801|0|{core}|900000000000074008",
        ),
        f"{folder}/Terminology/sct2_Description_Snapshot-en_INT_20240801.txt": _tabs(
            "id|effectiveTime|active|moduleId|conceptId|languageCode|typeId|term|caseSignificanceId",
            f"1|{when}|1001|en|{named}|Finding of play (finding)|0",
            f"2|{when}|1001|en|{synonym}|Finding of play|0",
            f"3|{when}|1002|en|{named}|Tired of play (finding)|0",
            f"4|{when}|1002|en|{synonym}|Weary of play|0",
            f"5|{when}|1002|en|{synonym}|Tired of play|0",
            f"6|{when}|1003|en|{named}|Ménard's fatigue (disorder)|0",
            f"7|{when}|1003|en|{synonym}|Ménard's fatigue|0",
            f"8|{when}|1004|en|{named}|Fatigue of both (disorder)|0",
            f"9|{when}|1005|en|{named}|Playing field (body structure)|0",
            f"10|{when}|1006|en|{named}|Retired fatigue (disorder)|0",
            f"11|20240801|0|{core}|1004|en|{synonym}|A word no longer used|0",
        ),
        f"{folder}/Terminology/sct2_Relationship_Snapshot_INT_20240801.txt": _tabs(
            "id|effectiveTime|active|moduleId|sourceId|destinationId|relationshipGroup|typeId|characteristicTypeId|"
            "modifierId",
            f"1|{when}|1002|1001|0|116680003|900000000000011006|0",
            f"2|{when}|1003|1001|0|116680003|900000000000011006|0",
            f"3|{when}|1004|1002|0|116680003|900000000000011006|0",
            f"4|{when}|1004|1003|0|116680003|900000000000011006|0",
            f"5|{when}|1003|1005|1|363698007|900000000000011006|0",
            f"6|20240801|0|{core}|1005|1001|0|116680003|900000000000011006|0",
        ),
        f"{folder}/Refset/Language/der2_cRefset_LanguageSnapshot-en_INT_20240801.txt": _tabs(
            "id|effectiveTime|active|moduleId|refsetId|referencedComponentId|acceptabilityId",
            f"a|{when}|900000000000509007|2|900000000000548007",
            f"b|{when}|900000000000509007|5|900000000000548007",
            f"c|{when}|900000000000508004|4|900000000000548007",
            f"d|{when}|900000000000509007|4|900000000000549004",
            f"e|{when}|900000000000509007|7|900000000000548007",
        ),
    }


def _bars(*rows: str) -> str:
    return "".join(row + "|\n" for row in rows)


def rxnorm_files() -> dict[str, str]:
    """Return the files of an RxNorm of an ingredient, a drug made of it, its brand, and one that is gone."""
    return {
        "rrf/RXNCONSO.RRF": _bars(
            "500|ENG||||||11|||500|RXNORM|IN|500|zuckerine||N|4096",
            "501|ENG||||||12|||501|RXNORM|SCD|501|zuckerine 5 MG Oral Tablet||N|4096",
            "501|ENG||||||13|||501|RXNORM|PSN|501|Zuckerine 5 mg tablet||N|4096",
            "501|ENG||||||14|||x1|OTHER|PT|x1|Something another says||N|",
            "502|ENG||||||15|||502|RXNORM|SBD|502|zuckerine 5 MG Oral Tablet [Zuckor]||N|4096",
            "503|ENG||||||16|||503|RXNORM|SCD|503|zuckerine 1 MG Oral Tablet||O|4096",
        ),
        "rrf/RXNREL.RRF": _bars(
            "501||CUI|RN|502||CUI|isa|1||RXNORM||||N|4096",
            "502||CUI|RB|501||CUI|inverse_isa|2||RXNORM||||N|4096",
            "501||CUI|RO|500||CUI|ingredient_of|3||RXNORM||||N|4096",
            "501||CUI|RO|500||CUI|something|4||OTHER||||N|",
        ),
        "rrf/RXNSAT.RRF": _bars(
            "501|||12|AUI|501|A1||NDC|RXNORM|00000000001|N|4096",
            "501|||12|AUI|501|A2||RXN_STRENGTH|RXNORM|5 MG|N|4096",
            "501|||12|AUI|501|A3||NDC|OTHER|00000000002|N|",
            "503|||16|AUI|503|A4||NDC|RXNORM|00000000003|O|4096",
        ),
    }


def zipped(path: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files into a zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in files.items():
            made.writestr(name, text)
    return path

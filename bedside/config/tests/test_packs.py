"""`bedside terminology`: what it says when it works, and when it cannot."""

import argparse

import pytest

from bedside.config import packs
from bedside.config.cli import parser
from bedside.config.trouble import Trouble
from bedside.fhir.terminology.tests.made import loinc_files, zipped


def words(*said: str) -> argparse.Namespace:
    return parser().parse_args(["terminology", *said])


@pytest.mark.django_db
def test_a_release_is_loaded_listed_and_removed(tmp_path, capsys):
    release = str(zipped(tmp_path / "Loinc_2.78.zip", loinc_files()))
    packs.load(words("load", "loinc", release))
    assert capsys.readouterr().out == "LOINC 2.78 is loaded and in use: 6 codes.\n"
    packs.load(words("load", "loinc", release))
    assert "was loaded before" in capsys.readouterr().out
    packs.list_packs(words("list"))
    listed = capsys.readouterr().out
    assert "LOINC 2.78: 6 codes" in listed
    assert "copyright Regenstrief Institute" in listed
    packs.remove(words("remove", "loinc", "2.78"))
    assert capsys.readouterr().out == "loinc 2.78 is removed.\n"
    packs.list_packs(words("list"))
    assert capsys.readouterr().out.startswith("Nothing is loaded.")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("do", "said", "told"),
    [
        ("load", ["load"], "Say which codes: icd-10-cm, loinc, snomed or rxnorm."),
        ("load", ["load", "cpt", "a.zip"], "Say which codes"),
        ("load", ["load", "snomed"], "Say where the release is: bedside terminology load snomed FILE."),
        ("load", ["load", "snomed", "no-such.zip"], "There is no such file or folder. Nothing was loaded."),
        ("remove", ["remove", "loinc", "1.0"], "No code system of that name is loaded in that version."),
    ],
)
def test_what_cannot_be_done_is_one_sentence(do, said, told):
    with pytest.raises(Trouble, match=told.replace(".", r"\.")):
        getattr(packs, do)(words(*said))

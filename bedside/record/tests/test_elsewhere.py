"""What others call allergies and medicines, in our words; and what is not certain is said to be so."""

from __future__ import annotations

import pytest

from bedside.record.terms.elsewhere import SYSTEMS, allergy_meant, codes, medicine_meant, names
from bedside.record.terms.substances import MEDICINES, SUBSTANCES

#: What Synthea writes: the codes of its patients until 2020, and of its module of drug allergies since.
SYNTHEA = [
    ("snomed", "419474003", "Allergy to mould", "mold"),
    ("snomed", "232350006", "House dust mite allergy", "dust-mites"),
    ("snomed", "419263009", "Allergy to tree pollen", "pollen"),
    ("snomed", "300913006", "Shellfish allergy", "shellfish"),
    ("snomed", "232347008", "Dander (animal) allergy", "cat dog"),
    ("snomed", "418689008", "Allergy to grass pollen", "pollen"),
    ("snomed", "91934008", "Allergy to nut", "peanut tree-nuts"),
    ("snomed", "91935009", "Allergy to peanuts", "peanut"),
    ("snomed", "425525006", "Allergy to dairy product", "milk"),
    ("snomed", "300916003", "Latex allergy", "latex"),
    ("snomed", "417532002", "Allergy to fish", "fish"),
    ("snomed", "424213003", "Allergy to bee venom", "bee-sting"),
    ("snomed", "420174000", "Allergy to wheat", "wheat"),
    ("snomed", "91930004", "Allergy to eggs", "egg"),
    ("snomed", "714035009", "Allergy to soya", "soy"),
    ("rxnorm", "7984", "Penicillin V", "penicillin-v"),
    ("rxnorm", "1191", "Aspirin", "aspirin"),
    ("rxnorm", "5640", "Ibuprofen", "ibuprofen"),
    ("rxnorm", "10831", "Sulfamethoxazole / Trimethoprim", "sulfamethoxazole sulfonamide_antibiotics trimethoprim"),
    ("rxnorm", "25037", "cefdinir", "cefdinir"),
    ("rxnorm", "25033", "Cefixime", "cefixime"),
    ("rxnorm", "20489", "cefpodoxime", "cefpodoxime"),
    ("rxnorm", "2191", "Ceftazidime", "cephalosporins"),
    ("rxnorm", "2193", "Ceftriaxone", "cephalosporins"),
    ("rxnorm", "2180", "Cefazolin", "cephalosporins"),
    ("rxnorm", "2231", "Cephalexin", "cephalexin"),
    ("rxnorm", "2176", "Cefaclor", "cephalosporins"),
    ("rxnorm", "20481", "cefepime", "cephalosporins"),
    ("rxnorm", "2189", "Cefoxitin", "cephalosporins"),
    ("rxnorm", "2194", "Cefuroxime", "cefuroxime"),
]


@pytest.mark.parametrize(("system", "code", "display", "keys"), SYNTHEA)
def test_what_synthea_writes_is_understood_by_its_code_and_by_its_name(system, code, display, keys):
    by_code = allergy_meant({"coding": [{"system": SYSTEMS[system], "code": code}]})
    by_name = allergy_meant({"text": display})
    both = allergy_meant({"coding": [{"system": SYSTEMS[system], "code": code, "display": display}], "text": display})
    for meant in (by_code, by_name, both):
        assert (set(meant.keys), meant.is_whole) == (set(keys.split()), True)


def test_a_code_that_does_not_fit_its_name_stands_for_both():
    wrong = {"coding": [{"system": SYSTEMS["rxnorm"], "code": "7984", "display": "Sulfonamide"}]}
    assert set(allergy_meant(wrong).keys) == {"penicillin-v", "sulfonamide_antibiotics"}


def test_a_code_nobody_here_has_looked_up_is_not_understood_without_its_name():
    lisinopril = {"system": SYSTEMS["rxnorm"], "code": "29046"}
    assert not allergy_meant({"coding": [lisinopril]}).is_whole
    assert allergy_meant({"coding": [{**lisinopril, "display": "Lisinopril"}]}).is_whole


def test_words_beside_a_code_that_say_more_are_not_understood():
    concept = {"coding": [{"system": SYSTEMS["rxnorm"], "code": "7984"}], "text": "Penicillin V and some cream"}
    meant = allergy_meant(concept)
    assert (meant.keys, meant.is_whole) == (("penicillin-v",), False)


def test_what_was_seen_to_cause_it_counts_beside_what_it_is_called():
    seen = {"coding": [{"system": SYSTEMS["rxnorm"], "code": "1191"}]}
    assert allergy_meant({"text": "Penicillin"}, [seen]).keys == ("penicillins", "aspirin")
    assert not allergy_meant({"text": "Drug allergy"}, [seen]).is_whole
    assert allergy_meant(None, [seen]).is_whole


@pytest.mark.parametrize("nothing", [None, {}, {"coding": []}, {"text": ""}, {"coding": [{"code": "1"}]}])
def test_an_allergy_to_nothing_that_is_said_is_not_understood(nothing):
    meant = allergy_meant(nothing)
    assert (meant.keys, meant.is_whole) == ((), False)


@pytest.mark.parametrize("key", sorted(SUBSTANCES))
def test_every_substance_of_ours_is_understood_by_its_name_in_both_languages(key):
    for word in (SUBSTANCES[key].name.en, SUBSTANCES[key].name.es):
        meant = allergy_meant({"text": word})
        assert meant.is_whole
        assert key in meant.keys or meant.keys, word


def test_the_tables_name_only_what_we_have():
    ingredients = {one for medicine in MEDICINES.values() for one in medicine.ingredients}
    known = ingredients | SUBSTANCES.keys() | MEDICINES.keys()
    assert {key for keys in (*codes().values(), *names().values()) for key in keys} <= known


@pytest.mark.parametrize(
    ("said", "keys", "is_whole"),
    [
        ("Warfarin Sodium 5 MG Oral Tablet", "warfarin", True),
        ("200 ACTUAT Albuterol 0.09 MG/ACTUAT Metered Dose Inhaler", "albuterol@lungs", True),
        ("120 ACTUAT Fluticasone propionate 0.044 MG/ACTUAT Metered Dose Inhaler", "fluticasone@lungs", True),
        ("Amoxicillin 250 MG / Clavulanate 125 MG Oral Tablet", "amoxicillin+clavulanate", True),
        ("NITROFURANTOIN, MACROCRYSTALS 50 MG Oral Capsule", "nitrofurantoin", True),
        ("Potassium Chloride 20 MEQ Extended Release Oral Tablet", "potassium-chloride", True),
        ("ketoconazole 20 MG/ML Medicated Shampoo", "ketoconazole@skin", False),
        ("Salbutamol", "albuterol@lungs", True),
        ("Paracetamol 500 mg", "acetaminophen", True),
        ("Acetaminophen 1 MG/ML / doxylamine succinate 0.4 MG/ML Oral Solution", "acetaminophen", False),
        ("Warfarin, and what her sister takes", "warfarin", False),
        ("Astemizole 10 MG Oral Tablet", "", False),
        ("Insulin", "", False),
        ("", "", False),
    ],
)
def test_a_medicine_is_known_by_its_name_and_what_is_left_of_it_is_not(said, keys, is_whole):
    meant = medicine_meant({"coding": [{"display": said}]})
    assert (meant.keys, meant.is_whole) == (tuple(keys.split()), is_whole)


def test_a_code_says_what_a_name_that_is_misspelled_does_not():
    coding = {"system": SYSTEMS["rxnorm"], "code": "316672", "display": "Simvistatin 10 MG"}
    meant = medicine_meant({"coding": [coding], "text": "Simvistatin 10 MG"})
    assert (meant.keys, meant.is_whole) == (("simvastatin",), True)

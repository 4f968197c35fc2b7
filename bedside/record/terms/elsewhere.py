"""What others call what people are allergic to and what they take, in our words. What is not certain is said to be so.

Why: an allergy that came from another house must stop a prescription as one of ours does, and one that we do not
understand must never pass in silence. Codes and names are read together: a code that is wrong stops no name.
Source: data/elsewhere_codes.tsv and data/elsewhere_names.tsv name theirs; docs/rules/prescribing.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .substances import ALLERGY_GROUPS, MEDICINES, SUBSTANCES, folded

OWN = "urn:bedside:medicine"

#: The code systems that are understood, by their names in the tables.
SYSTEMS = {
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "snomed": "http://snomed.info/sct",
    "unii": "http://fdasis.nlm.nih.gov",
}
#: SNOMED CT for having no allergies. Source: US Core 6.1.0, AllergyIntolerance, guidance on negation.
_NONE = frozenset({"716186003", "409137002", "429625007", "428607008"})
_NONE_WORDS = frozenset({"no known allergies", "no known allergy", "no known drug allergies", "no known drug allergy",
                         "nka", "nkda", "sin alergias conocidas", "ninguna alergia conocida"})  # fmt: skip

_KIND = re.compile(r"\s*\((?:substance|finding|product|disorder|organism|medicinal product)\)$")
_BEFORE = re.compile(
    r"^(?:(?:drug |food )?allergy to|allergic to|hypersensitivity to|intolerance to|product containing(?: only)?"
    r"|alergic[oa] a|alergia a|intolerancia a)\s+(?:the |la |el |los |las )?"
)
_AFTER = re.compile(r"\s+(?:allergy|allergies|hypersensitivity|intolerance)$")

_MEASURE = re.compile(r"[\d.,]+(?:%|mg|mcg|g|ml|unt|units)?(?:/[\d.]*(?:mg|mcg|g|ml|actuat|hr))?|nda\d+")
#: What stands beside the name of a medicine and does not change what it is.
_BESIDE_WORDS = """
mg mcg g ml meq mg/ml mcg/ml mg/actuat mg/mg mg/hr mcg/actuat unt unt/ml units unit actuat % hr hour day oral tablet
tablets capsule capsules solution suspension syrup chewable extended delayed release enteric coated film
disintegrating powder injection injectable prefilled syringe auto-injector spray metered dose inhaler inhalation
sodium potassium hydrochloride hydrocholoride sulfate succinate tartrate maleate mesylate besylate calcium magnesium
phosphate acetate fumarate citrate hydrobromide anhydrous monohydrate trihydrate propionate macrocrystals tableta
tabletas comprimido comprimidos capsula capsulas
"""
_BESIDE = frozenset(_BESIDE_WORDS.split())
#: Words that say where a medicine acts, by our places.
_PLACES = {"topical": "skin", "cream": "skin", "ointment": "skin", "shampoo": "skin", "transdermal": "skin",
           "ophthalmic": "eye", "otic": "ear", "nasal": "nose", "vaginal": "vagina",
           "inhaler": "lungs", "inhalation": "lungs"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Meant:
    """What something means in our words. Shape: `is_whole` says that nothing of it was left that we do not know."""

    keys: tuple[str, ...]
    is_whole: bool


def _rows(name: str) -> list[list[str]]:
    path = Path(__file__).parents[1] / "data" / name
    return [line.rstrip("\n").split("\t") for line in path.open(encoding="utf-8") if not line.startswith("#")]


@cache
def codes() -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Return our keys by system and code."""
    return {(SYSTEMS[kind], code): tuple(keys.split()) for kind, code, _, keys in _rows("elsewhere_codes.tsv")}


@cache
def names() -> Mapping[str, tuple[str, ...]]:
    """Return our keys by folded name, in both languages, singular and plural."""
    found: dict[str, tuple[str, ...]] = {}
    for one in SUBSTANCES.values():
        for word in (one.key, one.key.replace("-", " ").replace("_", " "), one.name.en, one.name.es):
            found[folded(word)] = (one.key,)
            found[folded(re.sub(r"\s*\(.*?\)", "", word))] = (one.key,)
    found |= {name: tuple(keys.split()) for name, keys in _rows("elsewhere_names.tsv")}
    for medicine in MEDICINES.values():
        if not medicine.place:
            alone = tuple(sorted(medicine.ingredients))
            keys = (medicine.key,) if len(alone) == 1 else (*alone, *sorted(medicine.classes & ALLERGY_GROUPS.keys()))
            for word in (medicine.key.replace("+", "-"), medicine.name.en, medicine.name.es):
                found.setdefault(folded(word), keys)
        for ingredient in medicine.ingredients:
            found.setdefault(ingredient.replace("-", " "), (ingredient,))
    for name, keys in list(found.items()):
        found.setdefault(f"{name}s", keys)
    return found


def allergy_meant(code: Any, seen: Iterable[Any] = ()) -> Meant | None:
    """Return what an allergy is to, from its code and the substances seen to cause it; None for having none at all."""
    found = [_concept_meant(one) for one in (code, *seen) if one]
    if found and found[0] is None:
        return None
    known = [one for one in found if one is not None]
    keys = tuple(dict.fromkeys(key for one in known for key in one.keys))
    return Meant(keys, bool(known) and all(one.is_whole for one in known))


def _concept_meant(concept: Any) -> Meant | None:
    """Return what one concept says. Its codings say the same, so one that is known is enough; its text must be too."""
    concept = concept if isinstance(concept, Mapping) else {}
    keys: list[str] = []
    said: set[str] = set()
    for coding in concept.get("coding", ()):
        code, display = str(coding.get("code", "")), folded(str(coding.get("display", "")))
        if (coding.get("system") == SYSTEMS["snomed"] and code in _NONE) or display in _NONE_WORDS:
            return None
        if coding.get("system") == OWN and _is_ours(code):
            return Meant((code,), True)
        found = (*codes().get((str(coding.get("system", "")), code), ()), *_allergen_named(display).keys)
        keys += found
        if found:
            said.add(display)
    text = folded(str(concept.get("text", "")))
    if text in _NONE_WORDS:
        return None
    named = _allergen_named(text)
    is_whole = (bool(keys) and (not text or text in said)) or named.is_whole
    return Meant(tuple(dict.fromkeys((*keys, *named.keys))), is_whole)


def _is_ours(code: str) -> bool:
    return code in SUBSTANCES or code in MEDICINES or any(code in one.ingredients for one in MEDICINES.values())


def _allergen_named(text: str) -> Meant:
    """Return what a name of an allergy is of: the whole of it, or each of its ingredients."""
    name = _AFTER.sub("", _BEFORE.sub("", _KIND.sub("", text)))
    if name in names():
        return Meant(names()[name], True)
    parts = [_ingredient(part) for part in name.split(" / ")]
    keys = tuple(key for found, _ in parts for key in found)
    return Meant(keys, bool(keys) and all(found and is_whole for found, is_whole in parts))


def _ingredient(text: str) -> tuple[tuple[str, ...], bool]:
    """Return the keys of the name a text begins with, and whether nothing but salts, forms and strengths is left."""
    words = text.replace(",", " ").split()
    for first, word in enumerate(words):
        for last in range(len(words), first, -1):
            start = " ".join(words[first:last])
            if start in names():
                return names()[start], all(map(_is_beside, words[last:]))
        if not _is_beside(word):
            break
    return (), False


def _is_beside(word: str) -> bool:
    return word in _BESIDE or word in _PLACES or _MEASURE.fullmatch(word) is not None


def medicine_meant(concept: Any, *, product: str = "") -> Meant:
    """Return which of our medicines a concept is. Shape: `product` is our own code, "" where it has none."""
    if product.split(":")[0] in MEDICINES:
        return Meant((product,), True)
    concept = concept if isinstance(concept, Mapping) else {}
    codings = [one for one in concept.get("coding", ()) if isinstance(one, Mapping)]
    said = [codes().get((str(one.get("system", "")), str(one.get("code", ""))), ()) for one in codings]
    by_code = [key for found in said for key in found if key in MEDICINES]
    words = [str(word) for word in (*(one.get("display", "") for one in codings), concept.get("text", "")) if word]
    by_name = [_medicine_named(folded(word)) for word in words]
    keys = tuple(dict.fromkeys((*by_code, *(key for one in by_name for key in one.keys))))
    return Meant(keys, bool(by_code) or any(one.is_whole for one in by_name))


def _medicine_named(text: str) -> Meant:
    """Return the medicines a name stands for: one of our mixtures, or each of its ingredients."""
    parts = [_ingredient(part) for part in text.split(" / ")]
    ingredients = [key for found, _ in parts for key in found if key not in ALLERGY_GROUPS]
    place = next((_PLACES[word] for word in text.split() if word in _PLACES), "")
    mixtures = [one for one in MEDICINES.values() if one.ingredients == set(ingredients) and one.place == place]
    if mixtures and all(is_whole for _, is_whole in parts):
        return Meant((mixtures[0].key,), True)
    keys = tuple(key for one in ingredients for key in _taken_as(one, place))
    is_whole = all(is_whole and any(_taken_as(key, place) for key in found) for found, is_whole in parts)
    return Meant(keys, is_whole and bool(keys))


def _taken_as(ingredient: str, place: str) -> tuple[str, ...]:
    """Return our medicine of one ingredient: as it acts at that place, else as it is swallowed, else as inhaled."""
    return next(
        ((key,) for key in (f"{ingredient}@{place}", ingredient, f"{ingredient}@lungs") if key in MEDICINES), ()
    )

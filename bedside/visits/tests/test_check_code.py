"""The check code: the word list and the worked examples pages are tested against."""

import hashlib
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
WORDS = json.loads((ROOT / "bedside/visits/static/visits/check-words.json").read_text())
EXAMPLES = json.loads((ROOT / "docs/reference/check-code.json").read_text())["examples"]


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_list_has_256_different_words(language):
    assert len(WORDS[language]) == 256 == len(set(WORDS[language]))


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_the_worked_examples_follow_the_recipe(example):
    first, second = sorted([example["local"], example["remote"]])
    salt = f"bedside-check-code-1:{example['visit']}".encode()
    bits = hashlib.pbkdf2_hmac("sha256", f"{first}\n{second}".encode(), salt, 100_000, 4)
    assert list(bits) == example["bits"]
    assert [WORDS["en"][bit] for bit in bits] == example["en"]
    assert [WORDS["es"][bit] for bit in bits] == example["es"]


def test_both_sides_get_the_same_words():
    assert EXAMPLES[0]["local"] == EXAMPLES[1]["remote"]
    assert EXAMPLES[0]["en"] == EXAMPLES[1]["en"]

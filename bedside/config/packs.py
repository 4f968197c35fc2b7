"""What `bedside terminology` does: load a release of codes, list what is loaded, remove one."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .trouble import Trouble


def _known(name: str | None) -> str:
    from bedside.fhir.terminology.loading.opening import NAMES

    if name not in NAMES:
        raise Trouble(f"Say which codes: {', '.join(NAMES[:-1])} or {NAMES[-1]}.")
    return name


def load(words: argparse.Namespace) -> None:
    """Load a release and put it into use."""
    from bedside.fhir.terminology.commands import load_pack
    from bedside.fhir.terminology.loading.opening import opened
    from bedside.kernel.errors import Refusal
    from bedside.kernel.time import utc_now
    from bedside.platform.access import system_actor

    name = _known(words.name)
    if name != "icd-10-cm" and not words.file:
        raise Trouble(f"Say where the release is: bedside terminology load {name} FILE.")
    path = Path(words.file) if words.file else None
    try:
        with opened(name, path, words.version) as pack:
            _say(f"Loading {pack.facts.name} {pack.facts.version} …")
            loaded = load_pack(actor=system_actor("terminology"), now=utc_now(), pack=pack, say=_say)
    except Refusal as refusal:
        raise Trouble(str(refusal)) from None
    done = "was loaded before, and is in use" if loaded.was_there else "is loaded and in use"
    print(f"{pack.facts.name} {loaded.version} {done}: {loaded.concept_count:,} codes.")


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def list_packs(words: argparse.Namespace) -> None:
    """Say what is loaded."""
    from bedside.fhir.asking import answer
    from bedside.fhir.terminology.queries import loaded_packs

    packs = answer(loaded_packs())
    for one in packs:
        state = "in use" if one.is_in_use else "not in use"
        print(f"{one.name} {one.version}: {one.concept_count:,} codes, loaded {one.loaded_at:%Y-%m-%d}, {state}.")
        print(f"    {one.copyright}")
    if not packs:
        print("Nothing is loaded. What R4 itself defines needs no loading.")


def remove(words: argparse.Namespace) -> None:
    """Take a loaded version out."""
    from bedside.fhir.terminology.commands import remove_pack
    from bedside.fhir.terminology.loading.opening import URLS
    from bedside.kernel.errors import Refusal
    from bedside.kernel.time import utc_now
    from bedside.platform.access import system_actor

    name = _known(words.name)
    version = words.version or words.file or ""
    try:
        remove_pack(actor=system_actor("terminology"), now=utc_now(), url=URLS[name], version=version)
    except Refusal as refusal:
        raise Trouble(f"{refusal} `bedside terminology list` says what is loaded.") from None
    print(f"{name} {version} is removed.")

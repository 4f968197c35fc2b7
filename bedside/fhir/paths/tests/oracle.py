"""What another implementation of FHIRPath finds: fhirpathpy, asked once for every expression of R4, kept in a file.

It is not among the development dependencies because it needs an older python-dateutil than the rest of the house.

    uv pip install --target <folder> fhirpathpy==2.2.4
    PYTHONPATH=<folder>:. python -m bedside.fhir.paths.tests.oracle

writes `answers.json` again. resolve() and hasValue() are not in fhirpathpy; it is told what they mean.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from bedside.fhir.definitions import registry
from bedside.fhir.paths import referred_kind
from bedside.fhir.tests.made_up import VARIANTS, made_up

ANSWERS = Path(__file__).with_name("answers.json")
Ask = Callable[[str, str, Any, dict[str, Any]], list[Any]]
Documents = dict[str, list[dict[str, Any]]]


def digest(values: object) -> str:
    """Return a short name for what was found; numbers count by their digits."""
    return sha256(json.dumps(values, default=str, sort_keys=True).encode()).hexdigest()[:8]


def numbers_as_text(value: Any) -> Any:
    """Return values with every number as its digits: fhirpathpy reads decimals from text."""
    if isinstance(value, dict):
        return {name: numbers_as_text(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [numbers_as_text(inner) for inner in value]
    return value if isinstance(value, bool | str) or value is None else str(value)


def searches() -> Iterator[tuple[str, str, str]]:
    """Yield every search parameter with an expression: its type, code and expression."""
    for kind, params in registry().search.items():
        for code, param in params.items():
            if param.expression:
                yield kind, code, param.expression


def invariants() -> Iterator[tuple[str, str, str, str]]:
    """Yield every invariant for every type it is asked of: the type, its key, severity and expression."""
    seen: set[tuple[str, str, str]] = set()
    for name, definition in registry().types.items():
        own = [(name, found) for found in definition.invariants]
        for element in definition.elements.values():
            own += [(element.content_type or element.type, found) for found in element.invariants]
        for kind, found in own:
            if (kind, found.key, found.expression) not in seen:
                seen.add((kind, found.key, found.expression))
                yield kind, found.key, found.severity, found.expression


def documents() -> Documents:
    """Return every variant of every type."""
    return {kind: [made_up(kind, variant) for variant in range(VARIANTS)] for kind in registry().resource_types}


Example = tuple[Any, dict[str, Any]]


def examples(made: Documents, most: int) -> dict[str, list[Example]]:
    """Return values of each type with the document each stands in, no more than `most` of a type."""
    found: dict[str, list[Example]] = defaultdict(list)
    for variant in range(VARIANTS):
        for kind in made:
            document = made[kind][variant]
            for own, value in _parts(kind, document):
                if len(found[own]) < most:
                    found[own].append((value, document))
    return found


def _parts(own: str, value: Any) -> Iterator[tuple[str, Any]]:
    yield own, value
    definition = registry().types.get(own)
    if not isinstance(value, dict) or definition is None:
        return
    for name, inner in value.items():
        element = definition.elements.get(name)
        if element is not None:
            for each in inner if isinstance(inner, list) else [inner]:
                yield from _parts(element.content_type or element.type, each)


def search_answers(ask: Ask, made: Documents) -> dict[str, str]:
    """Return what each search parameter finds in the made-up documents, as one digest for each."""
    return {
        f"{kind}?{code}": digest([numbers_as_text(ask(path, kind, document, document)) for document in made[kind]])
        for kind, code, path in searches()
    }


def invariant_answers(ask: Ask, made: Documents) -> dict[str, str]:
    """Return what each invariant says of up to ten values, as a letter for each: t, f, or - for nothing."""
    letters = {"[True]": "t", "[False]": "f", "[]": "-"}
    values = examples(made, 10)
    return {
        f"{kind}#{key}={digest(path)}": "".join(
            letters.get(str(ask(path, kind, value, document)), "?") for value, document in values[kind]
        )
        for kind, key, _, path in invariants()
        if not _is_everywhere(kind, key)
    }


def _is_everywhere(kind: str, key: str) -> bool:
    """Say whether an invariant stands on so many types that asking it of a few is enough."""
    few = {"Patient", "Observation", "HumanName", "Extension", "Patient.contact", "Questionnaire"}
    return (key in {"ele-1", "ext-1"} or key.startswith("dom-")) and kind not in few


def _fhirpathpy() -> Ask:
    import fhirpathpy
    from fhirpathpy.engine.nodes import ResourceNode
    from fhirpathpy.models import models

    def ask(expression: str, kind: str, item: Any, document: dict[str, Any]) -> list[Any]:
        def resolve(references: list[Any]) -> list[Any]:
            kinds = [referred_kind(getattr(reference, "data", reference), document) for reference in references]
            return [ResourceNode.create_node({"resourceType": kind}, kind) for kind in kinds if kind]

        def has_value(items: list[Any]) -> bool:
            return len(items) == 1 and not isinstance(getattr(items[0], "data", items[0]), dict)

        table = {"resolve": {"fn": resolve, "arity": {0: []}}, "hasValue": {"fn": has_value, "arity": {0: []}}}
        around = {"resource": document, "rootResource": document, "context": item}
        is_whole = isinstance(item, dict) and "resourceType" in item
        path = expression if is_whole else {"base": kind, "expression": expression}
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                return list(fhirpathpy.evaluate(item, path, around, models["r4"], {"userInvocationTable": table}))
        except Exception as error:  # noqa: BLE001 - whatever it cannot do is an answer too
            return [f"cannot: {type(error).__name__}"]

    return ask


def main() -> None:
    """Write the answers of fhirpathpy."""
    ask, made = _fhirpathpy(), documents()
    found = {"searches": search_answers(ask, made), "invariants": invariant_answers(ask, made)}
    ANSWERS.write_text(json.dumps(found, indent=0, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()

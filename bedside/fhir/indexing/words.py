"""The words values are looked up by: what whoever indexes a document and whoever searches for it must both say.

Shape, by kind of parameter (`kind` and `code` name the parameter, `key` is `token_key(kind, code, words)`):

| parameter | is found in | as |
|---|---|---|
| any of token, reference, uri | `tokens` | `key("")` when it has a value at all |
| token | `tokens` | a key for each of `token_words` |
| token holding Identifiers with a type | `tokens` | `token_key(kind, of_type_code(code), of_type_words(…))` |
| reference to Type/id here | `tokens` | `reference_key(Type, id) ^ param_key(kind, code)` |
| reference by another url, urn or canonical | `tokens` | `key(url)`, and `key(url without |version)` |
| reference with an identifier | `tokens` | `token_key(kind, identifier_code(code), words)` for each of `token_words` |
| uri | `tokens` | `key(uri)`, and without its |version; codes without "_" also as a string, neither folded nor cut |
| string | `strings` | `norm` and `raw` of each part |
| date | `dates`, or the row itself for the type's chief date | the half-open range |
| number | `numbers` | `low` and `high` both the number itself; both ends of a Range, infinite where open |
| quantity | `numbers` | as a number, with `code` = `key(unit code)` or else `key(unit)` |
| quantity with a system and a code | `numbers` | once more, in the canonical unit, under `canonical_code(code)`: the
number of the parameter, and `code` = `token_key(kind, canonical_code(code), "system|code")` |
| composite of tokens, or of a token and a reference | `tokens` | `key(composite_words(a, b))` for each pair of words; a
reference's are "Type/id" or its url |
| composite of a token and a string | `strings` | `norm` and `raw` as `composite_words(words, value)` for each word |
| composite of a token and a quantity | `numbers` | as a quantity, with `with_key` = `key(words)` for each word |
| composite of a token and a date | `numbers` | `low` and `high` the range in seconds since 1970, with `with_key` |
| composite of a token and two numbers | `numbers` | `low` the first, `high` the second, with `with_key` |

Not indexed, because search can ask for the parts: a composite of the resource itself (`code-value-quantity`: there is
one code and one value, so both must hold), and what joins two others (`UNIONS`).

`key("")` for strings, dates and numbers is not needed: their rows say it.
"""

from __future__ import annotations

#: Parameters that find what either of two others finds, by type: they have no entries of their own.
UNIONS = {
    "Observation": {
        "combo-code": ("code", "component-code"),
        "combo-data-absent-reason": ("data-absent-reason", "component-data-absent-reason"),
        "combo-value-quantity": ("value-quantity", "component-value-quantity"),
        "combo-value-concept": ("value-concept", "component-value-concept"),
        "combo-code-value-quantity": ("code-value-quantity", "component-code-value-quantity"),
        "combo-code-value-concept": ("code-value-concept", "component-code-value-concept"),
    }
}


def token_words(system: str | None, code: str | None) -> list[str]:
    """Return every way of asking for one coding, identifier, code or contact point.

    Shape: "system|code", "code", and "system|" for any code of it; "|code" where there is no system at all.
    """
    if not system:
        return [code, f"|{code}"] if code else []
    return [f"{system}|{code}", code, f"{system}|"] if code else [f"{system}|"]


def composite_words(first: str, second: str) -> str:
    """Return the words of two parts that stand in one place. "system|" is never a part."""
    return f"{first}${second}"


def of_type_code(code: str) -> str:
    """Return the code that identifiers with their type are indexed under."""
    return f"{code}:of-type"


def of_type_words(system: str, code: str, value: str) -> str:
    """Return the words of an identifier's value with one coding of its type."""
    return f"{system}|{code}|{value}"


def identifier_code(code: str) -> str:
    """Return the code that a reference's own identifiers are indexed under."""
    return f"{code}:identifier"


def canonical_code(code: str) -> str:
    """Return the code that quantities are indexed under in their canonical unit."""
    return f"{code}:canonical"

"""Finds every word the screens say, keeps each room's Spanish beside it, and compiles what Django reads.

    python -m bedside.config.messages [ROOM …]   gather, merge into the .po of every (or each named) room, compile
    python -m bedside.config.messages --compile  only compile (set-up does this)
    python -m bedside.config.messages --check    fail when a word is missing, doubtful or out of step

Needs no gettext on the machine: Babel reads and writes the files. Words come from templates, from Python
(`_`, `gettext` and family), from the docstrings of refusals, from the links rooms add to the shells, and from
the plain names in `terms.py` (lists of (code, name); a line ending in `# not words` is left alone).
"""

from __future__ import annotations

import ast
import inspect
import io
import os
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HOUSE = Path(__file__).resolve().parents[1]
LANGUAGES = ("es",)

#: Which arguments of which calls are words.
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "add_entry": (3,),
}

#: The words of these have no room with templates of their own; `ui` says them.
SAID_BY_UI = ("kernel", "config")

#: Lists in terms.py that are not said by a screen.
NOT_WORDS = re.compile(r"^LANGUAGE")

Key = tuple[str | None, str | tuple[str, str]]


def rooms() -> dict[str, Path]:
    """Return every room by its dotted name under bedside: those with an apps.py."""
    return {
        path.parent.relative_to(HOUSE).as_posix().replace("/", "."): path.parent
        for path in sorted([*HOUSE.glob("*/apps.py"), *HOUSE.glob("platform/*/apps.py")])
    }


def gather() -> dict[str, set[Key]]:
    """Return the words of every room, as (context, msgid or (singular, plural))."""
    found: dict[str, set[Key]] = defaultdict(set)
    refusals = _refusal_names()
    for name, root in [*rooms().items(), *((name, HOUSE / name) for name in SAID_BY_UI)]:
        room = "platform.ui" if name in SAID_BY_UI else name
        for path in sorted(root.rglob("*")):
            inside = path.relative_to(root).parts
            if "migrations" in inside or (path.suffix == ".py" and "tests" in inside):
                continue
            if path.suffix == ".py":
                found[room].update(_python_words(path))
                found[room].update(_refusal_words(path, refusals))
                if "terms" in (path.stem, *inside[:-1]):
                    found[room].update(_term_words(path))
            elif path.suffix in {".html", ".txt"} and "templates" in inside:
                found[room].update(_template_words(path))
    for keys in found.values():  # one entry holds both "One person" alone and "One person" of a plural
        keys -= {(context, words[0]) for context, words in keys if isinstance(words, tuple)}
    return found


def _python_words(path: Path) -> Iterator[Key]:
    with path.open("rb") as source:
        yield from _extracted(source)


def _template_words(path: Path) -> Iterator[Key]:
    from django.utils.translation.template import templatize

    lines = (line.strip() for line in templatize(path.read_text()).splitlines())  # indentation means nothing here
    yield from _extracted(io.BytesIO("\n".join(lines).encode()))


def _extracted(source: io.IOBase) -> Iterator[Key]:
    for _line, words, _comments, context in extract("python", source, keywords=KEYWORDS):
        if isinstance(words, tuple):
            yield context, (words[0], words[1])
        elif words:
            yield context, words


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def _refusal_names() -> frozenset[str]:
    """Return the names of every class that descends from Refusal, anywhere in the house."""
    bases: dict[str, set[str]] = defaultdict(set)
    for path in HOUSE.rglob("*.py"):
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.ClassDef):
                bases[node.name] |= {
                    base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "") for base in node.bases
                }
    known = {"Refusal"}
    while True:
        more = {name for name, above in bases.items() if above & known} - known
        if not more:
            return frozenset(known)
        known |= more


def _refusal_words(path: Path, names: frozenset[str]) -> Iterator[Key]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ClassDef) and node.name in names:
            doc = ast.get_docstring(node, clean=False)
            if doc:
                yield None, " ".join(inspect.cleandoc(doc).split())


def _term_words(path: Path) -> Iterator[Key]:
    lines = path.read_text().splitlines()
    for node in _tree(path).body:
        if not isinstance(node, (ast.Assign, ast.AnnAssign)):
            continue
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        if not isinstance(target, ast.Name) or NOT_WORDS.match(target.id):
            continue
        if not isinstance(node.value, (ast.List, ast.Tuple)):
            continue
        for item in node.value.elts:
            if "# not words" in lines[item.lineno - 1]:
                continue
            if isinstance(item, ast.Tuple) and len(item.elts) == 2:
                name = item.elts[1]
                if (
                    isinstance(name, ast.Constant)
                    and isinstance(name.value, str)
                    and re.search(r"[a-zA-Z]", name.value)
                ):
                    yield None, name.value


def po_path(room: str, language: str) -> Path:
    """Return where a room keeps its words in a language."""
    return rooms()[room] / "locale" / language / "LC_MESSAGES" / "django.po"


def read(path: Path, language: str) -> Catalog:
    """Return the words of a file, or none when there is no file yet."""
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as source:
        return read_po(source, locale=language)


def _key(message: Message) -> Key:
    return message.context, tuple(message.id) if message.pluralizable else str(message.id)  # type: ignore[return-value]


def _forms(words: Any) -> list[str]:
    """Return a message's words as a list: one, or one for each plural form."""
    return [words] if isinstance(words, str) else list(words or ())


def _said(message: Message) -> bool:
    return all(_forms(message.string)) and bool(message.string)


def merge(language: str, only: set[str] | None = None) -> dict[str, int]:
    """Write each room's .po with exactly the words it says now. Returns how many each still has to learn.

    A word another room has already translated is taken over; nothing is guessed.
    """
    found = gather()
    old = {room: read(po_path(room, language), language) for room in rooms()}
    memory = {_key(m): m.string for catalog in old.values() for m in catalog if m.id and _said(m) and not m.fuzzy}
    missing = {}
    for room in only or rooms():
        path = po_path(room, language)
        keys = found.get(room, set())
        if not keys:
            path.unlink(missing_ok=True)
            continue
        own = {_key(m): m for m in old[room] if m.id}
        catalog = Catalog(locale=language, charset="utf-8")
        for key in sorted(keys, key=lambda k: (str(k[1]), k[0] or "")):
            context, words = key
            before = own.get(key)
            kept = before.string if before is not None and _said(before) else memory.get(key)
            message = catalog.add(words, kept, context=context)
            if before is not None and before.fuzzy:
                message.flags.add("fuzzy")
        missing[room] = sum(1 for m in catalog if m.id and (not _said(m) or m.fuzzy))
        _write_when_changed(path, _as_po(catalog))
    return missing


def _as_po(catalog: Catalog) -> bytes:
    out = io.BytesIO()
    write_po(out, catalog, width=100, sort_output=False, omit_header=False, ignore_obsolete=True)
    noise: tuple[bytes, ...] = (
        b'"POT-Creation-Date',
        b'"PO-Revision-Date',
        b'"Generated-By',
        b'"Last-Translator',
        b'"Language-Team',
    )
    noise += (b'"Report-Msgid', b'"Project-Id-Version')
    lines = [line for line in out.getvalue().splitlines(keepends=True) if not line.startswith((*noise, b"# "))]
    while lines and lines[0].strip() in {b"", b"#", b"#, fuzzy"}:
        lines.pop(0)
    return b"".join(lines).rstrip() + b"\n"


def _write_when_changed(path: Path, content: bytes) -> None:
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.chmod(temporary, 0o644)
    os.replace(temporary, path)


def compile_stale() -> int:
    """Compile every .po that is newer than its .mo. Returns how many were."""
    done = 0
    for path in HOUSE.rglob("locale/*/LC_MESSAGES/*.po"):
        compiled = path.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime_ns >= path.stat().st_mtime_ns:
            continue
        out = io.BytesIO()
        write_mo(out, read(path, path.parts[-3]))
        compiled.unlink(missing_ok=True)
        _write_when_changed(compiled, out.getvalue())
        done += 1
    return done


def faults(language: str) -> list[str]:
    """Return what is wrong with the words in a language, one line each."""
    trouble = []
    found = gather()
    for room in rooms():
        known = {_key(m): m for m in read(po_path(room, language), language) if m.id}
        for key in sorted(found.get(room, set()), key=str):
            message = known.get(key)
            if message is None or not _said(message):
                trouble.append(f"{room}: not in {language}: {key[1]!r}")
            elif message.fuzzy:
                trouble.append(f"{room}: doubtful in {language}: {key[1]!r}")
            elif wrong := _placeholder_fault(message):
                trouble.append(f"{room}: {wrong} in {language}: {key[1]!r}")
        trouble += [f"{room}: no longer said: {key[1]!r}" for key in known.keys() - found.get(room, set())]
    return trouble


PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


def _placeholder_fault(message: Message) -> str:
    ids, strings = _forms(message.id), _forms(message.string)
    wanted = set(PLACEHOLDER.findall(ids[-1]))
    for words in strings:
        if set(PLACEHOLDER.findall(words)) - wanted:
            return "a placeholder that is not there"
    if wanted - set(PLACEHOLDER.findall(strings[-1])):
        return "a placeholder is lost"
    return ""


def main(arguments: list[str]) -> int:
    """Run from the command line."""
    if "--check" in arguments:
        trouble = [line for language in LANGUAGES for line in faults(language)]
        print("\n".join(trouble) or "Every word is said in every language.")
        return 1 if trouble else 0
    if "--compile" not in arguments:
        for language in LANGUAGES:
            for room, count in merge(language, {a for a in arguments if not a.startswith("-")}).items():
                print(f"{room}: {f'{count} to translate' if count else 'complete'}")
    print(f"compiled {compile_stale()}")
    return 0


if __name__ == "__main__":
    from django.conf import settings as django_settings

    if not django_settings.configured:
        django_settings.configure(USE_I18N=False)
    sys.exit(main(sys.argv[1:]))

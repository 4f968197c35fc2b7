"""The same shelves in every room, and on each only what belongs there."""

from __future__ import annotations

import ast
import re
from collections.abc import Set as AbstractSet
from pathlib import Path

from .source import calls, functions, imports, name_of, offenders, offending_trees, shelf, short, tree_of

#: Commands of the cellar that others call inside a command of their own, which has asked already.
PLUMBING = {
    "platform/notify/commands.py": {"send_email", "drop_emails"},
    "directory/commands/free_times.py": {
        "take_free_time",
        "forget_past_times",
        "lock_search_rows",
        "store_free_times",
    },
    # Not commands: the words for an instant, a file's name, what a mail may know.
    "fhir/commands.py": {"instant_text"},
    "platform/audit/commands.py": {"heads_file"},
    "scheduling/commands/reminders.py": {"mail_context"},
}
VIEW_LINES_MOST = 25
CLOCKS = {"utc_now", "now", "today", "localdate", "localtime"}


# --- Commands --------------------------------------------------------------------------------------------------
def exported(module: Path) -> set[str] | None:
    """Return the commands a package offers (its `__all__`), or None for a single module, which offers them all."""
    package = next((p for p in module.parents if p.name == "commands"), None)
    if package is None:
        return None
    for node in tree_of(package / "__init__.py").body:
        if isinstance(node, ast.Assign) and name_of(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    raise AssertionError(f"{short(package)} does not say what it offers in __all__")


def loose_commands(
    tree: ast.Module, offered: set[str] | None = None, plumbing: AbstractSet[str] = frozenset()
) -> list[str]:
    """Return the public functions that are not keyword-only, or take no `actor` or no `now`."""
    found = []
    for function in functions(tree):
        if function.name.startswith("_") or function.name in plumbing:
            continue
        if offered is not None and function.name not in offered:
            continue
        named = {argument.arg for argument in function.args.kwonlyargs}
        if function.args.args or function.args.posonlyargs or not {"actor", "now"} <= named:
            found.append(function.name)
    return found


def test_a_loose_command_is_seen() -> None:
    assert loose_commands(ast.parse("def book(actor, now): ...")) == ["book"]
    assert loose_commands(ast.parse("def book(*, now): ...")) == ["book"]
    assert loose_commands(ast.parse("def book(*, actor): ...")) == ["book"]
    assert loose_commands(ast.parse("def book(*, actor, now, at): ...\ndef _load(x): ...")) == []


def test_a_command_is_keyword_only_and_is_told_who_and_when() -> None:
    def loose(module: Path) -> list[str]:
        return loose_commands(tree_of(module), exported(module), PLUMBING.get(short(module), set()))

    assert offenders(shelf("commands"), loose) == {}


def clock_reads(tree: ast.Module) -> list[str]:
    """Return the calls that read a clock."""
    return [
        ast.unparse(call)
        for name, call in calls(tree)
        if (name in CLOCKS and not call.args and not call.keywords) or ast.unparse(call.func) == "datetime.now"
    ]


def test_reading_a_clock_is_seen() -> None:
    assert clock_reads(ast.parse("x = utc_now()"))
    assert clock_reads(ast.parse("x = datetime.now(UTC)"))
    assert clock_reads(ast.parse("x = timezone.now()"))
    assert clock_reads(ast.parse("x = date.today()"))
    assert not clock_reads(ast.parse("x = now + timedelta(1)\ny = localtime(at)"))


def test_commands_and_rules_never_read_a_clock() -> None:
    assert offending_trees(shelf("commands", "rules", "terms", "events"), clock_reads) == {}


WEB = ("django.http", "django.shortcuts", "django.template", "django.urls", "django_htmx")


def test_commands_know_nothing_of_the_web() -> None:
    found = offending_trees(shelf("commands"), lambda tree: [n for n in imports(tree) if n.startswith(WEB)])
    assert found == {}


# --- Views and forms -------------------------------------------------------------------------------------------
def table_touches(tree: ast.Module) -> list[str]:
    """Return the places where a module reaches for tables itself."""
    found = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "objects"]
    return found + [
        ast.unparse(call) for name, call in calls(tree) if name == "save" and isinstance(call.func, ast.Attribute)
    ]


def test_reaching_for_tables_is_seen() -> None:
    assert table_touches(ast.parse("Person.objects.get(pk=1)"))
    assert table_touches(ast.parse("person.save()"))
    assert not table_touches(ast.parse("queries.get_person(actor=a, now=n)"))


def test_views_forms_and_jobs_leave_tables_to_queries_and_commands() -> None:
    theirs = [m for m in shelf("views", "api", "forms", "jobs") if "platform/jobs" not in short(m)]
    assert offending_trees(theirs, table_touches) == {}


def length_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return a function's lines, without its decorators and its docstring."""
    first = function.body[0]
    said = (first.end_lineno or 0) - first.lineno + 1 if ast.get_docstring(function) else 0
    return (function.end_lineno or 0) - function.lineno + 1 - said


def long_functions(tree: ast.Module, most: int = VIEW_LINES_MOST) -> list[str]:
    """Return the functions with more lines than a view may have, methods included."""
    found = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return [f"{node.name}: {length_of(node)} lines" for node in found if length_of(node) > most]


def test_a_long_view_is_seen() -> None:
    body = "\n".join("    x = 1" for _ in range(VIEW_LINES_MOST))
    assert long_functions(ast.parse(f"def f():\n{body}"))
    assert not long_functions(ast.parse("def f():\n    x = 1"))


def test_a_view_is_short() -> None:
    assert offending_trees(shelf("views", "api"), long_functions) == {}


# --- Queries ---------------------------------------------------------------------------------------------------
WRITES = {"save", "bulk_create", "bulk_update", "create", "get_or_create", "update_or_create", "delete"}


def writes(tree: ast.Module) -> list[str]:
    """Return the calls that write to tables."""
    found = []
    for name, call in calls(tree):
        chain = ast.unparse(call.func)
        is_queryset = ".objects." in chain
        if (name == "save" and isinstance(call.func, ast.Attribute)) or (is_queryset and name in WRITES | {"update"}):
            found.append(chain)
    return found


def test_a_write_is_seen() -> None:
    assert writes(ast.parse("Person.objects.filter(pk=1).update(x=1)"))
    assert writes(ast.parse("Person.objects.create()"))
    assert writes(ast.parse("person.save()"))
    assert not writes(ast.parse("facts.update(x=1)\nPerson.objects.get(pk=1)"))


def test_queries_write_nothing_but_the_audit_line() -> None:
    assert offending_trees(shelf("queries"), writes) == {}


# --- Models, events, rules, terms ------------------------------------------------------------------------------
def overrides(tree: ast.Module) -> list[str]:
    """Return the ways of storing a row that a module's models write anew."""
    return [n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name in {"save", "delete"}]


def test_models_do_not_override_save() -> None:
    assert offending_trees(shelf("models"), overrides) == {}


def thawed(tree: ast.Module) -> list[str]:
    """Return the classes that are not frozen dataclasses."""
    return [
        node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        and not any("dataclass" in (said := ast.unparse(d)) and "frozen=True" in said for d in node.decorator_list)
    ]


def test_an_event_that_can_change_is_seen() -> None:
    assert thawed(ast.parse("@dataclass\nclass Moved: ...")) == ["Moved"]
    assert thawed(ast.parse("@dataclass(frozen=True, slots=True)\nclass Moved: ...")) == []


def test_events_are_frozen() -> None:
    assert offending_trees([m for m in shelf("events") if "platform" not in m.parts], thawed) == {}


def framework_imports(tree: ast.Module) -> list[str]:
    """Return what a module imports of the web, the database and the server."""
    return [n for n in imports(tree) if n.split(".")[0] in {"django", "psycopg", "allauth", "uvicorn"}]


def test_rules_and_terms_are_plain_python() -> None:
    assert offending_trees(shelf("rules", "terms"), framework_imports) == {}


def unsourced(text: str) -> list[str]:
    """Return the constants of a `terms` module without a source.

    A source stands in the comment above a constant, or above the block of lines it belongs to, or in the
    module's docstring when one source covers it all.
    """
    tree = ast.parse(text)
    if "Source:" in (ast.get_docstring(tree) or ""):
        return []
    lines, found = text.splitlines(), []
    for node in tree.body:
        if not isinstance(node, (ast.Assign, ast.AnnAssign)):
            continue
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        name = name_of(target)
        if not re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
            continue
        above, at = [], node.lineno - 2
        while at >= 0 and lines[at].strip():
            above.append(lines[at])
            at -= 1
        inside = lines[node.lineno - 1 : node.end_lineno]
        if not any("Source:" in line for line in [*above, *inside]):
            found.append(name)
    return found


def test_a_term_without_a_source_is_seen() -> None:
    assert unsourced("#: Most tries.\nMOST = 3\n") == ["MOST"]
    assert unsourced("#: Most tries. Source: our own choice.\nMOST = 3\nLEAST = 1\n") == []
    assert unsourced("#: Source: x.\nMOST = 3\n\nLEAST = 1\n") == ["LEAST"]
    assert unsourced('"""Codes. Source: FHIR R4."""\nMOST = 3\n') == []


def test_every_term_says_where_it_comes_from() -> None:
    assert offenders(shelf("terms"), lambda module: unsourced(module.read_text())) == {}

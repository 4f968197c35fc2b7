"""What bin/check runs: style, types, floors, migrations, translations, side by side; all must pass."""

import os
import subprocess
import tempfile
from pathlib import Path

import ground

#: Shelves whose types are strict, in every room. Source: docs/decisions/0018-what-is-checked.md
TYPED_SHELVES = ("rules", "terms", "commands", "queries", "events")

#: Why not `-m importlinter.cli`: that module does nothing when it is run, and does it successfully.
FLOORS = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def typed():
    """List what mypy reads: three whole floors, and five shelves of every room."""
    bedside = Path("bedside")
    whole = ("kernel", "platform", "fhir")
    found = list(bedside.glob("*/*.py")) + list(bedside.glob("*/*/__init__.py"))
    shelves = [p for p in found if (p.parent.name if p.name == "__init__.py" else p.stem) in TYPED_SHELVES]
    rooms = {p.parent if p.name == "__init__.py" else p for p in shelves if p.parts[1] not in whole}
    return [f"bedside/{floor}" for floor in whole] + sorted(str(p) for p in rooms)


def checks(python):
    """List each check: its name, what runs it, and how to mend what it finds."""
    tool = [python, "-P", "-m"]
    django = [python, "-P", "-W", "ignore", "-m", "django"]
    return [
        ("style", tool + ["ruff", "check", "-q", "."], ".venv/bin/ruff check --fix ."),
        ("format", tool + ["ruff", "format", "-q", "--check", "."], ".venv/bin/ruff format ."),
        ("floors", [python, "-P", "-c", FLOORS], "move the import down a floor; see docs/map.md"),
        ("types", tool + ["mypy"] + typed(), "mend the types"),
        ("django", django + ["check", "--fail-level", "WARNING"], "mend what it names"),
        (
            "migrations",
            django + ["makemigrations", "--check", "--dry-run"],
            ".venv/bin/python -m django makemigrations ROOM -n what_it_does",
        ),
        ("translations", tool + ["bedside.config.messages", "--check"], "bin/bedside messages, then write the Spanish"),
    ]


def main():
    """Run every check side by side and print what each found, in order."""
    python = str(ground.prepare("development"))
    os.chdir(str(ground.ROOT))
    surroundings = dict(os.environ, PYTHONPATH=str(ground.ROOT), DJANGO_SETTINGS_MODULE="bedside.config.settings")
    running = []
    for name, words, mend in checks(python):
        told = tempfile.TemporaryFile("w+")  # noqa: SIM115
        running.append(
            (
                name,
                mend,
                told,
                subprocess.Popen(
                    words, stdin=subprocess.DEVNULL, stdout=told, stderr=subprocess.STDOUT, env=surroundings
                ),
            )
        )
    failed = []
    for name, mend, told, process in running:
        if process.wait() == 0:
            ground.say(f"{name}: good")
            continue
        failed.append(name)
        told.seek(0)
        print(told.read().rstrip())
        ground.say(f"{name}: FAILED; to mend it: {mend}")
    raise SystemExit(f"{len(failed)} of {len(running)} checks failed: {', '.join(failed)}." if failed else 0)

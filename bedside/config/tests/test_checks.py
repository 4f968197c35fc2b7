"""bin/check finds what it is there to find: each check is run on a house with one fault of its kind."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
FAULTS = {
    "style": ("bedside/kernel/money.py", "import os\n"),
    "format": ("bedside/kernel/money.py", "x  =  1\n"),
    "floors": ("bedside/kernel/money.py", "from bedside.fhir import rules as _rules\n"),
    "types": ("bedside/kernel/money.py", "_wrong: int = 'no number'\n"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the house that a fault may be put into."""
    there = tmp_path_factory.mktemp("house") / "copy"
    for part in ("bedside", "bin"):
        shutil.copytree(ROOT / part, there / part, ignore=shutil.ignore_patterns("__pycache__", "tests"))
    shutil.copy(ROOT / "pyproject.toml", there)
    return there


def _run(copy: Path, name: str) -> subprocess.CompletedProcess:
    asked = (
        "import subprocess, sys; sys.path.insert(0, 'bin'); import checks\n"
        f"(command,) = [command for name, command, _ in checks.checks(sys.executable) if name == {name!r}]\n"
        "done = subprocess.run(command, capture_output=True, text=True)\n"
        "print(done.stdout, done.stderr); sys.exit(done.returncode)"
    )
    return subprocess.run([sys.executable, "-c", asked], cwd=copy, capture_output=True, text=True, timeout=300)


@pytest.mark.slow
@pytest.mark.parametrize("name", FAULTS)
def test_a_check_fails_on_a_fault_of_its_kind_and_names_it(copy, name):
    path, fault = FAULTS[name]
    before = (copy / path).read_text()
    (copy / path).write_text(before + fault)
    try:
        done = _run(copy, name)
    finally:
        (copy / path).write_text(before)
    assert done.returncode != 0
    assert "money" in done.stdout

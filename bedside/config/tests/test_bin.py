"""bin/run, bin/test and bin/check before anything is installed: each trouble is one sentence that says what to do."""

import errno
import importlib.util
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
SCRIPTS = ["run", "test", "check"]


@pytest.fixture
def ground(tmp_path, monkeypatch):
    """bin/ground.py, looking at a folder with nothing in it but the lock files."""
    spec = importlib.util.spec_from_file_location("ground", ROOT / "bin/ground.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "STAMP", tmp_path / ".venv/.bedside-parts")
    return module


def is_one_sentence(words):
    return "\n" not in words.strip() and words.strip().endswith(".") and "Traceback" not in words


@pytest.mark.parametrize("script", SCRIPTS)
def test_an_old_python_says_one_sentence(script):
    body = (
        f"import sys; sys.version_info = (3, 9, 2); exec(compile(open('bin/{script}').read(), 'bin/{script}', 'exec'))"
    )
    told = subprocess.run(
        [sys.executable, "-c", body], capture_output=True, text=True, cwd=ROOT, env={"PATH": "/nowhere"}, check=False
    )
    assert told.returncode == 1
    assert told.stderr.startswith("Bedside needs Python 3.11 or newer and this is 3.9")
    assert is_one_sentence(told.stderr)


@pytest.mark.parametrize("script", SCRIPTS)
def test_what_an_old_python_reads_is_something_it_can_read(script):
    source = (ROOT / "bin" / script).read_text()
    assert source.isascii(), "Python 2 refuses a file with other letters and no word on their encoding"
    assert not re.search(r"\bf['\"]|:=|\bmatch \w+:|\basync |nonlocal|-> ", source.split("import ground")[0])


def old_pythons():
    """Return the old Pythons of this machine, which are none on most."""
    named = [f"/usr/bin/python{one}" for one in ("2", "2.7", "3.6", "3.7", "3.8", "3.9", "3.10")]
    kept = [Path.home().glob(f".pyenv/versions/{one}*/bin/python") for one in ("2", "3.6", "3.7", "3.8", "3.9", "3.10")]
    return [str(one) for one in (*map(Path, named), *(one for some in kept for one in some)) if one.exists()]


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_real_old_python_of_this_machine_says_it_too(script):
    for found in old_pythons():
        told = subprocess.run(
            [found, ROOT / "bin" / script], capture_output=True, text=True, env={"PATH": "/"}, check=False
        )
        assert told.stderr.startswith("Bedside needs Python 3.11 or newer"), found
        assert is_one_sentence(told.stderr)


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_a_python_without_venv_says_what_to_install(ground, monkeypatch, missing):
    real = importlib.util.find_spec
    monkeypatch.setattr(ground.importlib.util, "find_spec", lambda name: None if name == missing else real(name))
    with pytest.raises(ground.Stop, match=rf"{missing} module is missing: install it .*apt install python3\.\d+-venv"):
        ground.prepare("bedside")


def test_a_nearly_full_disk_is_told_before_anything_is_fetched(ground, monkeypatch):
    monkeypatch.setattr(ground.shutil, "disk_usage", lambda _: SimpleNamespace(free=100 * 2**20))
    with pytest.raises(ground.Stop) as stop:
        ground.prepare("bedside")
    assert "nearly full" in str(stop.value)
    assert is_one_sentence(str(stop.value))
    assert not ground.VENV.exists()


def test_a_disk_that_fills_up_on_the_way_is_told(ground, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(ground, "_make_venv", full)
    with pytest.raises(ground.Stop, match="The disk is full: free some space"):
        ground.prepare("bedside")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("ERROR: Could not install: [Errno 28] No space left on device", "The disk is full"),
        ("Temporary failure in name resolution", "the network does not answer"),
        ("noise\nERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "DO NOT MATCH THE HASHES"),
        ("", "no word why"),
    ],
)
def test_what_pip_says_becomes_one_sentence(ground, told, said):
    sentence = ground._why(told, "Bedside's parts could not be fetched")
    assert said in sentence
    assert is_one_sentence(sentence)


def test_a_link_to_an_environment_is_never_cleared_away(ground, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    ground.VENV.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ground.Stop, match="remove that link"):
        ground.prepare("bedside")
    assert (tmp_path / "elsewhere").is_dir()


def test_the_lock_for_developing_holds_every_part_of_the_other_at_the_same_version():
    def pins(name):
        text = (ROOT / "requirements" / name).read_text()
        return set(re.findall(r"^([\w.\[\]-]+==\S+)", text, flags=re.MULTILINE))

    assert pins("bedside.txt") <= pins("development.txt")


def run(*words, **surroundings):
    return subprocess.run(
        [sys.executable, "-P", "-m", "bedside", *words],
        capture_output=True,
        text=True,
        env={k: v for k, v in os.environ.items() if k not in {"DATABASE_URL"}}
        | {"PYTHONPATH": str(ROOT)}
        | surroundings,
        timeout=60,
        check=False,
    )


def test_a_taken_port_says_one_sentence(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        told = run("run", "--data", str(tmp_path), "--port", str(port))
    assert told.returncode == 1
    assert told.stderr.startswith(f"Port {port} is taken by another program")
    assert is_one_sentence(told.stderr)


def test_a_folder_that_cannot_be_used_says_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    told = run("run", "--data", str(tmp_path / "file"))
    assert told.returncode == 1
    assert is_one_sentence(told.stderr)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BEDSIDE_PUBLIC_URL", "example.org"),
        ("BEDSIDE_DEMO", "perhaps"),
        ("BEDSIDE_WEB_THREADS", "many"),
        ("BEDSIDE_SECRET_KEY", "short"),
        ("DATABASE_URL", "mysql://root:hunter2@host/db"),
        ("BEDSIDE_SMTP", "http://mail"),
        ("BEDSIDE_TURN_URLS", "turn:relay.example.org"),
        ("BEDSIDE_LOG_LEVEL", "LOUD"),
        ("BEDSIDE_DEBUG", "on"),
    ],
)
def test_a_bad_setting_stops_the_start_and_is_named(name, value):
    told = subprocess.run(
        [sys.executable, "-P", "-c", "import bedside.config.settings"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), name: value},
        check=False,
    )
    assert told.returncode == 1
    assert told.stderr.startswith(f"Bedside cannot start: {name}" if name != "BEDSIDE_TURN_URLS" else "Bedside cannot")
    assert is_one_sentence(told.stderr)
    assert "hunter2" not in told.stderr

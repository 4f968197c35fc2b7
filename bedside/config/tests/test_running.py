"""The whole program as people run it: it starts, keeps what was confirmed through kill -9, leaves nothing behind."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from bedside.config.bootstrap import read_secrets
from bedside.config.embedded_postgres import EmbeddedPostgres
from bedside.config.tests.test_embedded_postgres import is_gone, one, wait_until

ROOT = Path(__file__).resolve().parents[3]
pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="signals as Unix knows them")]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def bedside(folder, *words, **surroundings):
    """`bedside run`, until it answers; ended with Ctrl-C when the test has not ended it."""
    port = free_port()
    log = folder / f"log-{port}.txt"
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("BEDSIDE_", "DATABASE_URL"))}
    clean |= {"PYTHONPATH": str(ROOT), "BEDSIDE_DEMO": "off", "PYTHONUNBUFFERED": "1"} | surroundings
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "bedside", "run", "--data", str(folder), "--port", str(port), *words],
            stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=clean, start_new_session=True,
        )  # fmt: skip
    process.port, process.log = port, log
    try:
        wait_until(lambda: "Ready." in log.read_text() or process.poll() is not None, 90)
        assert process.poll() is None, log.read_text()
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(40)


def status(process, path="/healthz", **how):
    scheme = "https" if how else "http"
    try:
        with urllib.request.urlopen(f"{scheme}://localhost:{process.port}{path}", timeout=10, **how) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def owner_address(folder):
    kept = read_secrets(folder)
    return EmbeddedPostgres(folder / "postgres", password=kept.admin_password).admin_url("bedside")


def answers(folder):
    try:
        return one(owner_address(folder), "SELECT 1") == 1
    except psycopg.OperationalError:
        return False


def postmaster(folder):
    """Return the database's process; 0 while its file is not there, or is made and not written yet."""
    try:
        lines = (folder / "postgres/cluster/postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return 0
    return int(lines[0]) if lines else 0


@pytest.fixture
def folder():
    """A short path that others may walk, so that the socket and the other user of the database are content."""
    with tempfile.TemporaryDirectory(prefix="bedside-") as name:
        Path(name).chmod(0o755)
        made = Path(name) / "data"
        made.mkdir()
        yield made


ADD = """
    INSERT INTO person (id, given_name, family_name, sex, language, time_zone, phone, created_at)
    VALUES (uuidv7(), '{}', 'x', '', 'en', 'UTC', '', now())
"""
COUNT = "SELECT count(*) FROM person"


def test_it_lives_through_being_killed_in_every_way(folder):
    with bedside(folder) as first:
        assert status(first) == 200
        one(owner_address(folder), ADD.format("kept"))

        # PostgreSQL dies under it: it starts another and goes on.
        dead = postmaster(folder)
        os.kill(dead, signal.SIGKILL)
        wait_until(lambda: postmaster(folder) not in (0, dead), 20)
        wait_until(lambda: answers(folder), 30)
        wait_until(lambda: status(first, "/accounts/login/") == 200, 20)
        assert one(owner_address(folder), COUNT) == 1

        # A second start with the same data is told so, and harms nothing.
        second = subprocess.run(
            [sys.executable, "-P", "-m", "bedside", "run", "--data", str(folder), "--port", str(free_port())],
            capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT), "DATABASE_URL": ""}, check=False,
        )  # fmt: skip
        assert second.returncode == 1
        assert second.stderr.startswith(f"Bedside is already running with this data at http://localhost:{first.port}")

        # It dies itself: PostgreSQL goes with it.
        server = postmaster(folder)
        first.kill()
        first.wait()
        wait_until(lambda: is_gone(server), 10)

    with bedside(folder) as again:
        assert status(again) == 200
        assert one(owner_address(folder), COUNT) == 1
        server = postmaster(folder)
        began = time.monotonic()
        again.send_signal(signal.SIGINT)
        assert again.wait(30) == 0
        assert time.monotonic() - began < 15
        assert is_gone(server)
        assert "Traceback" not in again.log.read_text()
        assert not (folder / "running.json").exists()


def test_what_it_keeps_is_closed_to_others_and_the_app_is_nobody_special(folder):
    with bedside(folder):
        assert (folder / "secrets.json").stat().st_mode & 0o777 == 0o600
        assert folder.stat().st_mode & 0o066 == 0
        kept = read_secrets(folder)
        app = EmbeddedPostgres(folder / "postgres", password="").url("bedside_app", kept.app_password, "bedside")
        with psycopg.connect(app, autocommit=True) as connection:
            for statement in ("DELETE FROM audit_event", "CREATE TABLE mine ()", "DROP TABLE person", "CREATE ROLE x"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(statement)


def test_term_ends_it_like_ctrl_c(folder):
    with bedside(folder) as running:
        server = postmaster(folder)
        running.terminate()
        assert running.wait(30) == 0
        assert is_gone(server)


def test_a_network_is_served_over_tls_with_a_certificate_for_its_addresses(folder):
    with bedside(folder, "--lan", BEDSIDE_DEMO="") as running:
        trusting = ssl.create_default_context(cafile=folder / "tls/authority.crt")
        assert status(running, context=trusting) == 200
        assert status(running, context=ssl.create_default_context()) == 0
        assert "https://" in running.log.read_text()
        assert (folder / "tls/bedside.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("has_owner", [True, False])
def test_a_postgresql_16_outside_does_as_well(folder, has_owner):
    outside = EmbeddedPostgres(
        folder / "outside", password="s3cret", durable=False, on_tcp=True, install="pginstall"
    )  # fmt: skip
    with outside:
        admin = outside.admin_url()
        for statement in (
            "CREATE ROLE keeper LOGIN PASSWORD 'k'",
            "CREATE ROLE visitor LOGIN PASSWORD 'v'",
            f"CREATE DATABASE clinic OWNER {'keeper' if has_owner else 'visitor'}",
        ):
            one(admin, statement)
        addresses = {"DATABASE_URL": outside.url("visitor", "v", "clinic")}
        if has_owner:
            addresses["BEDSIDE_OWNER_DATABASE_URL"] = outside.url("keeper", "k", "clinic")
        with bedside(folder, BEDSIDE_DEMO="on", **addresses) as running:
            assert status(running) == 200
            assert status(running, "/accounts/step-in/") == 200
            assert one(outside.admin_url("clinic"), COUNT) >= 200
            assert not (folder / "postgres").exists()
            examined = subprocess.run(
                [sys.executable, "-P", "-m", "bedside", "doctor", "--data", str(folder)],
                capture_output=True, text=True, check=False,
                env=os.environ | addresses | {"PYTHONPATH": str(ROOT), "BEDSIDE_DEMO": "on"},
            )  # fmt: skip
            assert "good  PostgreSQL 16" in examined.stdout
            if has_owner:
                assert "good  the app's role owns no table" in examined.stdout
            else:
                assert "MEND  the app's role owns no table" in examined.stdout


def test_a_switch_against_what_the_database_holds_stops_the_start(folder):
    with bedside(folder):
        one(owner_address(folder), ADD.format("real"))
    told = subprocess.run(
        [sys.executable, "-P", "-m", "bedside", "run", "--data", str(folder), "--port", str(free_port())],
        capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT), "DATABASE_URL": "", "BEDSIDE_DEMO": "on"},
    )  # fmt: skip
    assert told.returncode == 1
    assert "The database holds a real clinic but BEDSIDE_DEMO is on" in told.stderr


def test_secrets_are_made_once_and_a_damaged_file_is_named(folder):
    first = read_secrets(folder)
    assert read_secrets(folder) == first
    assert len(set(json.loads((folder / "secrets.json").read_text()).values())) == 4
    (folder / "secrets.json").write_text("{")
    with pytest.raises(SystemExit, match="is damaged: put it back from a backup"):
        read_secrets(folder)


def helpers_of(first):
    """Return the helper processes of a running Bedside, by number."""
    listed = Path(f"/proc/{first.pid}/task/{first.pid}/children").read_text().split()
    return [int(pid) for pid in listed if b"bedside.config.helpers" in Path(f"/proc/{pid}/cmdline").read_bytes()]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes as Linux shows them")
def test_helpers_share_the_work_and_end_with_the_first(folder):
    with bedside(folder, BEDSIDE_PROCESSES="2") as first:
        wait_until(lambda: len(helpers_of(first)) == 1, 10)
        os.kill(first.pid, signal.SIGSTOP)
        try:
            wait_until(lambda: status(first) == 200, 20)
        finally:
            os.kill(first.pid, signal.SIGCONT)

        [helper] = helpers_of(first)
        os.kill(helper, signal.SIGKILL)
        wait_until(lambda: helpers_of(first) not in ([], [helper]), 20)
        assert status(first) == 200

        [helper] = helpers_of(first)
        first.kill()
        first.wait()
        wait_until(lambda: is_gone(helper), 20)
    with bedside(folder, BEDSIDE_PROCESSES="2") as again:
        wait_until(lambda: len(helpers_of(again)) == 1, 10)
        [helper] = helpers_of(again)
        again.send_signal(signal.SIGINT)
        assert again.wait(30) == 0
        assert is_gone(helper)

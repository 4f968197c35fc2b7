"""The built-in PostgreSQL: it starts, is closed to others, survives being killed, and never blames the wrong one."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from bedside.config import embedded_programs
from bedside.config.embedded_postgres import EmbeddedPostgres, _plainly
from bedside.config.trouble import Trouble

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="signals as Unix knows them")]


def make(folder, **choices):
    return EmbeddedPostgres(folder / "postgres", password="s3cret", **choices)


@pytest.fixture
def folder():
    """A short path, as a socket wants, that others may walk, as PostgreSQL must when root starts it."""
    with tempfile.TemporaryDirectory(prefix="bedside-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def one(address, statement):
    with psycopg.connect(address, autocommit=True, connect_timeout=20) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


def wait_until(true, seconds=10.0):
    give_up_at = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < give_up_at
        time.sleep(0.02)


def is_gone(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_a_cluster_is_safe_and_closed(folder):
    with make(folder) as server:
        asked = "SELECT current_setting('{}')"
        settings = {name: one(server.admin_url(), asked.format(name)) for name in ("fsync", "data_checksums")}
        assert settings == {"fsync": "on", "data_checksums": "on"}
        assert (
            one(server.admin_url(), "SELECT datlocprovider::text || datlocale FROM pg_database LIMIT 1") == "bC.UTF-8"
        )
        assert one(server.admin_url(), asked.format("listen_addresses")) == ""
        assert server.sockets.stat().st_mode & 0o777 == 0o700
        assert server.cluster.stat().st_mode & 0o777 == 0o700
        assert os.stat(f"/proc/{server.process_id}").st_uid != 0
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            one(server.url("bedside_admin", "wrong", "postgres"), "SELECT 1")
        with pytest.raises(psycopg.OperationalError, match="no password supplied"):
            one(server.url("bedside_admin", "", "postgres"), "SELECT 1")
    assert not server.is_running


def test_what_was_confirmed_is_there_after_the_server_was_killed(folder):
    first = make(folder).start()
    one(first.admin_url(), "CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(first.process_id, signal.SIGKILL)
    with make(folder) as second:
        assert one(second.admin_url(), "SELECT answer FROM kept") == 42
    assert not first.is_running


def test_a_server_that_outlived_its_parent_is_ended_and_another_started(folder):
    words = (
        "import os, sys; from pathlib import Path; from bedside.config.embedded_postgres import EmbeddedPostgres\n"
        f"server = EmbeddedPostgres(Path({str(folder)!r}) / 'postgres', password='s3cret').start()\n"
        "print(server.process_id, flush=True); os.kill(os.getpid(), 9)"
    )
    parent = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=False)
    assert parent.returncode == -signal.SIGKILL
    orphan = int(parent.stdout)
    with make(folder) as server:
        assert one(server.admin_url(), "SELECT 1") == 1
        assert is_gone(orphan)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_the_server_ends_with_its_parent(folder):
    words = (
        "import os; from pathlib import Path; from bedside.config.embedded_postgres import EmbeddedPostgres\n"
        f"server = EmbeddedPostgres(Path({str(folder)!r}) / 'postgres', password='s3cret').start()\n"
        "print(server.process_id, flush=True); os._exit(0)"
    )
    told = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    wait_until(lambda: is_gone(int(told.stdout)))


def test_a_lock_file_that_names_somebody_else_does_not_stop_it(folder):
    server = make(folder).start()
    lock = server.cluster / "postmaster.pid"
    lines = lock.read_text().splitlines()
    server.stop()
    # As after a restart of the machine: the number in the file now belongs to a stranger, here ourselves.
    lock.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    with make(folder) as again:
        assert one(again.admin_url(), "SELECT 1") == 1


def test_a_set_up_that_was_cut_off_is_begun_again(folder):
    half = folder / "postgres" / "cluster.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with make(folder) as server:
        assert one(server.admin_url(), "SELECT 1") == 1
    assert not half.exists()


def test_a_path_too_long_for_a_socket_uses_loopback_with_a_password(folder):
    deep = folder / ("d" * 60) / ("e" * 40)
    deep.mkdir(parents=True)
    with make(deep, durable=False) as server:
        assert server.on_tcp
        assert "127.0.0.1" in server.admin_url()
        assert one(server.admin_url(), "SELECT 1") == 1
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            one(server.url("bedside_admin", "wrong", "postgres"), "SELECT 1")


def test_data_of_another_postgresql_is_not_touched(folder):
    with make(folder, durable=False, install="pginstall"):
        pass
    with pytest.raises(Trouble, match=r"made by PostgreSQL 16 and this Bedside brings 18: .*deploy\.md"):
        make(folder).start()


def test_a_health_word_never_reaches_the_log(folder):
    with make(folder, durable=False) as server:
        one(server.admin_url(), "CREATE TABLE note (id int PRIMARY KEY, words text CHECK (words <> 'asthma'))")
        with pytest.raises(psycopg.errors.CheckViolation):
            one(server.admin_url(), "INSERT INTO note VALUES (1, 'asthma')")
        log = server.log.read_text()
    assert "violates check constraint" in log
    assert "asthma" not in log


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("FATAL:  could not write lock file: No space left on device", "The disk is full"),
        ("FATAL:  could not map anonymous shared memory: Cannot allocate memory", "not enough memory"),
        ("initdb: error: could not create directory: Permission denied", "make that folder yours"),
        ("x\nFATAL:  something new", "something new"),
        ("", "it said nothing"),
    ],
)
def test_its_last_words_become_one_sentence(told, said):
    sentence = _plainly(told, Path("/srv/data"))
    assert said in sentence
    assert "\n" not in sentence


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as somebody else")
def test_under_a_closed_folder_root_keeps_cluster_and_programs_where_the_other_user_can_walk(folder, monkeypatch):
    closed, public = folder / "root", folder / "public"
    closed.mkdir(mode=0o700)
    (closed / "postgres").mkdir()
    (closed / "postgres/elsewhere").write_text(str(public))
    monkeypatch.setattr(embedded_programs, "can_run", lambda *_: False)
    with make(closed, durable=False) as server:
        assert server.folder == public
        assert one(server.admin_url(), "SELECT 1") == 1
        assert os.readlink(f"/proc/{server.process_id}/exe").startswith(str(public))
    assert not (closed / "postgres/cluster").exists()

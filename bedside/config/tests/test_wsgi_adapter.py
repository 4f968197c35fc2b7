"""Pages inside the root app: what arrives, what leaves, and clients who hang up at any point."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import socket
import threading
import time

import pytest
import uvicorn

from bedside.config import thread_pool, wsgi_adapter
from bedside.config.thread_pool import PoolBusy, ThreadPool
from bedside.config.wsgi_adapter import WsgiAdapter

from .slow_pages import app

pytestmark = pytest.mark.slow


class Site:
    """The adapter, served by uvicorn on a real port with four threads."""

    def __init__(self):
        self.pool = ThreadPool(4)
        adapter = WsgiAdapter(app, self.pool)

        async def root(scope, receive, send):
            await adapter(scope, receive, send)

        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        config = uvicorn.Config(
            root, host="127.0.0.1", port=self.port, log_level="critical", log_config=None, lifespan="off"
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)

    def ask(self, method, path, body=None, headers=None, timeout=5):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        answer.content = answer.read()
        connection.close()
        return answer

    def open(self, text):
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=5)
        raw.sendall(text.encode())
        return raw

    def figures_settle(self, **wanted):
        ends = time.monotonic() + 10
        while time.monotonic() < ends:
            figures = self.pool.figures()
            if all(figures[k] == v for k, v in wanted.items()):
                return
            time.sleep(0.02)
        raise AssertionError(self.pool.figures())


@pytest.fixture(scope="module")
def site():
    made = Site()
    yield made
    made.server.should_exit = True
    made.server.force_exit = True
    made.thread.join(5)
    made.pool.stop()


def test_a_page_answers(site):
    answer = site.ask("GET", "/")
    assert (answer.status, answer.content) == (200, b"hello")
    assert answer.headers["content-length"] == "5"


def test_head_has_the_head_and_no_body(site):
    answer = site.ask("HEAD", "/")
    assert answer.headers["content-length"] == "5"
    assert answer.content == b""


def test_an_unchanged_page_has_no_body(site):
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=5)
    for _ in range(2):
        connection.request("GET", "/unchanged")
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (304, b"")
    connection.close()


def test_both_cookies_are_set_and_an_underscore_is_no_hyphen(site):
    answer = site.ask("GET", "/headers", headers={"X-Real": "yes", "X_Real": "forged", "X-Two": "1"})
    assert answer.headers.get_all("set-cookie") == ["a=1; Path=/", "b=2; Path=/"]
    assert answer.content == b"HTTP_X_REAL=yes,HTTP_X_TWO=1"


@pytest.mark.parametrize("size", [0, 1, 70_000, 3_000_000])
def test_a_body_arrives_whole(site, size):
    body = b"q" * size
    answer = site.ask("POST", "/echo", body=body)
    assert answer.content.decode().split()[:2] == [str(size), hashlib.sha256(body).hexdigest()]


def test_a_chunked_body_arrives_whole(site):
    answer = site.ask("POST", "/echo", body=iter([b"a" * 1000, b"b" * 1000]))
    assert answer.content.decode().split()[1] == hashlib.sha256(b"a" * 1000 + b"b" * 1000).hexdigest()


def test_a_body_over_25_mb_is_refused_before_it_is_sent(site):
    raw = site.open("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 30000000\r\nExpect: 100-continue\r\n\r\n")
    assert b"413" in raw.recv(200)
    raw.close()


def test_a_body_that_grows_over_25_mb_is_refused(site, monkeypatch):
    monkeypatch.setattr(wsgi_adapter, "BODY_BYTES_MOST", 1000)
    answer = site.ask("POST", "/echo", body=iter([b"a" * 999, b"b" * 999]))
    assert answer.status == 413


def test_a_client_that_asks_first_is_told_to_go_on(site):
    raw = site.open("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
    assert raw.recv(100).startswith(b"HTTP/1.1 100")
    raw.sendall(b"hi")
    assert b"200 OK" in raw.recv(4000)
    raw.close()


def test_a_page_that_fails_says_so_and_the_next_one_works(site):
    assert site.ask("GET", "/broken").status == 500
    with contextlib.suppress(http.client.HTTPException, OSError):
        site.ask("GET", "/broken-late")
    assert site.ask("GET", "/").status == 200


def test_a_stream_comes_as_it_is_made(site):
    raw = site.open("GET /drip HTTP/1.1\r\nHost: x\r\n\r\n")
    started = time.monotonic()
    seen = b""
    while seen.count(b"drip") < 3:
        seen += raw.recv(1000)
    assert time.monotonic() - started < 2
    raw.close()
    site.figures_settle(waiting=0, written_off=0)


def test_a_client_that_hangs_up_in_a_flood_frees_the_thread(site):
    for _ in range(12):
        raw = site.open("GET /flood HTTP/1.1\r\nHost: x\r\n\r\n")
        raw.recv(1000)
        raw.close()
    assert site.ask("GET", "/", timeout=1).status == 200
    site.figures_settle(waiting=0, written_off=0)


@pytest.mark.slow
def test_a_client_that_reads_nothing_is_given_up(site, monkeypatch):
    monkeypatch.setattr(wsgi_adapter, "STALL_SECONDS", 0.5)
    stuck = [site.open("GET /flood HTTP/1.1\r\nHost: x\r\n\r\n") for _ in range(8)]
    time.sleep(0.2)
    started = time.monotonic()
    assert site.ask("GET", "/").status == 200
    assert time.monotonic() - started < 3
    site.figures_settle(waiting=0, written_off=0)
    for raw in stuck:
        raw.close()


@pytest.mark.slow
def test_clients_that_hang_up_on_slow_pages_do_not_stop_the_house(site):
    for _ in range(6):
        burst = [site.open("GET /slow?3 HTTP/1.1\r\nHost: x\r\n\r\n") for _ in range(16)]
        time.sleep(0.2)
        for raw in burst:
            raw.close()
    time.sleep(0.1)
    started = time.monotonic()
    assert site.ask("GET", "/", timeout=6).status == 200
    assert time.monotonic() - started < 4
    site.figures_settle(waiting=0, written_off=0)


def test_clients_that_hang_up_while_they_send_hold_nothing(site):
    for _ in range(20):
        raw = site.open("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\nabc")
        raw.close()
    assert site.ask("GET", "/", timeout=1).status == 200
    site.figures_settle(waiting=0, written_off=0)


def test_work_nobody_waits_for_is_dropped_and_a_thread_that_is_written_off_is_replaced():
    pool = ThreadPool(1, spare=1)
    gate, ran = threading.Event(), []
    stuck = pool.submit(lambda: gate.wait(10))
    while not stuck.started:
        time.sleep(0.005)
    dropped = pool.submit(lambda: ran.append("dropped"))
    pool.write_off(dropped)
    pool.submit(lambda: ran.append("kept"))
    time.sleep(0.1)
    assert ran == []
    pool.write_off(stuck)
    time.sleep(0.1)
    assert ran == ["kept"]
    assert pool.figures()["threads"] == 2
    gate.set()
    time.sleep(0.1)
    assert pool.figures()["written_off"] == 0
    pool.stop()


def test_a_pool_that_is_full_says_so():
    pool = ThreadPool(1, spare=0, waiting_most=1)
    gate = threading.Event()
    first = pool.submit(lambda: gate.wait(10))
    while not first.started:
        time.sleep(0.005)
    pool.submit(lambda: None)
    with pytest.raises(PoolBusy):
        pool.submit(lambda: None)
    gate.set()
    pool.stop()


def test_quick_work_runs_in_lanes_and_slow_work_leaves_its_lane(monkeypatch):
    monkeypatch.setattr(thread_pool, "LANE_SECONDS", 0.4)
    pool, gate, quick = ThreadPool(8, lanes=2), threading.Event(), []
    slow = [pool.submit(lambda: gate.wait(10)) for _ in range(5)]
    began = time.monotonic()
    while sum(work.started for work in slow) < 2:
        time.sleep(0.005)
    last = pool.submit(lambda: quick.append(time.monotonic() - began))
    assert sum(work.started for work in slow) == 2
    while not quick:
        assert time.monotonic() - began < 8
        time.sleep(0.005)
    assert all(work.started for work in slow)
    assert quick[0] > 0.7, "two lanes let two more in after each wait"
    assert last.done or last.started
    gate.set()
    pool.stop()


def test_work_that_is_done_frees_its_lane_at_once():
    pool, done = ThreadPool(8, lanes=1), []
    began = time.monotonic()
    for number in range(200):
        pool.submit(lambda number=number: done.append(number))
    while len(done) < 200:
        assert time.monotonic() - began < 8
        time.sleep(0.005)
    assert done == list(range(200)), "one lane keeps the order"
    assert time.monotonic() - began < 4
    pool.stop()


def test_what_someone_who_left_waited_for_is_cancelled_once_and_never_after():
    pool = ThreadPool(1, spare=0)
    gate, cancelled = threading.Event(), []

    def canceller():
        return lambda: (cancelled.append(threading.current_thread().name), gate.set())

    stuck = pool.submit(lambda: gate.wait(10), canceller=canceller)
    while not stuck.started or stuck.cancel is None:
        time.sleep(0.005)
    pool.write_off(stuck)
    stuck.stop_waiting()
    while not stuck.done:
        time.sleep(0.005)
    stuck.stop_waiting()
    assert len(cancelled) == 1
    pool.stop()

"""A bounded pool of threads that cannot be starved by clients who hang up, nor slowed by its own crowd.

A thread that works for someone who is gone cannot be stopped, so it is *written off*: it finishes alone, and a
fresh thread takes its place, up to a bound. Work that nobody waits for any more is dropped before it starts.

Python runs one thread at a time, and many that are quick get in each other's way: twice the answers come out
when a few run and the rest wait in line. So new work begins in one of a few *lanes*. Work that takes longer than
most leaves its lane to the next, and goes on beside it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

log = logging.getLogger(__name__)

#: Work older than this has left its lane. Source: most pages take a tenth of it. Units: seconds.
LANE_SECONDS = 0.1


class PoolBusy(Exception):
    """More work waits than the pool will hold."""


class Work:
    """One piece of work. `written_off` is set when nobody waits for it any more.

    `cancel`, which `canceller` makes in the work's own thread, stops what the thread waits for. It is only ever
    called while the work is not done, so that it cannot hit what the thread does next.
    """

    __slots__ = ("cancel", "canceller", "done", "guard", "run", "since", "started", "was_cancelled", "written_off")

    def __init__(self, run: Callable[[], None], canceller: Callable[[], Callable[[], None]] | None = None) -> None:
        self.run = run
        self.canceller = canceller
        self.cancel: Callable[[], None] | None = None
        self.guard = threading.Lock()
        self.started = False
        self.since = 0.0
        self.done = False
        self.was_cancelled = False
        self.written_off = False

    def stop_waiting(self) -> None:
        """Stop what the thread waits for, if it can be stopped. Blocks for a moment: not for the event loop."""
        with self.guard:
            if self.cancel is not None and not self.done:
                self.was_cancelled = True
                self.cancel()


class ThreadPool:
    """At most `size` threads for people who wait, and at most `size * spare` for those who are gone."""

    def __init__(
        self,
        size: int,
        *,
        lanes: int = 3,
        spare: int = 2,
        waiting_most: int = 1000,
        on_thread_end: Callable[[], Any] = lambda: None,
    ) -> None:
        self.size = size
        self.lanes = lanes
        self.spare = size * spare
        self.waiting_most = waiting_most
        self._on_thread_end = on_thread_end
        self._wake = threading.Condition()
        self._waiting: deque[Work] = deque()
        self._in_lanes: dict[Work, None] = {}
        self._is_watched = False
        self._threads = 0
        self._idle = 0
        self._written_off = 0
        self._stopping = False

    def submit(self, run: Callable[[], None], *, canceller: Callable[[], Callable[[], None]] | None = None) -> Work:
        """Have `run` called in a thread. `canceller`, called there first, returns what stops it. Raises: PoolBusy."""
        work = Work(run, canceller)
        with self._wake:
            if self._stopping or len(self._waiting) >= self.waiting_most:
                raise PoolBusy()
            self._waiting.append(work)
            self._hire()
            self._wake.notify()
        return work

    def write_off(self, work: Work) -> None:
        """Note that nobody waits for this work: forget it if it has not begun, else let another thread in."""
        with self._wake:
            if work.done or work.written_off:
                return
            work.written_off = True
            if not work.started:
                self._waiting.remove(work)
                return
            self._written_off += 1
            self._hire()

    def _hire(self) -> None:
        limit = self.size + min(self._written_off, self.spare)
        if self._waiting and self._idle < len(self._waiting) and self._threads < limit:
            self._threads += 1
            threading.Thread(target=self._work, name="web", daemon=True).start()

    def _work(self) -> None:
        try:
            while (work := self._next()) is not None:
                try:
                    if work.canceller is not None:
                        work.cancel = work.canceller()
                    work.run()
                except BaseException:
                    # The pool must outlive whatever a page does; the page's own error path has answered already.
                    log.exception("a page's thread failed")
                finally:
                    self._finish(work)
        finally:
            self._on_thread_end()

    def _next(self) -> Work | None:
        with self._wake:
            while True:
                too_many = self._threads > self.size + min(self._written_off, self.spare)
                if self._stopping or too_many:
                    self._threads -= 1
                    self._wake.notify()
                    return None
                until_free = self._until_lane_is_free() if self._waiting else None
                if until_free == 0:
                    break
                if not self._rest(until_free):
                    self._threads -= 1
                    return None
            work = self._waiting.popleft()
            work.started = True
            work.since = time.monotonic()
            self._in_lanes[work] = None
            if self._waiting:
                self._wake.notify()
            return work

    def _until_lane_is_free(self) -> float:
        """Return the seconds until new work may begin, letting those that are slow out of their lanes."""
        now = time.monotonic()
        while self._in_lanes and now - (oldest := next(iter(self._in_lanes))).since >= LANE_SECONDS:
            del self._in_lanes[oldest]
        if len(self._in_lanes) < self.lanes:
            return 0
        return oldest.since + LANE_SECONDS - now

    def _rest(self, until_free: float | None) -> bool:
        """Wait for work, or for a lane: one thread watches those. Return False for a thread that is not needed."""
        is_watcher = until_free is not None and not self._is_watched
        self._is_watched |= is_watcher
        self._idle += 1
        is_woken = self._wake.wait(timeout=until_free if is_watcher else 30)
        self._idle -= 1
        if is_watcher:
            self._is_watched = False
        return is_woken or is_watcher or bool(self._waiting) or self._threads <= 2

    def _finish(self, work: Work) -> None:
        with work.guard:
            work.done = True
        if work.was_cancelled:
            # A cancel may still be on its way to the database: it must not meet the next page's query.
            self._on_thread_end()
        with self._wake:
            self._in_lanes.pop(work, None)
            if work.written_off:
                self._written_off -= 1

    def figures(self) -> dict[str, int]:
        """Return how many threads there are, are idle, are written off, and how much work waits."""
        with self._wake:
            return {
                "threads": self._threads,
                "idle": self._idle,
                "written_off": self._written_off,
                "waiting": len(self._waiting),
            }

    def stop(self) -> None:
        """Take no more work; threads end when theirs is done. Does not wait: they are daemons."""
        with self._wake:
            self._stopping = True
            self._waiting.clear()
            self._wake.notify_all()

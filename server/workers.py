"""Keeps several processes at work: one that dies is begun anew, and all are stopped together.

The parent does nothing else, and runs no thread: forking while one holds a lock would leave the lock shut in the child.
"""

from __future__ import annotations

import logging
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from mmap import mmap

# Seconds: between the beginnings of one job, so that what dies at once does not do so all the time; and for how long
# those who are told to stop are waited for.
PAUSE = 1.0
PATIENCE = 30.0
FAILED = 1
_STOPPING = (signal.SIGTERM, signal.SIGINT)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parent:
    """What a child has of its parent: a way to say that it serves, and a file that ends when the parent does.

    The memory that they share says whether all are to stop.
    """

    _says: int
    life: int
    _stops: mmap

    def serving(self) -> None:
        """Say that it serves."""
        os.write(self._says, b"+")

    def stops(self) -> bool:
        """Whether all are told to stop. If not, a child that is told to was told by somebody else, and goes alone."""
        return self._stops[0] == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to be done in a process of its own; `work` gives its exit status.

    lost: told when a process ended, however it did. last: it is stopped when all others have stopped.
    """

    name: str
    work: Callable[[Parent], int]
    lost: Callable[[], None] = lambda: None
    last: bool = False


@dataclass(slots=True)
class _Post:
    """A job, and the process that does it, where there is one."""

    job: Job
    pid: int | None = None
    begun: float = float("-inf")


class Workers:
    """Does the jobs until SIGTERM or SIGINT.

    serving: called once every job's first process serves. stopping: called before the processes are told to stop.
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        *,
        serving: Callable[[], None],
        stopping: Callable[[], None],
        pause: float = PAUSE,
        patience: float = PATIENCE,
    ) -> None:
        self._posts = [_Post(job) for job in jobs]
        self._serving = serving
        self._stopping = stopping
        self._pause = pause
        self._patience = patience
        self._awaited = len(self._posts)
        self._signals: list[int] = []
        self._says, self._said = os.pipe()
        self._life, self._alive = os.pipe()
        self._wakes, self._woken = os.pipe()
        self._stops = mmap(-1, 1)

    def run(self) -> int:
        """The exit status: that of a job which ends before all have begun to serve, since it will not the next time."""
        self._heed_signals()
        status = 0
        while not self._signals and not status:
            self._begin_due()
            self._wait(self._pause)
            status = self._bury()
        self._stops[0] = 1
        self._stopping()
        for last in (False, True):
            self._stop([post for post in self._posts if post.job.last is last])
        return status

    def _heed_signals(self) -> None:
        os.set_blocking(self._woken, False)
        signal.set_wakeup_fd(self._woken, warn_on_full_buffer=False)
        for number in _STOPPING:
            signal.signal(number, lambda number, _frame: self._signals.append(number))
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)

    def _begin_due(self) -> None:
        now = time.monotonic()
        for post in self._posts:
            if post.pid is None and now >= post.begun + self._pause:
                post.begun = now
                post.pid = self._fork(post.job)
                log.info("%s is process %s", post.job.name, post.pid)

    def _fork(self, job: Job) -> int:
        sys.stdout.flush()
        # A signal between the fork and the child's own handlers must not be lost: it waits.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
        pid = os.fork()
        if pid == 0:
            self._become(job)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return pid

    def _become(self, job: Job) -> None:
        """The child's whole life. Nothing of the parent's is cleaned up here: it is the parent's."""
        status = FAILED
        try:
            os.close(self._alive)
            os.setpgid(0, 0)  # Ctrl-C is the parent's: it tells us
            signal.set_wakeup_fd(-1)
            for number in (*_STOPPING, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)
            status = job.work(Parent(self._said, self._life, self._stops))
        except SystemExit as exit_:
            status = exit_.code if isinstance(exit_.code, int) else FAILED
        except BaseException:
            log.exception("%s broke", job.name)
        finally:
            with suppress(Exception):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(status)

    def _wait(self, seconds: float) -> None:
        """Until a signal comes, a job says that it serves, or it is time."""
        readable, _, _ = select.select([self._wakes, self._says], [], [], max(0.0, seconds))
        if self._wakes in readable:
            os.read(self._wakes, 512)
        if self._says in readable:
            said = len(os.read(self._says, 512))
            if 0 < self._awaited <= said:
                self._serving()
            self._awaited -= said

    def _bury(self) -> int:
        """Take note of those that died; the status to give up with, where one dies before all served."""
        for post in self._posts:
            if post.pid is None:
                continue
            pid, status = os.waitpid(post.pid, os.WNOHANG)
            if pid == 0:
                continue
            post.pid = None
            post.job.lost()
            if self._signals:
                continue
            log.error("%s (process %s) %s", post.job.name, pid, _how(status))
            if self._awaited > 0:
                return FAILED
        return 0

    def _stop(self, posts: Sequence[_Post]) -> None:
        """Tell them to; again as often as we are told; and kill those that do not."""
        self._tell(posts, signal.SIGTERM)
        told, until = len(self._signals), time.monotonic() + self._patience
        while any(post.pid is not None for post in posts):
            if time.monotonic() > until:
                self._tell(posts, signal.SIGKILL)
            self._wait(min(self._pause, until - time.monotonic()))
            if len(self._signals) > told:
                told = len(self._signals)
                self._tell(posts, signal.SIGINT)  # who is told twice finishes nothing
            self._bury()

    def _tell(self, posts: Sequence[_Post], number: signal.Signals) -> None:
        for post in posts:
            if post.pid is not None:
                with suppress(ProcessLookupError):
                    os.kill(post.pid, number)


def _how(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"

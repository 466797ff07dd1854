"""Self-test runs spread over processes, each run in a world of its own of one mock."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from functools import cache

from conformance.apis import api_of
from conformance.errors import SuiteError
from conformance.selftest import FreshTarget, Honest, Kill, Task, perform
from conformance.target import Target, load_target
from devicedouble.mocking import drop_world, new_world


def worlds_of(root: str) -> FreshTarget:
    """Targets of the mock at `root`, each in a world of its own, which is dropped afterwards."""
    counter = itertools.count(1)

    @cache
    def at_home(api: str) -> Target:
        return load_target(f"{root}/_mock/targets/{api}.toml", api_of(api))

    @contextmanager
    def fresh(api: str) -> Iterator[Target]:
        name = f"selftest-{os.getpid()}-{next(counter)}"
        world = new_world(root, name)
        target = at_home(api)
        try:
            yield replace(target, base_url=world + target.base_url.removeprefix(root))
        finally:
            drop_world(root, name)

    return fresh


def performed(tasks: Sequence[Task], root: str, workers: int) -> Iterator[Kill | Honest]:
    """The results of all tasks in their order, made by that many processes.

    Raises:
        SuiteError: a process has died.
    """
    if workers == 1:
        fresh = worlds_of(root)
        yield from (perform(task, fresh) for task in tasks)
        return
    spawn = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=spawn, initializer=_begin, initargs=(root,))
    try:
        yield from pool.map(_perform, tasks)
    except BrokenProcessPool:
        raise SuiteError("A process of the self-test has died.") from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_fresh: list[FreshTarget] = []


def _begin(root: str) -> None:
    """Ctrl-C is for the process that started this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _fresh[:] = [worlds_of(root)]


def _perform(task: Task) -> Kill | Honest:
    return perform(task, _fresh[0])

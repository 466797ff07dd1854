"""Running a double on a socket: how uvicorn is set, and a server in a thread for as long as a block lasts."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PATIENCE_S = 20.0
PARENT_S = 0.5
"""Seconds between looks at whether the process that started this one is still there."""


def server_options() -> dict[str, Any]:
    """How uvicorn is run: no log of its own beside errors, no header that names it, answers in one write."""
    return {
        "log_level": "error",
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,
        "http": "mock_server.protocol:Protocol",
        "ws": "none",
        "timeout_graceful_shutdown": 3,
        "lifespan": "on",
    }


async def end_with_parent() -> None:
    """In a worker process: stop it when the process that started it has gone, however that came about.

    Nobody could stop it otherwise, and it would answer on the port for ever.
    """
    from multiprocessing import parent_process

    parent = parent_process()
    while parent is not None:
        await asyncio.sleep(PARENT_S)
        if not parent.is_alive():
            signal.raise_signal(signal.SIGTERM)
            return


@contextmanager
def running(app: Any, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """An ASGI application in a thread of its own: its origin, such as `http://127.0.0.1:40123`.

    Raises RuntimeError when it does not start.
    """
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(app, host=host, port=port, **server_options()))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        until = time.monotonic() + PATIENCE_S
        while not server.started:
            if time.monotonic() > until or not thread.is_alive():
                raise RuntimeError("the server did not start")
            time.sleep(0.005)
        yield f"http://{host}:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)

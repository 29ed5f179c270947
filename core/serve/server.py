"""Listens until it is interrupted."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

from core.errors import UserError
from core.locale import N_
from core.train.models.parallel import cores

if TYPE_CHECKING:
    from core.serve.answers import Answerer
    from core.serve.gate import Gate

MOST_LANES = 4
CONNECTIONS = 256
_SECONDS_TO_FINISH = 3


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens at an address, on a free port for port 0; raises `UserError` where it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=CONNECTIONS)
    except (OSError, OverflowError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
        raise UserError(
            N_("The server cannot listen at {host}, port {port}: {reason}."),
            host=host,
            port=port,
            reason=reason,
        ) from error


def lanes_of(answerer: Answerer) -> int:
    """Return how many batches are worked on at the same time: one a core, and one on a graphics card."""
    from core.embed.catalog import resolve
    from core.embed.runtime.encoder import load_encoder

    settings = answerer.run.settings
    on_cpu = not settings.reads_headline or load_encoder(resolve(settings.encoder)).device == "cpu"
    return min(cores(), MOST_LANES) if on_cpu else 1


def serve(answerer: Answerer, gate: Gate, listening: socket.socket) -> None:
    """Answer questions on a socket until the process is interrupted, which is raised when all is closed."""
    import uvicorn
    from threadpoolctl import threadpool_limits

    from core.serve.app import make_app
    from core.serve.batching import Batcher

    batcher = Batcher(answerer.answer, lanes_of(answerer))
    config = uvicorn.Config(
        make_app(answerer, batcher, gate),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        limit_concurrency=CONNECTIONS,
        timeout_graceful_shutdown=_SECONDS_TO_FINISH,
    )
    try:
        with threadpool_limits(1):  # every lane is to compute on one core
            uvicorn.Server(config).run(sockets=[listening])
    finally:
        batcher.close()

"""What UMAP takes the first time, out of the user's sight: numba compiles it once a machine, not once a process.

What is compiled is kept on disk (`core.maps.compiled`); a process of low priority fills that cache. After an
installation `python -c "from core.maps import warm_up; warm_up()"` does so too.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from core.jobs import silent
from core.maps.nearest import Search
from core.maps.settings import MapSettings
from core.maps.umap_map import umap_map

log = logging.getLogger(__name__)

_MOST_SECONDS = 600
_POLITE = 5  # of 19: a third of the time of others; with more, a busy machine would not let it end


def compile_apart() -> bool:
    """Let a process of its own compile UMAP into the cache on disk; return whether it did. Waits for it."""
    command = [sys.executable, "-c", "from core.maps.warm import _politely; _politely()"]
    root = Path(__file__).resolve().parents[2]
    try:
        done = subprocess.run(
            command,
            cwd=root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_MOST_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        log.warning("UMAP could not be compiled apart: %r", error)
        return False
    return done.returncode == 0


def warm_up() -> None:
    """Run a tiny UMAP, so that all of it is loaded, and compiled where it has to be."""
    vectors = np.random.default_rng(0).normal(size=(60, 50)).astype(np.float32)
    umap_map(vectors, Search(vectors), MapSettings("umap"), silent)


def _politely() -> None:
    """Warm up, letting every other process go first."""
    import psutil

    psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS if os.name == "nt" else _POLITE)
    warm_up()

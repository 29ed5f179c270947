"""Where an encoder computes on this machine: graphics card, Apple's GPU or processor."""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
from functools import lru_cache
from pathlib import Path

from core.embed.facts_cache import recall, remember


def best_device() -> str:
    """Return the fastest device here: "cuda", "mps" or "cpu"."""
    import torch

    able = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    device = next(name for name, is_able in able.items() if is_able)
    remember(on_this_machine("device"), device)
    return device


def known_device() -> str | None:
    """Return the device found last time on this machine, without importing torch."""
    return recall(on_this_machine("device"))


def on_this_machine(fact: str) -> str:
    """Return the name under which a fact that holds for this machine alone is cached in the workspace."""
    return f"{fact}|{platform.node()}|{_processor()}|torch {_torch()}"


@lru_cache(maxsize=1)
def _torch() -> str:
    """Return torch's version without importing it."""
    return importlib.metadata.version("torch")


@lru_cache(maxsize=1)
def _processor() -> str:
    """Return a short mark of the processor's kind, so that a workspace on another machine settles anew."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    kind = [line for line in lines if line.startswith(("model name", "flags", "Features", "CPU part"))]
    return hashlib.sha256("\n".join(sorted(set(kind))).encode()).hexdigest()[:12]

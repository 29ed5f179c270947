"""Whether a training fits in this machine's memory."""

from __future__ import annotations

from core.settings import settings

CELL = 4  # bytes of a float32
COPIES = 6.0  # of the training rows' matrix at the peak of an ordinary training, measured (docs/scale.md)


def needed_bytes(rows: int, columns: int) -> int:
    """Return the memory that an ordinary training on so many rows takes at its peak, beyond the table itself."""
    return int(rows * columns * CELL * COPIES)


def free_bytes() -> int:
    """Return the memory that a training may take: what the machine has free, or less where the settings say so."""
    import psutil

    free = int(psutil.virtual_memory().available)
    return min(free, settings().memory_bytes or free)


def fits(rows: int, columns: int) -> bool:
    """Say whether an ordinary training on so many rows fits in the memory that is free."""
    return needed_bytes(rows, columns) <= free_bytes()

"""Within memory: the physical batch is halved until it fits, and what is learnt stays that of the effective one."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable
from typing import TypeVar

from core.embed.facts_cache import recall, remember
from core.embed.runtime.device import on_this_machine
from core.embed.runtime.memory import is_out_of_memory
from core.embed.runtime.precision import MIN_GAIN, half_gain, native_halves
from core.errors import UserError
from core.locale import N_

log = logging.getLogger(__name__)

T = TypeVar("T")


def halved(
    attempt: Callable[[int], T], size: int, device: str, undo: Callable[[], None] = lambda: None
) -> tuple[T, int]:
    """Return `attempt(size)` and the size, which is halved while memory does not suffice.

    `undo` runs after each failed attempt. Raises `UserError` where not even one text fits.
    """
    while True:
        try:
            return attempt(size), size
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            if size == 1:
                raise UserError(
                    N_(
                        "Not even one text fits into memory. Choose a smaller encoder or a smaller max_length, "
                        "switch on gradient checkpointing or LoRA, or freeze lower layers."
                    )
                ) from error
        undo()
        size = -(-size // 2)
        log.warning("out of memory on %s: %d texts at once from now on", device, size)
        _free(device)


def _free(device: str) -> None:
    import torch

    if device == "cuda":
        gc.collect()
        torch.cuda.empty_cache()


def training_dtype(device: str) -> str:
    """Return "bfloat16" where the device multiplies it natively and clearly faster, else "float32".

    Measured once a machine. Half precision with fewer exponents (float16) is never taken: gradients vanish in it.
    """
    import torch

    fact = on_this_machine(f"training dtype|{device}")
    known = recall(fact)
    if known is None:
        able = torch.bfloat16 in native_halves(device)
        known = "bfloat16" if able and half_gain(torch.bfloat16, device) >= MIN_GAIN else "float32"
        remember(fact, known)
    return known

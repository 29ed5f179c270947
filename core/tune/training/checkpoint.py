"""What a training needs to go on after a kill, in two files of its folder."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.files import write_atomic
from core.tune.history import Point

if TYPE_CHECKING:
    from torch import Tensor

log = logging.getLogger(__name__)

_FILE = "checkpoint.pt"
EVERY = (
    120.0  # seconds from one checkpoint to the next, and at least so many times as long as writing one takes:
)
_WRITING = 20


@dataclass
class Progress:
    """How far a training is: optimiser steps done, its curves, what fits into memory, and why it ended."""

    physical: int
    step: int = 0
    points: list[Point] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    best_epoch: int = 0
    seconds: float = 0.0
    texts: int = 0
    stopped: str = ""


class Checkpoint:
    """The checkpoint of one training in a folder; one of another training, by its `key`, counts as none."""

    def __init__(self, folder: Path, key: str) -> None:
        self._folder, self._key = folder, key
        self._next = time.perf_counter() + EVERY

    @property
    def due(self) -> bool:
        """Whether it is time for the next one."""
        return time.perf_counter() >= self._next

    def write(self, progress: Progress, weights: Mapping[str, Tensor], optimiser: dict[str, Any]) -> None:
        """Write everything but the best weights, whole or not at all."""
        import torch

        start = time.perf_counter()
        plain = json.dumps(asdict(progress))
        contents = {"key": self._key, "progress": plain, "weights": dict(weights), "optimiser": optimiser}
        write_atomic(self._folder / _FILE, lambda path: torch.save(contents, path))
        for file in self._folder.glob("best-*.safetensors"):
            if file != self._best(progress.best_epoch):
                file.unlink()
        end = time.perf_counter()
        self._next = end + max(EVERY, _WRITING * (end - start))

    def write_best(self, epoch: int, weights: Mapping[str, Tensor]) -> None:
        """Write the weights of an epoch beside those of the one that was the best before."""
        from safetensors.torch import save_file

        write_atomic(self._best(epoch), lambda path: save_file(dict(weights), path))

    def read(self) -> tuple[Progress, dict[str, Tensor], dict[str, Any]] | None:
        """Return what `write` wrote, None where there is none of this training that can be read."""
        import torch

        try:
            found = torch.load(self._folder / _FILE, map_location="cpu", weights_only=True)
            if found["key"] != self._key:
                return None
            values = json.loads(found["progress"])
            values["points"] = [Point(**point) for point in values["points"]]
            progress = Progress(**values)
            if progress.best_epoch and not self._best(progress.best_epoch).is_file():
                return None
            return progress, found["weights"], found["optimiser"]
        except FileNotFoundError:
            return None
        except Exception as error:  # a damaged file raises many kinds
            log.warning("the checkpoint in %s cannot be read: %r", self._folder, error)
            return None

    def read_best(self, epoch: int) -> dict[str, Tensor]:
        """Return the weights that `write_best` wrote."""
        from safetensors.torch import load_file

        return load_file(self._best(epoch))

    def _best(self, epoch: int) -> Path:
        return self._folder / f"best-{epoch}.safetensors"


def key_of(facts: Mapping[str, Any], arrays: list[Any]) -> str:
    """Return the key of a training: a hash of its plain facts and arrays."""
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode())
    for array in arrays:
        digest.update(array.tobytes())
    return digest.hexdigest()

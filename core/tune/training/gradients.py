"""The gradients of an effective batch, computed in parts that fit into memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from core.tune.training.objective import Objective

if TYPE_CHECKING:
    from torch import Tensor

    from core.tune.training.adversary import Adversary

_AGAIN = 1 << 20  # added to the number of a part that is learnt once more, for other dropout
Embed = Callable[[np.ndarray, int], "list[Tensor]"]


def gradients(
    objective: Objective,
    embed: Embed,
    examples: np.ndarray,
    labels: np.ndarray,
    part: int,
    device: str,
    adversary: Adversary | None = None,
) -> Tensor:
    """Add the gradients of a batch to the weights and return its loss, `part` examples at a time.

    `embed(examples, k)` gives the pooled vectors of the part with number k, one `(b, dim)` per column, with the same
    dropout whenever it is called with the same number. `labels` `(n,)` are those of the `examples` `(n,)`. With an
    `adversary` the gradients of the moved texts are added too, where the loss is a mean over its examples; the loss
    returned is that of the texts as they are.
    """
    import torch

    parts = [examples[start : start + part] for start in range(0, len(examples), part)]
    cuts = [labels[start : start + part] for start in range(0, len(examples), part)]
    if len(parts) > 1 and not objective.additive:
        return _cached(objective, embed, parts, torch.from_numpy(labels).to(device))
    whole = objective.size(labels)
    total = torch.zeros((), device=device)

    def backward(some: np.ndarray, cut: np.ndarray, number: int) -> Tensor:
        loss = objective.loss(embed(some, number), torch.from_numpy(cut).to(device))
        if len(parts) > 1:
            loss = loss * (objective.size(cut) / whole)
        loss.backward()
        return loss.detach()

    for number, (some, cut) in enumerate(zip(parts, cuts, strict=True)):
        if adversary is None or not objective.additive:
            total += backward(some, cut, number)
            continue
        with adversary.watching():
            total += backward(some, cut, number)
        with adversary.attacking():
            backward(some, cut, _AGAIN + number)
    return total


def _cached(objective: Objective, embed: Embed, parts: list[np.ndarray], labels: Tensor) -> Tensor:
    """Gradient caching (Gao et al. 2021, arXiv:2101.06983): the loss sees all vectors, the encoder one part at a time."""
    import torch

    with torch.no_grad():
        pieces = [embed(some, number) for number, some in enumerate(parts)]
    columns = [torch.cat(column).requires_grad_() for column in zip(*pieces, strict=True)]
    loss = objective.loss(columns, labels)
    loss.backward()
    start = 0
    for number, some in enumerate(parts):
        end = start + len(some)
        wanted = [column.grad[start:end] for column in columns if column.grad is not None]
        torch.autograd.backward(embed(some, number), wanted)
        start = end
    return loss.detach()


def seed_part(device: str, seed: int, step: int, part: int) -> None:
    """Set what dropout draws from by place alone, so that a part can be computed again and a training go on."""
    import torch

    number = int(np.random.SeedSequence((seed, step, part)).generate_state(1, np.uint64)[0] >> np.uint64(1))
    torch.default_generator.manual_seed(number)
    if device == "cuda":
        torch.cuda.manual_seed(number)

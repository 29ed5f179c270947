"""AdamW with linear warm-up and decay, each layer at its own rate, and the running average of its weights."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from core.tune.settings import TuneSettings
from core.tune.training.layers import stack, trainable

if TYPE_CHECKING:
    from torch import Tensor, nn

AVERAGED_STEPS = 100  # that the running average reaches back, about
_LONGEST_GRADIENT = 1.0  # norm to which gradients are clipped, as in BERT's own training


class Optimiser:
    """AdamW (Loshchilov & Hutter 2019, arXiv:1711.05101) over the weights that learn, for so many `steps`.

    Beside the weights it has their exponential moving average over the last hundred steps or so, which depends less
    on the last batches (after Polyak & Juditsky 1992, doi:10.1137/0330046, who average all steps alike).
    """

    def __init__(
        self, model: Any, head: nn.Module | None, settings: TuneSettings, steps: int, device: str
    ) -> None:
        import torch

        self.weights = trainable(model, head)
        self._steps, self._warmup = steps, settings.warmup
        self._average: list[Tensor] = []
        self._averaged = 0  # steps that are in it
        groups = parameter_groups(model, head, settings)
        self._adamw = torch.optim.AdamW(groups, lr=settings.learning_rate, fused=device in ("cpu", "cuda"))

    def step(self, done: int) -> None:
        """Take the step after `done` others, and clear the gradients."""
        import torch

        torch.nn.utils.clip_grad_norm_(list(self.weights.values()), _LONGEST_GRADIENT)
        factor = rate_factor(done, self._steps, self._warmup)
        for group in self._adamw.param_groups:
            group["lr"] = group["rate"] * factor
        self._adamw.step()
        self._add_to_average()
        self.clear()

    def clear(self) -> None:
        """Forget the gradients."""
        self._adamw.zero_grad()

    def state(self) -> dict[str, Any]:
        """Return what `load` takes."""
        average = dict(zip(self.weights, self._average, strict=False))
        return {"adamw": self._adamw.state_dict(), "average": average, "averaged": self._averaged}

    def load(self, weights: dict[str, Tensor], state: dict[str, Any] | None = None) -> None:
        """Set the weights, and the moments to the state where there is one."""
        for name, weight in self.detached().items():
            weight.copy_(weights[name])
        if state is not None:
            self._adamw.load_state_dict(state["adamw"])
            self._averaged = state["averaged"]
            self._average = [
                average.to(weight, copy=True)
                for average, weight in zip(state["average"].values(), self.weights.values(), strict=False)
            ]

    def detached(self) -> dict[str, Tensor]:
        """Return the weights themselves, without gradients."""
        return {name: weight.detach() for name, weight in self.weights.items()}

    @contextmanager
    def averaged(self) -> Iterator[dict[str, Tensor]]:
        """Put the averages in the place of the weights within the context; yield them as `detached` does."""
        self._swap()
        try:
            yield self.detached()
        finally:
            self._swap()

    def _swap(self) -> None:
        for number, weight in enumerate(self.weights.values() if self._average else ()):
            weight.data, self._average[number] = self._average[number], weight.data

    def _add_to_average(self) -> None:
        import torch

        weights = list(self.detached().values())
        if not self._average:
            self._average = [weight.clone() for weight in weights]
        else:
            torch._foreach_lerp_(self._average, weights, average_share(self._averaged))
        self._averaged += 1


def average_share(steps: int) -> float:
    """Return the share that the newest weights have in the average of `steps` before them: large at first, then 1 %."""
    return max(1 / AVERAGED_STEPS, 9 / (10 + steps))


def rate_factor(step: int, steps: int, warmup: float) -> float:
    """Return what the rate of a step (from 0) is multiplied by: up linearly over the first share, then down to 0."""
    rising = math.ceil(warmup * steps)
    if step < rising:
        return (step + 1) / rising
    return (steps - step) / max(1, steps - rising)


def parameter_groups(model: Any, head: nn.Module | None, settings: TuneSettings) -> list[dict[str, Any]]:
    """Return the groups of AdamW, each with its own `rate` and `weight_decay`.

    Weight decay is on matrices only, not on biases and LayerNorm. The rate of a layer is that of the one above
    times `layer_decay` (Sun et al. 2019, arXiv:1905.05583); the head has that of the top, the embeddings that
    below the lowest layer.
    """
    layers = stack(model)
    depth = {id(weight): k for k, layer in enumerate(layers) for weight in layer.parameters()}
    embedded = {
        id(weight)
        for weight in (getattr(model, "embeddings", None) or model.get_input_embeddings()).parameters()
    }
    groups: dict[tuple[float, float], list[Tensor]] = {}
    for weight in trainable(model, head).values():
        level = -1 if id(weight) in embedded else depth.get(id(weight), len(layers) - 1)
        rate = settings.learning_rate * settings.layer_decay ** (len(layers) - 1 - level)
        decay = settings.weight_decay if weight.dim() > 1 else 0.0
        groups.setdefault((rate, decay), []).append(weight)
    return [
        {"params": weights, "rate": rate, "lr": rate, "weight_decay": decay}
        for (rate, decay), weights in groups.items()
    ]

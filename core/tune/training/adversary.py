"""Adversarial training: each text is learnt once more with its word embeddings moved to where the loss rises most.

Miyato, Dai & Goodfellow 2017, "Adversarial training methods for semi-supervised text classification",
arXiv:1605.07725.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from torch import Tensor, nn


class Adversary:
    """Moves what an embedding layer gives out, `(b, tokens, dim)`.

    `size` is the length of a text's move as a share of the length of its embeddings, both over all its tokens, so
    that it means the same for every encoder and every length of text.
    """

    def __init__(self, embeddings: nn.Module, size: float) -> None:
        self._size = size
        self._watched: list[
            tuple[Tensor, Tensor]
        ] = []  # what was given out, and zeros that gather its gradient
        self._moves: list[Tensor] = []
        self._watching = False
        embeddings.register_forward_hook(self._given_out)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Within the context, gather the gradients of what is computed: forward and backward."""
        self._watched, self._watching = [], True
        try:
            yield
        finally:
            self._watching = False

    @contextmanager
    def attacking(self) -> Iterator[None]:
        """Within the context, move the embeddings of the same texts, in the same order, by what was gathered."""
        self._moves = [self._move(*one) for one in self._watched]
        self._watched = []
        try:
            yield
        finally:
            self._moves = []

    def _given_out(self, _module: Any, _inputs: Any, output: Tensor) -> Tensor:
        if self._watching:
            zeros = torch.zeros_like(output, requires_grad=True)
            self._watched.append((output.detach(), zeros))
            return output + zeros
        return output + self._moves.pop(0) if self._moves else output

    def _move(self, output: Tensor, zeros: Tensor) -> Tensor:
        gradient = zeros.grad
        assert gradient is not None
        largest = gradient.abs().amax((1, 2), keepdim=True)  # of a sure text too small to be squared
        steepest = torch.where(largest > 0, gradient / largest, 0.0)
        reached = steepest.abs().amax(-1, keepdim=True) > 0  # padding is not
        length = (output * reached).flatten(1).norm(dim=1)
        share = self._size * length / steepest.flatten(1).norm(dim=1).clamp_min(1.0)
        move: Tensor = steepest * share[:, None, None]
        return move

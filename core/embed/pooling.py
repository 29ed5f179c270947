"""From one vector per token to one per text."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from core.errors import UserError
from core.locale import N_

if TYPE_CHECKING:
    from torch import Tensor


class Pooling(StrEnum):
    """How a text's token vectors become one vector. Padding is left out of mean and max."""

    CLS = "cls"
    """The vector of the first token, which a classifier is trained on."""
    MEAN = "mean"
    """The mean over tokens: what most sentence encoders are trained for."""
    MAX = "max"
    """The largest value over tokens in each dimension: keeps a single telling word."""

    @classmethod
    def named(cls, name: str) -> Pooling:
        """Return the pooling of that name; raises `UserError` that lists the names where there is none."""
        try:
            return cls(name)
        except ValueError as error:
            raise UserError(
                N_("There is no pooling named {name}. Choose one of: {names}."),
                name=name,
                names=", ".join(cls),
            ) from error


POOLINGS = tuple(Pooling)  # the order along the first axis of `pool_all`


def pool_all(hidden: Tensor, mask: Tensor) -> Tensor:
    """Pool token vectors in all three ways.

    `hidden` is `(batch, tokens, dim)` with padding on the right, `mask` is `(batch, tokens)`, 1 for a token
    and 0 for padding; the result is `(3, batch, dim)` in the order of `POOLINGS`.
    """
    import torch

    real = mask.bool().unsqueeze(-1)  # (batch, tokens, 1)
    first = hidden[:, 0]
    mean = hidden.masked_fill(~real, 0).sum(1) / real.sum(1).clamp(min=1)
    largest = hidden.masked_fill(~real, -torch.inf).amax(1)
    return torch.stack([first, mean, largest])  # (3, batch, dim)

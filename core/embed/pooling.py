"""From one vector per token to one per text: the poolings that can be chosen.

A pooling is one entry of `POOLINGS`. Pages, the command line, settings, encoders and the store iterate over it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import UserError
from core.locale import N_

if TYPE_CHECKING:
    from torch import Tensor

CLS, MEAN, MAX = "cls", "mean", "max"


@dataclass(frozen=True)
class Pooling:
    """How a text's token vectors become one vector.

    `key` names it in settings, in saved files and in the store, so it must not change. `title`, `short` and
    `explanation` (what it takes, and when to be careful) are for a reader, each to be translated.
    `pool(hidden, real)` takes token vectors `(batch, tokens, dim)` and which of them are no padding,
    `(batch, tokens, 1)` bool, and returns `(batch, dim)`.
    """

    key: str
    title: str
    short: str
    explanation: str
    pool: Callable[[Tensor, Tensor], Tensor]

    def __post_init__(self) -> None:
        if not (self.key.isascii() and self.key.isidentifier() and self.key.islower()):
            raise ValueError(f"the key {self.key!r} must be a lower-case name: it becomes that of a table")


def _first_token(hidden: Tensor, _real: Tensor) -> Tensor:
    return hidden[:, 0]


def _mean(hidden: Tensor, real: Tensor) -> Tensor:
    return hidden.masked_fill(~real, 0).sum(1) / real.sum(1).clamp(min=1)


def _max(hidden: Tensor, real: Tensor) -> Tensor:
    return hidden.masked_fill(~real, float("-inf")).amax(1)


POOLINGS: dict[str, Pooling] = {
    pooling.key: pooling
    for pooling in (
        Pooling(
            CLS,
            N_("First token (CLS)"),
            N_("CLS"),
            N_(
                "The vector of the first token. Right for encoders trained to sum up a text in it; a "
                "plain language model has learnt nothing there."
            ),
            _first_token,
        ),
        Pooling(
            MEAN,
            N_("Mean over tokens"),
            N_("mean"),
            N_(
                "The average over all tokens, without padding. The usual choice for sentence encoders, and "
                "steady on short headlines."
            ),
            _mean,
        ),
        Pooling(
            MAX,
            N_("Maximum over tokens"),
            N_("max"),
            N_(
                "The largest value of each dimension over the tokens. A single strong word can decide it; worth "
                "a try with trees."
            ),
            _max,
        ),
    )
}
"""Every pooling by its key, in the order of the first axis of `pool_all`."""


def pooling_named(key: str) -> Pooling:
    """Return the pooling of that key; raises `UserError` that lists the keys where there is none."""
    if key not in POOLINGS:
        raise UserError(
            N_("There is no pooling named {name}. Choose one of: {names}."),
            name=key,
            names=", ".join(POOLINGS),
        )
    return POOLINGS[key]


def pooling_row(key: str) -> int:
    """Return a pooling's place on the first axis of `pool_all`; raises `UserError` as `pooling_named` does."""
    return list(POOLINGS).index(pooling_named(key).key)


def pool_all(hidden: Tensor, mask: Tensor) -> Tensor:
    """Pool token vectors in every way.

    `hidden` is `(batch, tokens, dim)` with padding on the right, `mask` is `(batch, tokens)`, 1 for a token
    and 0 for padding; the result is `(poolings, batch, dim)` in the order of `POOLINGS`.
    """
    import torch

    real = mask.bool().unsqueeze(-1)  # (batch, tokens, 1)
    return torch.stack([pooling.pool(hidden, real) for pooling in POOLINGS.values()])

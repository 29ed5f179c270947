"""The words of a headline turned round one at a time."""

from __future__ import annotations

from dataclasses import dataclass

from core.data.parse.cells import plain_text
from core.predict.opposites import opposite


@dataclass(frozen=True)
class Flip:
    """A headline in which `before` became `after`; `turn` is 1 where bad news became good, -1 where good became bad, else 0."""

    text: str
    before: str
    after: str
    turn: int


def flips(headline: str) -> tuple[Flip, ...]:
    """Return the headline with all of its words of good or bad news turned round."""
    turned = opposite(plain_text(headline))
    if turned is None:
        return ()
    before, after = (", ".join(side) for side in zip(*turned.words, strict=True))
    return (Flip(turned.text, before, after, turned.turn),)

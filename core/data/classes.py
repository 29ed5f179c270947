"""The classes of a target in order: the one that means "up" comes last."""

from __future__ import annotations

from collections.abc import Iterable

WIN, LOSE = "승", "패"

_DOWN_UP = [
    (LOSE, WIN),
    ("lose", "win"),
    ("loss", "win"),
    ("down", "up"),
    ("하락", "상승"),
    ("negative", "positive"),
    ("부정", "긍정"),
    ("매도", "매수"),
    ("sell", "buy"),
    ("false", "true"),
    ("no", "yes"),
]


def order_classes(labels: Iterable[str]) -> tuple[str, ...]:
    """Return the classes in order, the one that means "up" last where a pair such as 패/승 is known."""
    labels = sorted(set(labels))
    lowered = {name.lower(): name for name in labels}
    for down, up in _DOWN_UP:
        if down in lowered and up in lowered:
            middle = [name for name in labels if name not in (lowered[down], lowered[up])]
            return (lowered[down], *middle, lowered[up])
    return tuple(labels)

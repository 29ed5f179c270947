"""The classes of a target in order, from those that mean "down" to those that mean "up"."""

from __future__ import annotations

from collections.abc import Iterable

from core.errors import Message
from core.locale import N_

WIN, LOSE = "승", "패"


def _ranks(words: dict[int, str]) -> dict[str, int]:
    return {word: rank for rank, listed in words.items() for word in listed.split("|")}


_OUTCOMES = _ranks(
    {
        -1: "패|lose|loss|false|no",
        0: "무|unchanged",
        1: "승|win|true|yes",
    }
)
_RATINGS = _ranks(
    {
        -2: "적극매도|강력매도|적극 매도|강력 매도|strong sell|strong_sell",
        -1: "하락|down|부정|negative|매도|비중축소|축소|sell|underperform|underweight|reduce|bearish",
        0: "중립|보합|보유|유지|neutral|flat|hold",
        1: "상승|up|긍정|positive|매수|비중확대|확대|buy|outperform|overweight|accumulate|bullish",
        2: "적극매수|강력매수|적극 매수|강력 매수|strong buy|strong_buy",
    }
)
_CLASSES = _OUTCOMES | _RATINGS


def class_message(name: str) -> Message:
    """Return what a class is called: 승 and 패 are win and lose in English, any other label stays as it is."""
    ours = {WIN: N_("win"), LOSE: N_("lose")}.get(name)
    return Message(ours) if ours else Message("{name}", {"name": name})


def class_rank(label: str) -> int | None:
    """Return where a label stands between down (-2) and up (2), 0 for what lies between; None where unknown."""
    return _CLASSES.get(label.strip().lower())


def rating_rank(label: str) -> int | None:
    """Return where a rating (매수, hold) stands as `class_rank` does; None where it only says what happened (승, yes)."""
    return _RATINGS.get(label.strip().lower())


def order_classes(labels: Iterable[str]) -> tuple[str, ...]:
    """Return the classes in order, "down" first and "up" last where both or all are known; else by their letters.

    What is not known stands between them.
    """
    labels = sorted(set(labels))
    known = [class_rank(name) for name in labels]
    ranks = [rank or 0 for rank in known]
    if min(ranks, default=0) < 0 < max(ranks, default=0) or None not in known:
        return tuple(name for _rank, name in sorted(zip(ranks, labels, strict=True)))
    return tuple(labels)


def run_from_down_to_up(classes: Iterable[str]) -> bool:
    """Whether every class is known and they go from down to up: their colours and sums then have an order."""
    ranks = [class_rank(name) for name in classes]
    known = [rank for rank in ranks if rank is not None]
    return len(known) == len(ranks) > 1 and min(known) < 0 < max(known) and known == sorted(known)

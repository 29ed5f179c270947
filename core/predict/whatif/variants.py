"""Many wordings of a headline, pasted at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.data.parse.cells import plain_text
from core.embed.pipeline import canonical
from core.evaluate.ledger import any_sealed
from core.predict.sealed import is_open

MOST_VARIANTS = 100
LONGEST = 1_000  # characters of a headline


@dataclass(frozen=True)
class Variants:
    """The headlines of a text with one on each line, in their order and each once; and what was not taken as it stands.

    `repeats` came again, `cut` were longer than `LONGEST` characters, `beyond` came after the first `MOST_VARIANTS`,
    and `sealed` are of a holdout that is sealed, so that they may not be predicted.
    """

    headlines: tuple[str, ...]
    repeats: int = 0
    cut: int = 0
    beyond: int = 0
    sealed: int = 0


def read_variants(text: str, time: datetime | None = None) -> Variants:
    """Read a pasted text; `time` is when its headlines came, by default today. Empty lines do not count."""
    lines = [line for line in (canonical(plain_text(line)) for line in text.splitlines()) if line]
    distinct = list(dict.fromkeys(line[:LONGEST].strip() for line in lines))
    taken = distinct[:MOST_VARIANTS]
    # each is asked for alone: among wordings of one story a sealed one would pass for a headline that comes every day
    opened = tuple(line for line in taken if is_open(line, time)) if any_sealed() else tuple(taken)
    return Variants(
        headlines=opened,
        repeats=len(lines) - len(distinct),
        cut=sum(len(line) > LONGEST for line in lines),
        beyond=len(distinct) - len(taken),
        sealed=len(taken) - len(opened),
    )

"""What a tuning changed on its test, in numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.evaluate.bootstrap import Interval, Scores, plain_scores, scores_of_plain
from core.tune.judge.geometry import Geometry

COLLAPSED = (
    0.9  # mean pairwise cosine from which on vectors no longer tell texts apart, if it rose and the gap fell
)


@dataclass(frozen=True, eq=False)
class Judged:
    """Scores on the test before and after, and what changed, each a metric's name with its 95% interval.

    Before is the encoder as it was with a linear model on its vectors, after is the tuned one: its head where it has
    one, else a linear model again. `difference` is after minus before on the same resamples. `p_value` is that of
    McNemar's exact test on which texts are got right (NaN without classes). `blocks` is how many independent parts the
    intervals rest on. `baselines` are other ways to predict the same test; `old` and `new` the similarities.
    """

    main: str
    before: dict[str, Interval]
    after: dict[str, Interval]
    difference: dict[str, Interval]
    p_value: float
    blocks: int
    baselines: Scores = field(default_factory=dict)
    old: Geometry | None = None
    new: Geometry | None = None

    @property
    def collapsed(self) -> bool:
        """Whether the tuned encoder gives nearly the same vector to all texts."""
        if self.old is None or self.new is None:
            return False
        return self.new.mean_cosine >= COLLAPSED and self.new.gap <= self.old.gap

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        tables = {"before": self.before, "after": self.after, "difference": self.difference}
        return {
            "main": self.main,
            **plain_scores(tables),
            "p_value": None if math.isnan(self.p_value) else self.p_value,
            "blocks": self.blocks,
            "baselines": plain_scores(self.baselines),
            "old": self.old and self.old.as_dict(),
            "new": self.new and self.new.as_dict(),
        }

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Judged:
        """Return what `as_dict` took apart."""
        tables = scores_of_plain({name: fields[name] for name in ("before", "after", "difference")})
        return cls(
            fields["main"],
            tables["before"],
            tables["after"],
            tables["difference"],
            math.nan if fields["p_value"] is None else float(fields["p_value"]),
            int(fields["blocks"]),
            scores_of_plain(fields["baselines"]),
            Geometry.from_dict(fields["old"]) if fields["old"] else None,
            Geometry.from_dict(fields["new"]) if fields["new"] else None,
        )

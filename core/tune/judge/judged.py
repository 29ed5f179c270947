"""What a tuning changed, on texts that it never saw: scores before, after, and their difference."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from core.evaluate.bootstrap import Interval, plain_scores, scores_of_plain
from core.evaluate.metrics import Metric
from core.evaluate.verdict import Evidence
from core.tune.judge.metrics import JUDGED, PAIR_GAP

Table = dict[str, Interval]
_TABLES = ("before", "after", "difference")
ALIKE = 0.9  # mean cosine of all texts from which on a fall of the gap is a collapse
NEARLY_EQUAL = 0.995  # and from which on texts are hardly told apart, whatever the gap


@dataclass(frozen=True)
class Judged:
    """Scores of the test texts (or pairs) before and after, metric by metric, with 95% intervals.

    `before`, `after` and `difference` (after minus before, paired) have the same keys, those of
    `core.tune.judge.metrics.JUDGED`: accuracy, f1 and log_loss where there are classes, pearson and spearman where
    pairs have scores, cosine_gap and mean_cosine always. `metric` is the key that the verdict is about. `p_value` is
    that of McNemar's exact test of the two accuracies, as if texts were independent (NaN without classes). `tests` is
    the number of texts or pairs, `evidence` what the intervals rest on, and `head` says whether "after" is the tuned
    head and no linear model of the tuned vectors. `pairs` says that the examples are pairs.
    """

    metric: str
    before: Table
    after: Table
    difference: Table
    p_value: float
    tests: int
    evidence: Evidence
    head: bool = False
    pairs: bool = False

    @property
    def collapsed(self) -> bool:
        """Whether the tuned vectors lie so close together that they hardly tell texts apart any more."""
        alike = self.after["mean_cosine"].value
        return alike >= NEARLY_EQUAL or (alike >= ALIKE and self.difference["cosine_gap"].value < 0)

    def metric_of(self, name: str) -> Metric:
        """Return a metric of the tables, with its title for these examples."""
        return PAIR_GAP if self.pairs and name == PAIR_GAP.name else JUDGED[name]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, which has no NaN."""
        tables = plain_scores({name: getattr(self, name) for name in _TABLES})
        return asdict(self) | tables | {"p_value": None if math.isnan(self.p_value) else self.p_value}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Judged:
        """Make what `as_dict` took apart."""
        tables = scores_of_plain({name: plain[name] for name in _TABLES})
        p_value = math.nan if plain["p_value"] is None else plain["p_value"]
        return cls(**{**plain, **tables, "p_value": p_value, "evidence": Evidence(**plain["evidence"])})

"""What is measured of a dataset for its report, each figure once, where it is first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.data.near_duplicates import Repeats, describe_repeats
from core.data.plan import Plan
from core.data.quality.balance import Balance, weigh_outcomes
from core.data.quality.calendar import Calendar, place_in_time
from core.data.quality.columns import describe_columns
from core.data.quality.lengths import Lengths, TokenCounter, measure_lengths
from core.data.quality.outlets import Outlets, count_outlets
from core.data.quality.rows import Rows, count_rows
from core.data.target.leaks import Disguise, disguised
from core.data.target.overlap import outcomes_of, overlap_beyond


@dataclass(frozen=True, eq=False)
class Facts:
    """A dataset, the plan that it was made by, and the figures of both that findings are made from."""

    data: Dataset
    plan: Plan
    count_tokens: TokenCounter | None = None

    @cached_property
    def rows(self) -> Rows:
        """The rows of the file: kept and left out."""
        return count_rows(self.data)

    @cached_property
    def observations(self) -> int:
        """How many separate observations the rows stand for: events, or different stories without sessions."""
        return self.data.events or int(self.data.frame["story"].nunique())

    @cached_property
    def repeats(self) -> Repeats:
        """Headlines and stories that return."""
        return describe_repeats(self.data)

    @cached_property
    def outlets(self) -> Outlets:
        """The rows of each outlet."""
        return count_outlets(self.data)

    @cached_property
    def lengths(self) -> Lengths:
        """How long the headlines are."""
        return measure_lengths(self.data, self.count_tokens)

    @cached_property
    def calendar(self) -> Calendar:
        """The rows of each session."""
        return place_in_time(self.data, self.plan)

    @cached_property
    def balance(self) -> Balance:
        """How the outcomes are spread."""
        return weigh_outcomes(self.data)

    @cached_property
    def columns(self) -> pd.DataFrame:
        """Missing cells and the range of each role and feature, see `describe_columns`."""
        return describe_columns(self.data)

    @cached_property
    def disguises(self) -> list[Disguise]:
        """Features that may know the outcome."""
        return disguised(self.data, self.plan)

    @cached_property
    def overlap(self) -> int:
        """Over how many sessions the outcomes seem to overlap, where that is surely more than the horizon; else 0."""
        if not (self.data.target_kind and self.data.has_sessions):
            return 0
        return overlap_beyond(outcomes_of(self.data, self.plan.exchange), self.plan.target.horizon)

    def numbers(self, mask: np.ndarray) -> tuple[int, ...]:
        """Return the numbers in the file of the rows where `mask (rows,)` is True."""
        return tuple(self.data.frame["row"].to_numpy()[mask].tolist())

"""Every feature block side by side in one matrix, by what training rows taught."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd

from core.data.dataset import FEATURE
from core.train.features.block import FeatureOptions, FeatureSettings, FittedBlock, Member
from core.train.features.continuous import Continuous
from core.train.features.earlier_format import modern
from core.train.features.extras import Extras
from core.train.features.inputs import Inputs
from core.train.features.outlets import Outlets
from core.train.features.registry import BLOCKS, groups, headline_groups

EXTRA_PART = "extras"
DEFAULTS = FeatureOptions()


@dataclass(frozen=True, eq=False)
class Preparation:
    """What is fitted on training rows before the models.

    `parts` are the fitted blocks by key, and the chosen extras together. Columns of the matrix, in order: those
    of the vector or of its principal components; those of the extras; each continuous feature and the missing-
    indicators; one 0/1 column for each frequent press outlet, one for all others and one for a missing outlet.
    """

    parts: Mapping[str, FittedBlock]

    @classmethod
    def fit(cls, inputs: Inputs, settings: FeatureSettings = DEFAULTS) -> Preparation:
        """Learn from the inputs of training rows, and of no others, as a training's settings ask."""
        kinds = _kinds()
        if not settings.extras:
            kinds.pop(EXTRA_PART)
        return cls({key: kind.fit(inputs, settings) for key, kind in kinds.items()})

    @property
    def features(self) -> tuple[str, ...]:
        """The names of the continuous features."""
        return cast(Continuous, self.parts["features"]).numbers.names

    @property
    def outlets(self) -> tuple[str, ...]:
        """All press outlets of the training rows, most frequent first; empty where the outlet is not used."""
        return cast(Outlets, self.parts["press"]).outlets

    @property
    def dropped(self) -> tuple[str, ...]:
        """Features without any variation in training, then extras that left no column."""
        last_extras = sorted(self.parts, key=lambda key: key == EXTRA_PART)
        return tuple(name for key in last_extras for name in self.parts[key].dropped)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the matrix's columns."""
        return tuple(name for part in self.parts.values() for name in part.columns)

    @property
    def members(self) -> tuple[Member, ...]:
        """The finest parts that contributions are given for, as (group, member).

        The members of the text are its extras; every other group is its own only member, the clock among them:
        when a headline came says nothing of its words.
        """
        reserved = set(groups())
        found: list[Member] = []
        for key, part in self.parts.items():
            own = key in BLOCKS and BLOCKS[key].group is None
            for group, member in part.members:
                clash = own and group in reserved
                found.append((FEATURE + group, FEATURE + member) if clash else (group, member))
        return tuple(found)

    @property
    def member_of(self) -> np.ndarray:
        """The number of each column's member in `members`, `(columns,)`."""
        starts = np.cumsum([0, *(len(part.members) for part in self.parts.values())])
        return np.concatenate(
            [start + part.member_of for start, part in zip(starts, self.parts.values(), strict=False)]
        ).astype(int)

    @property
    def groups(self) -> tuple[str, ...]:
        """What the columns belong to: the headline, its text, the clock, each continuous feature, the outlet."""
        return tuple(dict.fromkeys(group for group, _ in self.members))

    @property
    def group_of(self) -> np.ndarray:
        """The number of each column's group in `groups`, `(columns,)`."""
        groups = self.groups
        return self._of_members([groups.index(group) for group, _ in self.members]).astype(int)

    @property
    def of_headline(self) -> np.ndarray:
        """Which columns come from the headline, as vector or as text, `(columns,)` bool; the clock's do not."""
        headline = headline_groups()
        return self._of_members([group in headline for group, _ in self.members]).astype(bool)

    def of_group(self, group: str) -> np.ndarray:
        """Which columns belong to a group, `(columns,)` bool."""
        return self._of_members([name == group for name, _ in self.members]).astype(bool)

    def _of_members(self, values: Sequence[int]) -> np.ndarray:
        """Return the value of each column's member, `(columns,)`."""
        return np.asarray(np.array(values)[self.member_of])

    def matrix(self, inputs: Inputs) -> np.ndarray:
        """Return the rows as numbers, `(n, columns)` float32; a feature that is not given counts as missing.

        Raises `ValueError` where the vectors are not of the dimension seen in training, or the extras' headlines
        are not given.
        """
        blocks = [part.matrix(inputs) for part in self.parts.values()]
        return np.hstack(blocks, dtype=np.float32, casting="same_kind")  # never whole in float64

    def unseen(self, press: pd.Series) -> np.ndarray:
        """Say which outlets no training row had, `(n,)` bool; a missing outlet is not one of them."""
        return cast(Outlets, self.parts["press"]).unseen(press)

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return everything as arrays that `numpy.load` reads without pickle."""
        return {
            f"{key}.{name}": array
            for key, part in self.parts.items()
            for name, array in part.to_arrays().items()
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Preparation:
        """Make the preparation that `to_arrays` took apart, by this version or an earlier one."""
        given = modern(arrays)
        parts: dict[str, FittedBlock] = {}
        for key, kind in _kinds().items():
            own = {n.removeprefix(f"{key}."): given[n] for n in given if n.startswith(f"{key}.")}
            if own:
                parts[key] = kind.from_arrays(own)
        return cls(parts)


def _kinds() -> dict[str, type[FittedBlock]]:
    """Return the fitted kinds in the order of the columns: the headline's, the extras, then the table's."""
    of_headline = {key: block.fitted for key, block in BLOCKS.items() if block.group in headline_groups()}
    of_table = {key: block.fitted for key, block in BLOCKS.items() if key not in of_headline}
    return {**of_headline, EXTRA_PART: Extras, **of_table}

"""What is read from a headline and its time beside the vector; nothing here knows the future."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import pandas as pd

from core.jobs import Report, silent
from core.train.features.block import Extra, FeatureSettings, LearnedColumns, Member
from core.train.features.inputs import Inputs
from core.train.features.numeric import Numbers
from core.train.features.registry import EXTRAS


@dataclass(frozen=True, eq=False)
class Extras:
    """What training rows teach of the chosen extras.

    Columns, in order: the numbers that are read row by row and their missing-indicators (see `Numbers`; a
    number that never varied in training is left out), then those that are `learned`, by extra. They are called
    `<extra>: <name>`.
    """

    numbers: Numbers
    learned: dict[str, LearnedColumns] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()

    @classmethod
    def fit(cls, inputs: Inputs, settings: FeatureSettings) -> Self:
        """Learn from training rows.

        Raises `ValueError` where an extra needs the headlines or their times and they are not given.
        """
        chosen = [EXTRAS[key] for key in dict.fromkeys(settings.extras)]
        learned = {e.key: e.learned.fit(_texts(inputs).tolist(), settings) for e in chosen if e.learned}
        made = cls(Numbers.fit(_table(inputs, chosen)), learned)
        return cls(made.numbers, learned, tuple(e.key for e in chosen if e.key not in made.keys))

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        learned = [f"{key}: {name}" for key, part in self.learned.items() for name in part.names]
        return (*self.numbers.columns, *learned)

    @property
    def keys(self) -> tuple[str, ...]:
        """The extras that have a column, in order."""
        return tuple(dict.fromkeys(_extra(name) for name in self.columns))

    @property
    def members(self) -> tuple[Member, ...]:
        """Each extra with its group."""
        return tuple((EXTRAS[key].group, key) for key in self.keys)

    @property
    def member_of(self) -> np.ndarray:
        """The number of each column's extra in `members`, `(columns,)`."""
        return np.array([self.keys.index(_extra(name)) for name in self.columns], int)

    def matrix(self, inputs: Inputs) -> np.ndarray:
        """Return the extras of rows, `(n, columns)`; where no time is given, it counts as missing.

        Raises `ValueError` where an extra needs the headlines and they are not given.
        """
        rows = len(inputs.features)
        if inputs.time is None:
            inputs = inputs._replace(time=pd.Series(np.full(rows, np.datetime64("NaT", "s"))))
        chosen = [EXTRAS[key] for key in dict.fromkeys(_extra(name) for name in self.numbers.names)]
        blocks = [self.numbers.matrix(_table(inputs, chosen))] if chosen else []
        blocks += [part.matrix(_texts(inputs).tolist()) for part in self.learned.values()]
        return np.hstack([np.zeros((rows, 0)), *blocks])

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return everything as arrays."""
        learned = {
            f"{key}.{name}": array
            for key, part in self.learned.items()
            for name, array in part.to_arrays().items()
        }
        return {**self.numbers.to_arrays(), "dropped": np.array(self.dropped, str), **learned}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Make what `to_arrays` took apart."""
        learned = {}
        for key, entry in EXTRAS.items():
            own = {n.removeprefix(f"{key}."): arrays[n] for n in arrays if n.startswith(f"{key}.")}
            if own and entry.learned:
                learned[key] = entry.learned.from_arrays(own)
        return cls(Numbers.from_arrays(arrays), learned, tuple(arrays["dropped"].tolist()))


def read_ahead(inputs: Inputs, settings: FeatureSettings, report: Report = silent) -> None:
    """Read what takes long from headlines, with progress: each text is then cached for the whole process."""
    for key in settings.extras:
        if ahead := EXTRAS[key].read_ahead:
            ahead(_texts(inputs).tolist(), settings, report)


def _table(inputs: Inputs, chosen: Sequence[Extra]) -> pd.DataFrame:
    """Return the numbers that are read from rows, named `<extra>: <name>`."""
    parts = [
        extra.read(_texts(inputs) if extra.source == "text" else _times(inputs)).add_prefix(f"{extra.key}: ")
        for extra in chosen
        if extra.read
    ]
    return pd.concat(parts, axis=1) if parts else pd.DataFrame()


def _texts(inputs: Inputs) -> pd.Series:
    if inputs.text is None:
        raise ValueError("the extras are read from the headline, but no headlines were given")
    return inputs.text.fillna("")


def _times(inputs: Inputs) -> pd.Series:
    if inputs.time is None:
        raise ValueError("an extra needs the headlines' times, but none were given")
    return inputs.time


def _extra(column: str) -> str:
    return column.split(": ", 1)[0]

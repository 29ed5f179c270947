"""Vectors, text features, continuous features and the outlet as one matrix, by what training rows taught."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from core.data.dataset import FEATURE, Dataset
from core.train.features.components import Components
from core.train.features.numeric import Numbers
from core.train.features.text_features import CLOCK, TextFeatures, needs_text
from core.train.settings import OUTLETS, TrainSettings

HEADLINE, TEXT, PRESS = "headline", "text", "press"
RESERVED = (HEADLINE, TEXT, CLOCK, PRESS)


class Inputs(NamedTuple):
    """What a model is told of `n` rows.

    Vectors `(n, dim)` or None, features `(n, features)`, outlets `(n,)` or None, and where the extras want
    them the headlines `(n,)` and their times `(n,)`.
    """

    vectors: np.ndarray | None
    features: pd.DataFrame
    press: pd.Series | None
    text: pd.Series | None = None
    time: pd.Series | None = None

    @classmethod
    def of(
        cls,
        dataset: Dataset,
        vectors: np.ndarray | None,
        use_press: bool = True,
        extras: Sequence[str] = (),
    ) -> Inputs:
        """Return the inputs of every row of a dataset, with what these extras (see `text_features`) want."""
        if vectors is not None and len(vectors) != len(dataset):
            raise ValueError(f"{len(vectors)} vectors for {len(dataset)} rows")
        return cls(
            vectors,
            dataset.features,
            dataset.frame["press"] if use_press else None,
            dataset.frame["headline"] if needs_text(extras) else None,
            dataset.frame["time"] if CLOCK in extras else None,
        )

    def take(self, rows: np.ndarray) -> Inputs:
        """Return the inputs of the rows at these positions."""
        return Inputs(
            None if self.vectors is None else self.vectors[rows],
            self.features.iloc[rows],
            *(None if part is None else part.iloc[rows] for part in (self.press, self.text, self.time)),
        )


@dataclass(frozen=True, eq=False)
class Preparation:
    """What is fitted on training rows before the models.

    Columns of the matrix, in order: the `dim` numbers of the vector, or the scores of its `components`; those of
    `text` (the extras); each continuous feature and its missing-indicator (`numbers`); one 0/1 column for each
    of the most frequent outlets, one for all others and one for a missing outlet.

    `dropped` names features without any variation in training, and extras that left no column; `outlets` are
    all outlets of the training rows, most frequent first (empty: the outlet is not used), of which the first
    `own_columns` have a column.
    """

    dim: int
    numbers: Numbers
    dropped: tuple[str, ...]
    outlets: tuple[str, ...]
    own_columns: int = OUTLETS
    components: Components | None = None
    text: TextFeatures | None = None

    @classmethod
    def fit(
        cls,
        inputs: Inputs,
        own_columns: int = OUTLETS,
        components: int = 0,
        winsor: float = 0.0,
        extras: Sequence[str] = (),
        seed: int = 0,
    ) -> Preparation:
        """Learn from the inputs of training rows, and of no others.

        `components` is the number of principal components that stand for the vector (0: the vector as it is;
        see `Components` for what they do for which model), `winsor` the share clipped at each tail of a
        continuous feature (see `tails`), `extras` what is read off the headline (see `text_features`).
        """
        vectors, features, press, headlines, time = inputs
        numbers = Numbers.fit(features, winsor)
        text = TextFeatures.fit(headlines, time, extras) if extras else None
        return cls(
            dim=0 if vectors is None else vectors.shape[1],
            numbers=numbers,
            dropped=(
                *(name for name in features.columns if name not in numbers.names),
                *(extra for extra in extras if text and extra not in text.extras),
            ),
            outlets=() if press is None else _by_frequency(press),
            own_columns=own_columns,
            components=None
            if vectors is None or not components
            else Components.fit(vectors, components, seed),
            text=text if text and text.columns else None,
        )

    @classmethod
    def fit_as(cls, settings: TrainSettings, inputs: Inputs) -> Preparation:
        """Learn from the inputs of training rows as a run's settings ask."""
        wanted = settings.outlets, settings.components, settings.winsor, settings.extras, settings.seed
        return cls.fit(inputs, *wanted)

    @property
    def features(self) -> tuple[str, ...]:
        """The names of the continuous features."""
        return self.numbers.names

    @property
    def levels(self) -> tuple[str, ...]:
        """The outlets with a column of their own."""
        return self.outlets[: self.own_columns]

    @property
    def of_headline(self) -> np.ndarray:
        """Which columns come from the headline, as vector or as text, `(columns,)` bool; the clock's do not."""
        said = np.array([group in (HEADLINE, TEXT) for group, _ in self.members], bool)
        return said[self.member_of]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the matrix's columns."""
        vector = [f"{HEADLINE}[{i}]" for i in range(self._vector_columns)]
        outlets = [f"{PRESS}={name}" for name in (*self.levels, "(other)", "(missing)")]
        text = self.text.columns if self.text else ()
        return (*vector, *text, *self.numbers.columns, *(outlets if self.outlets else ()))

    @property
    def members(self) -> tuple[tuple[str, str], ...]:
        """The finest parts that contributions are told for, as (group, member).

        The members of the text features are its extras; every other group is its own only member, the clock
        among them: when a headline came says nothing of its words.
        """
        extras = self.text.extras if self.text else ()
        text = [(CLOCK if extra == CLOCK else TEXT, extra) for extra in extras]
        names = [FEATURE + name if name in RESERVED else name for name in self.features]
        alone = [*([HEADLINE] if self.dim else ()), *names, *([PRESS] if self.outlets else ())]
        parts = [(name, name) for name in alone]
        return (*parts[: int(self.dim > 0)], *text, *parts[int(self.dim > 0) :])

    @property
    def groups(self) -> tuple[str, ...]:
        """What the columns belong to: the headline, its text, the clock, each continuous feature, the outlet."""
        return tuple(dict.fromkeys(group for group, _ in self.members))

    @property
    def member_of(self) -> np.ndarray:
        """The number of each column's member in `members`, `(columns,)`."""
        text = int(self.dim > 0)
        features = text + (len(self.text.extras) if self.text else 0)
        press = features + len(self.features)
        return np.concatenate(
            [
                np.zeros(self._vector_columns, int),
                text + self.text.extra_of if self.text else np.zeros(0, int),
                features + self.numbers.name_of,
                np.full(len(self.levels) + 2 if self.outlets else 0, press, int),
            ]
        )

    @property
    def group_of(self) -> np.ndarray:
        """The number of each column's group in `groups`, `(columns,)`."""
        groups = self.groups
        return np.array([groups.index(group) for group, _ in self.members], int)[self.member_of]

    def matrix(self, inputs: Inputs) -> np.ndarray:
        """Return the rows as numbers, `(n, columns)` float32; a feature that is not given counts as missing.

        Raises `ValueError` where the vectors are not of the dimension seen in training, or the extras' headlines
        are not given.
        """
        vectors, features, press, headlines, time = inputs
        blocks = []
        if self.dim:
            given = 0 if vectors is None else vectors.shape[1]
            if vectors is None or given != self.dim:
                raise ValueError(f"vectors of {given} numbers, but the models were fitted on {self.dim}")
            blocks.append(self.components.scores(vectors) if self.components else vectors)
        if self.text:
            blocks.append(self.text.matrix(headlines, time, len(features)))
        if self.features:
            blocks.append(self.numbers.matrix(features))
        if self.outlets:
            blocks.append(self._one_hot(press, len(features)))
        return np.hstack(blocks).astype(np.float32)

    def unseen(self, press: pd.Series) -> np.ndarray:
        """Say which outlets no training row had, `(n,)` bool; a missing outlet is not one of them."""
        return (press.notna() & ~press.isin(self.outlets)).to_numpy(bool) & bool(self.outlets)

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return everything as arrays that `numpy.load` reads without pickle."""
        numbers = self.numbers.to_arrays()
        parts = {
            "components": self.components.to_arrays() if self.components else {},
            "text": self.text.to_arrays() if self.text else {},
        }
        return {
            "dim": np.array(self.dim),
            "features": numbers.pop("names"),
            **numbers,
            "dropped": np.array(self.dropped, str),
            "outlets": np.array(self.outlets, str),
            "own_columns": np.array(self.own_columns),
            **{f"{part}.{name}": array for part, arrays in parts.items() for name, array in arrays.items()},
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Preparation:
        """Make the preparation that `to_arrays` took apart, by this version or an earlier one."""
        own = {name: arrays[name] for name in arrays}
        components, text = _part(own, "components."), _part(own, "text.")
        return cls(
            dim=int(own["dim"]),
            numbers=Numbers.from_arrays(own | {"names": own["features"]}),
            dropped=tuple(own["dropped"].tolist()),
            outlets=tuple(own["outlets"].tolist()),
            own_columns=int(own.get("own_columns", OUTLETS)),
            components=Components.from_arrays(components) if components else None,
            text=TextFeatures.from_arrays(text) if text else None,
        )

    @property
    def _vector_columns(self) -> int:
        return len(self.components.shares) if self.components else self.dim

    def _one_hot(self, press: pd.Series | None, rows: int) -> np.ndarray:
        other, missing = len(self.levels), len(self.levels) + 1
        codes = np.full(rows, missing)
        if press is not None:
            codes = pd.Index(self.levels).get_indexer(press.astype(object))
            codes = np.where(press.isna(), missing, np.where(codes < 0, other, codes))
        return np.eye(missing + 1, dtype=np.float32)[codes]


def _part(arrays: Mapping[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def _by_frequency(press: pd.Series) -> tuple[str, ...]:
    counts = press.value_counts()
    return tuple(sorted(counts.index, key=lambda name: (-counts[name], name)))
